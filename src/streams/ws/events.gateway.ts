import type { IncomingMessage } from 'node:http';
import { Inject } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import type { OnGatewayConnection } from '@nestjs/websockets';
import type { Request } from 'express';
import type { WebSocket } from 'ws';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Env } from '../../platform/env/env.js';
import { CREDENTIAL_VERIFIER } from '../../platform/http/credential-verifier.js';
import type { CredentialVerifier } from '../../platform/http/credential-verifier.js';
import { ShutdownState } from '../../platform/http/shutdown-state.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { EventFeed } from '../event-feed.js';
import { OpenConnections } from '../open-connections.js';
import { CLOSE } from './close-codes.js';
import { EventSocket } from './event-socket.js';
import { chooseProtocol, credentialOfUpgrade, originAllowed } from './upgrade-request.js';

const TICK_MS = 5000;
const MOST_PAYLOAD = 64 * 1024;

/**
 * `/ws`: the event feed over a plain WebSocket. Nest's guards and pipes do not see sockets, so who connects is checked
 * here, and messages are read by {@link EventSocket} itself.
 */
@WebSocketGateway({ path: '/ws', maxPayload: MOST_PAYLOAD, perMessageDeflate: false, handleProtocols: chooseProtocol })
export class EventsGateway
  implements OnGatewayConnection<WebSocket>, OnApplicationBootstrap, BeforeApplicationShutdown
{
  private readonly sockets = new Set<EventSocket>();

  constructor(
    private readonly feed: EventFeed,
    private readonly connections: OpenConnections,
    @Inject(CREDENTIAL_VERIFIER) private readonly verifier: CredentialVerifier,
    private readonly env: Env,
    private readonly host: HttpAdapterHost,
    private readonly jobs: Jobs,
    private readonly shutdown: ShutdownState,
    private readonly audit: AuditTrail,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.every('event-sockets', TICK_MS, () => this.tick());
    this.shutdown.onDrain(() => this.drain());
  }

  beforeApplicationShutdown(): void {
    this.drain();
  }

  handleConnection(client: WebSocket, request: IncomingMessage): void {
    const { ip, host } = asExpress(request, this.host.httpAdapter.getInstance<{ request: Request }>());
    if (!originAllowed(request.headers.origin, host, this.env.corsOrigins)) {
      client.close(CLOSE.forbidden, 'origin not allowed');
      return;
    }
    const { feed, verifier, connections, audit } = this;
    const socket = new EventSocket(client, ip, { feed, verifier, connections, audit });
    this.sockets.add(socket);
    client.on('close', () => this.sockets.delete(socket));
    if (this.shutdown.draining) socket.end('draining');
    else socket.begin(credentialOfUpgrade(request));
  }

  private tick(): void {
    for (const socket of this.sockets) socket.tick();
  }

  private drain(): void {
    for (const socket of this.sockets) socket.end('draining');
  }
}

/** The upgrade as Express would see it: its address and host as the trusted proxies tell them. */
const asExpress = (request: IncomingMessage, app: { request: Request }): Request =>
  Object.assign(Object.create(app.request) as Request, {
    headers: request.headers,
    socket: request.socket,
    connection: request.socket,
  });
