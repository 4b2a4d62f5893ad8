import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WsAdapter } from '@nestjs/platform-ws';
import type { WebSocketServer } from 'ws';
import { declineUpgrade } from '../../platform/http/declined-upgrade.js';
import { isTaken } from '../../platform/http/upgrades.js';

/** The address of a WebSocket, with a query or without. */
const SOCKET = /^\/ws\/?(\?|$)/;

type OnUpgrade = (request: IncomingMessage, socket: Duplex, rest: Buffer) => void;

/** `ws` under Nest, for gateways that read their clients' messages themselves. */
export class EventSocketAdapter extends WsAdapter {
  override bindMessageHandlers(): void {
    // Nest's own reading would parse every message a second time, for handlers that there are not.
  }

  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    server.on('connection', (client) => client.on('error', ignored));
    server.on('error', (error) => this.logger.error(error));
    return server;
  }

  /** Only WebSockets for `/ws` are upgraded; Nest would cut the connection of everything else that asks. */
  protected override ensureHttpServerExists(port: number, server?: Server): Server | undefined {
    const before = server?.listeners('upgrade') ?? [];
    const made = super.ensureHttpServerExists(port, server);
    const nests = server?.listeners('upgrade').find((listener) => !before.includes(listener)) as OnUpgrade | undefined;
    if (!server || !nests) return made;
    server.off('upgrade', nests);
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, rest: Buffer) => {
      // Until somebody takes the socket over, its error would be nobody's and end the process.
      socket.on('error', ignored);
      if (isSocket(request)) nests(request, socket, rest);
      else if (!isTaken(server, request, socket, rest)) declineUpgrade(server, request, socket, rest);
    });
    return made;
  }
}

const isSocket = ({ url = '', headers }: IncomingMessage): boolean =>
  SOCKET.test(url) &&
  headers.upgrade?.toLowerCase() === 'websocket' &&
  // Nest makes a URL of the two, and answers by half a status line where it cannot.
  URL.canParse(url, `ws://${headers.host}/`);

/** A client that breaks the protocol is told so and closed by `ws`; it must not fill the log. */
const ignored = (): void => undefined;
