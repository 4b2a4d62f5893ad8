import type { WebSocket } from 'ws';
import { viewerOf } from '../../entries/visibility.js';
import { originOf, plainAddress } from '../../platform/audit/audit-record.js';
import type { AuditTrail } from '../../platform/audit/audit-trail.js';
import {
  ForbiddenError,
  InvalidError,
  RegistryError,
  UnauthenticatedError,
} from '../../platform/errors/registry-error.js';
import { knownError } from '../../platform/errors/known-error.js';
import type { CredentialVerifier } from '../../platform/http/credential-verifier.js';
import type { Principal } from '../../platform/http/request-context.js';
import type { EventFeed } from '../event-feed.js';
import { READ_EVENTS } from '../open-connections.js';
import type { EndReason, OpenConnection, OpenConnections } from '../open-connections.js';
import { readMessage } from './client-message.js';
import type { AuthMessage, ClientMessage } from './client-message.js';
import { CLOSE } from './close-codes.js';
import { SocketSender } from './socket-sender.js';
import { SocketSubscriptions } from './socket-subscriptions.js';

const AUTH_MS = 5000;
const PING_MS = 30_000;
const MOST_MISSED = 2;
const MOST_WAITING = 1000;
const MOST_RECONNECT_MS = 5000;

export interface SocketParts {
  feed: EventFeed;
  verifier: Pick<CredentialVerifier, 'admit' | 'verify' | 'allows'>;
  connections: OpenConnections;
  audit: Pick<AuditTrail, 'refused'>;
}

/** One client of `/ws`: who it is, what it follows, and whether it is still there. Its messages are taken one by one. */
export class EventSocket {
  private readonly sender: SocketSender;
  private readonly subscriptions: SocketSubscriptions;
  private turn: Promise<void> = Promise.resolve();
  private waiting = 0;
  private missed = 0;
  private pingedAt = performance.now();
  private connection?: OpenConnection;
  private countOut?: () => void;
  private authTimer?: NodeJS.Timeout;

  constructor(
    private readonly client: WebSocket,
    private readonly address: string | undefined,
    private readonly parts: SocketParts,
  ) {
    this.sender = new SocketSender(client, () => this.subscriptions.resume());
    this.subscriptions = new SocketSubscriptions(
      parts.feed,
      this.sender,
      (error) => this.refuse(error),
      () => (this.connection ? viewerOf(this.connection.principal) : []),
    );
    client.on('message', (data, binary) => this.queue(data as Buffer, binary));
    client.on('pong', () => (this.missed = 0));
    client.on('close', () => this.closed());
  }

  /** Checks the credential of the upgrade; without one the client has five seconds to send it. */
  begin(credential: string | undefined): void {
    if (credential !== undefined) this.turn = this.guarded(() => this.admit(credential));
    else this.authTimer = setTimeout(() => this.refuse(new UnauthenticatedError()), AUTH_MS);
  }

  /** Called every few seconds: pings when it is time, and lets go of who is slow or gone. */
  tick(now = performance.now()): void {
    if (this.sender.isSlow(now)) return this.close(CLOSE.slow, 'reads too slowly; resume from the last seq');
    if (now - this.pingedAt < PING_MS) return;
    this.pingedAt = now;
    if (this.missed >= MOST_MISSED) return this.client.terminate();
    this.missed++;
    if (this.client.readyState === this.client.OPEN) this.client.ping();
    if (!this.sender.full) this.send({ type: 'ping', seq: this.subscriptions.position });
  }

  end(reason: EndReason): void {
    if (reason === 'revoked') return this.refuse(new UnauthenticatedError());
    if (reason === 'forbidden') return this.refuse(missingPermission());
    this.send({ type: 'reconnect', after_ms: Math.round(Math.random() * MOST_RECONNECT_MS) });
    this.close(CLOSE.restart, 'the service restarts');
  }

  private queue(data: Buffer, binary: boolean): void {
    this.missed = 0;
    if (++this.waiting > MOST_WAITING) return this.close(CLOSE.tooMany, 'too many messages at once');
    // What is not read yet stays with the network until this one is done.
    this.client.pause();
    this.turn = this.turn.then(() =>
      this.guarded(async () => {
        if (--this.waiting === 0) this.client.resume();
        if (this.client.readyState === this.client.OPEN) await this.take(readMessage(data, binary));
      }),
    );
  }

  private async take({ kind, body }: ClientMessage): Promise<void> {
    if (kind === 'ping')
      return this.send({ type: 'pong', ...(body.id && { id: body.id }), seq: this.subscriptions.position });
    if (kind === 'auth') return this.authenticate(body);
    if (!this.connection) throw new InvalidError('Send {"type":"auth","token":…} first.', undefined, 'auth.required');
    if (kind === 'subscribe') await this.subscriptions.open(body);
    else this.subscriptions.close(body.id);
  }

  private async authenticate({ token }: AuthMessage): Promise<void> {
    await this.admit(token);
    const { id, type, name, expiresAt } = this.connection!.principal;
    this.send({ type: 'authenticated', principal: { id, type, name }, expires_at: expiresAt?.toISOString() ?? null });
  }

  /** Admits the holder of a credential; a later one (a renewed token) takes the place of the first. */
  private async admit(credential: string): Promise<void> {
    const { verifier, connections } = this.parts;
    // It counts as one request when it opens; a renewed token costs nothing.
    const principal = await (this.connection
      ? verifier.verify(credential, this.address)
      : verifier.admit(credential, this.address));
    if (!verifier.allows(principal, READ_EVENTS)) throw this.forbidden(principal);
    clearTimeout(this.authTimer);
    if (this.client.readyState !== this.client.OPEN) return;
    this.countOut?.();
    const connection: OpenConnection = {
      transport: 'websocket',
      principal,
      credential,
      address: this.address,
      end: (reason) => this.end(reason),
    };
    this.countOut = connections.add(connection);
    this.connection = connection;
  }

  private forbidden(principal: Principal): RegistryError {
    const error = missingPermission();
    this.parts.audit.refused(error, {
      ...originOf(principal),
      address: plainAddress(this.address),
      route: '/ws',
    });
    return error;
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.refuse(error);
    }
  }

  /** Tells what is wrong, and hangs up where nothing better can follow. */
  private refuse(thrown: unknown): void {
    const { status, code, message, errors, extra } = knownError(thrown);
    this.send({ type: 'error', code, detail: message, ...(errors && { errors }), ...extra });
    const closeCode = CLOSE_BY_STATUS[status];
    if (closeCode) this.close(closeCode, code);
  }

  private send(message: object): void {
    this.sender.send(JSON.stringify(message));
  }

  private close(code: number, reason: string): void {
    this.subscriptions.closeAll();
    this.client.resume();
    this.client.close(code, reason);
  }

  private closed(): void {
    clearTimeout(this.authTimer);
    this.subscriptions.closeAll();
    this.countOut?.();
    this.countOut = undefined;
  }
}

const CLOSE_BY_STATUS: Record<number, number> = {
  401: CLOSE.unauthenticated,
  403: CLOSE.forbidden,
  410: CLOSE.cursorTooOld,
  429: CLOSE.tooMany,
  500: CLOSE.unavailable,
  503: CLOSE.unavailable,
};

const missingPermission = (): RegistryError =>
  new ForbiddenError(`This needs the permission "${READ_EVENTS}".`, { missing: READ_EVENTS });
