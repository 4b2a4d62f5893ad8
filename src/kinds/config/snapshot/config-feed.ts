import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DatabaseListener } from '../../../platform/database/database-listener.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { ConfigSnapshot } from './config-snapshot.js';
import { ConfigSnapshotRepository } from './config-snapshot.repository.js';

const CHANNEL = 'config_changed';
/** How soon another process's change is seen without LISTEN. The embedded database has one process, which hears of its own. */
const POLL_MS = 500;
const EMBEDDED_POLL_MS = 1000;
/** Cut off for longer, the end of a value may have been missed: all is read again. */
const MISSED_MS = 60_000;
const GONE_MS = 300_000;

/**
 * Keeps the values in memory fresh: what this process writes before the next read, what others write by LISTEN, and by
 * asking twice a second where that is not heard.
 */
@Injectable()
export class ConfigFeed implements OnApplicationBootstrap {
  private readonly logger: Logger;
  private loading?: Promise<void>;
  private again?: Promise<void>;
  private freshAt = -Infinity;
  /** Changes of this process, how many of them are known, and how many the running load will know. The start is one. */
  private written = 1;
  private known = 0;
  private covered = 0;

  constructor(
    private readonly repository: ConfigSnapshotRepository,
    private readonly snapshot: ConfigSnapshot,
    private readonly listener: DatabaseListener,
    private readonly jobs: Jobs,
    private readonly uow: UnitOfWork,
    logger: Logger,
  ) {
    this.logger = logger.child('config');
  }

  async onApplicationBootstrap(): Promise<void> {
    // A database that is away now is asked again by the job and by whoever reads.
    await this.catchUp().catch((err: unknown) => this.logger.warn({ err }, 'the configuration is not known yet'));
    await this.listener.listen(CHANNEL, () => this.soon());
    this.jobs.every('config-changes', this.uow.embedded ? EMBEDDED_POLL_MS : POLL_MS, () => this.poll());
    this.jobs.every('config-gone', GONE_MS, () => this.repository.forgetGone(), { lock: true });
  }

  /** Said in a transaction that changes values: what is read after its commit waits until it is known here. */
  changing(): void {
    this.uow.afterCommit(() => {
      this.written++;
      this.soon();
    });
  }

  /** Resolves at once unless this process has written what is not known yet, or nothing is known at all. */
  fresh(): Promise<void> | undefined {
    if (this.known >= this.written) return undefined;
    return this.loading && this.covered >= this.written ? this.loading : this.catchUp();
  }

  /** Resolves when everything that was committed before the call is known. */
  catchUp(): Promise<void> {
    if (!this.loading) return (this.loading = this.load().finally(() => (this.loading = undefined)));
    // What was committed while it loads may not be in that answer.
    return (this.again ??= this.loading
      .catch(() => undefined)
      .then(() => {
        this.again = undefined;
        return this.catchUp();
      }));
  }

  /** Milliseconds since the values were known to be right. */
  age(now = performance.now()): number {
    return now - this.freshAt;
  }

  /** Not within the context of the request whose commit it was. */
  private readonly soon = AsyncResource.bind(() => {
    this.catchUp().catch(() => undefined);
  });

  private async poll(): Promise<void> {
    const asked = performance.now();
    const head = await this.repository.head();
    // Of a database that was put back to an earlier state nothing that is known holds.
    if (head < this.snapshot.head && !this.loading) this.freshAt = -Infinity;
    if (head !== this.snapshot.head || asked - this.freshAt > MISSED_MS) await this.catchUp();
    this.freshAt = Math.max(asked, this.freshAt);
  }

  private readonly load = AsyncResource.bind(async (): Promise<void> => {
    const asked = performance.now();
    const whole = asked - this.freshAt > MISSED_MS;
    const covered = (this.covered = this.written);
    const rows = await this.repository.changesAfter(whole ? 0 : this.snapshot.head);
    const head = rows.at(-1)?.idx ?? (whole ? await this.repository.head() : this.snapshot.head);
    this.snapshot.apply(rows, head, whole);
    this.freshAt = asked;
    this.known = covered;
  });
}
