import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { keySubject } from './key-record.js';
import { ApiKeyRepository } from './api-key.repository.js';

const FLUSH_MS = 10_000;

/** Reports, once an hour over all replicas, that a key is still used though another one took its place. */
@Injectable()
export class OldKeyUse implements OnModuleInit, BeforeApplicationShutdown {
  private used = new Set<string>();
  private readonly logger: Logger;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly keys: ApiKeyRepository,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
    logger: Logger,
  ) {
    this.logger = logger.child('keys');
  }

  onModuleInit(): void {
    this.jobs.every('old-key-use', FLUSH_MS, () => this.flush());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Called at every use; costs a look into a set. */
  note(keyId: string): void {
    this.used.add(keyId);
  }

  async flush(): Promise<void> {
    if (this.used.size === 0) return;
    const ids = [...this.used];
    this.used = new Set();
    const rows = await this.uow.run(async () => {
      const noted = await this.keys.noteOldUse(ids);
      const action = 'key.rotation.old_key_used';
      await this.audit.record(...noted.map((row) => ({ action, subject: keySubject(row) })));
      return noted;
    });
    for (const { id, name, expires_at: ends } of rows)
      this.logger.warn(
        { event: 'key.rotation.old_key_used', key_id: id, name, ends },
        'a replaced key is still in use',
      );
  }
}
