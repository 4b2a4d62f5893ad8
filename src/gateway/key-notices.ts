import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DatabaseListener } from '../platform/database/database-listener.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CredentialCache } from './credential-cache.js';

const CHANNEL = 'key_revoked';
const ROLE = 'role:';
const SIGNING = 'signing';

/** Tells every replica what was revoked or changed: at once where notices arrive, else when the cache's time is up. */
@Injectable()
export class KeyNotices implements OnModuleInit {
  private readonly signingHandlers: (() => void)[] = [];
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly uow: UnitOfWork,
    private readonly listener: DatabaseListener,
    private readonly cache: CredentialCache,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.listener.listen(CHANNEL, (notice) => this.heed(notice));
  }

  /** Inside the transaction of the change: the notice goes out when it commits. */
  send(keyId: string): Promise<void> {
    return this.publish(keyId);
  }

  /** As `send`, for everyone who holds a role. */
  sendRole(name: string): Promise<void> {
    return this.publish(ROLE + name);
  }

  /** Signing keys were retired or withdrawn: no token is known to hold any more. */
  sendSigning(): Promise<void> {
    return this.publish(SIGNING);
  }

  /** Calls back whenever signing keys may have changed. */
  onSigning(handler: () => void): void {
    this.signingHandlers.push(handler);
  }

  /** Calls back after anything was revoked or changed, once this process has forgotten what it knew. The answer stops it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private async publish(notice: string): Promise<void> {
    if (!this.uow.embedded) await this.uow.query('SELECT pg_notify($1, $2)', [CHANNEL, notice]);
    this.uow.afterCommit(() => this.heed(notice));
  }

  private heed(notice: string): void {
    // Empty after a reconnect: what was said meanwhile is lost, so nothing that is known may be trusted.
    if (notice === '' || notice === SIGNING) {
      for (const handler of this.signingHandlers) handler();
      this.cache.clear();
    } else if (notice.startsWith(ROLE)) this.cache.forgetRole(notice.slice(ROLE.length));
    else this.cache.forget(notice);
    for (const listener of this.listeners) listener();
  }
}
