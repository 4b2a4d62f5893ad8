import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DatabaseListener } from '../platform/database/database-listener.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { CredentialCache } from './credential-cache.js';

const CHANNEL = 'key_revoked';

/** Tells every replica that a key was revoked or changed: at once where notices arrive, else when the cache's time is up. */
@Injectable()
export class KeyNotices implements OnModuleInit {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly listener: DatabaseListener,
    private readonly cache: CredentialCache,
  ) {}

  async onModuleInit(): Promise<void> {
    // Empty after a reconnect: what was said meanwhile is lost, so nothing that is known may be trusted.
    await this.listener.listen(CHANNEL, (keyId) => (keyId === '' ? this.cache.clear() : this.cache.forget(keyId)));
  }

  /** Inside the transaction of the change: the notice goes out when it commits. */
  async send(keyId: string): Promise<void> {
    if (!this.uow.embedded) await this.uow.query('SELECT pg_notify($1, $2)', [CHANNEL, keyId]);
    this.uow.afterCommit(() => this.cache.forget(keyId));
  }
}
