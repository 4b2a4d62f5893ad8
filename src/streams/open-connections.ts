import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Env } from '../platform/env/env.js';
import { RegistryError, UnauthenticatedError } from '../platform/errors/registry-error.js';
import { CREDENTIAL_VERIFIER } from '../platform/http/credential-verifier.js';
import type { CredentialVerifier } from '../platform/http/credential-verifier.js';
import type { Principal } from '../platform/http/request-context.js';
import { ShutdownState } from '../platform/http/shutdown-state.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Pulse } from './pulse.js';

export const READ_EVENTS = 'read:events';
const CHECK_MS = 5000;
/** Many keys may change at once. */
const BETWEEN_CHECKS_MS = 100;

export type EndReason = 'revoked' | 'forbidden' | 'draining';

/** A connection that outlives its request: a WebSocket, or a stream of server-sent events. */
export interface OpenConnection {
  transport: 'websocket' | 'sse';
  /** Who holds it, renewed as its key and roles change: what it may see is decided by this one. */
  principal: Principal;
  credential: string;
  address?: string;
  /** Ends it, for a reason to tell the client. May be called more than once. */
  end(reason: EndReason): void;
}

/** 429: a key holds as many connections as it may. */
export class TooManyConnectionsError extends RegistryError {
  constructor(most: number) {
    super(
      429,
      'events.too_many_connections',
      `This key has ${most} event connections open, the most allowed.`,
      'Too many requests',
      'info',
      {
        extra: { limit: most },
        headers: { 'Retry-After': '5' },
      },
    );
  }
}

/** The long connections of this process: how many a key holds, whether it still may, and their end at shutdown. */
@Injectable()
export class OpenConnections implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly open = new Map<string, Set<OpenConnection>>();
  private readonly changes = new Pulse(async () => {
    await this.check();
    return Infinity;
  }, BETWEEN_CHECKS_MS);
  private stopListening?: () => void;

  constructor(
    @Inject(CREDENTIAL_VERIFIER) private readonly verifier: CredentialVerifier,
    private readonly env: Env,
    private readonly jobs: Jobs,
    private readonly shutdown: ShutdownState,
  ) {}

  onApplicationBootstrap(): void {
    this.jobs.every('event-connections', CHECK_MS, () => this.check());
    this.shutdown.onDrain(() => this.drain());
    this.stopListening = this.verifier.onChange(() => this.changes.wake());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopListening?.();
    await this.changes.stop();
  }

  /** Counts a connection in. Throws TooManyConnectionsError at the key's limit. The answer counts it out. */
  add(connection: OpenConnection): () => void {
    const { id } = connection.principal;
    const ofKey = this.open.get(id) ?? new Set();
    if (ofKey.size >= this.env.wsConnectionsPerKey) throw new TooManyConnectionsError(this.env.wsConnectionsPerKey);
    this.open.set(id, ofKey.add(connection));
    return () => {
      ofKey.delete(connection);
      if (ofKey.size === 0 && this.open.get(id) === ofKey) this.open.delete(id);
    };
  }

  count(transport: OpenConnection['transport']): number {
    return this.all().filter((connection) => connection.transport === transport).length;
  }

  /**
   * Ends what is held by credentials that were revoked, expired or lost the permission, and tells the others who they are
   * now. One question a credential.
   */
  async check(): Promise<void> {
    const holders = new Map<string, Promise<Principal | EndReason | undefined>>();
    for (const connection of this.all()) {
      const key = `${connection.credential} ${connection.address ?? ''}`;
      const asked = holders.get(key) ?? this.holder(connection);
      holders.set(key, asked);
      const holder = await asked;
      if (typeof holder === 'string') connection.end(holder);
      else if (holder) connection.principal = holder;
    }
  }

  drain(): void {
    for (const connection of this.all()) connection.end('draining');
  }

  private async holder({ credential, address }: OpenConnection): Promise<Principal | EndReason | undefined> {
    try {
      const principal = await this.verifier.verify(credential, address);
      return this.verifier.allows(principal, READ_EVENTS) ? principal : 'forbidden';
    } catch (error) {
      // Not knowing (the database is away) is no reason to hang up.
      return error instanceof UnauthenticatedError ? 'revoked' : undefined;
    }
  }

  private all(): OpenConnection[] {
    return [...this.open.values()].flatMap((connections) => [...connections]);
  }
}
