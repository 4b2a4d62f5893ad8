import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { ChangeFeed } from '../../../platform/database/change-feed.js';
import { DatabaseListener } from '../../../platform/database/database-listener.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { FlagSnapshot } from './flag-snapshot.js';
import { FlagSnapshotRepository } from './flag-snapshot.repository.js';

/** Cut off for longer, the end of a flag may have been missed: all is read again. */
const MISSED_MS = 60_000;
const GONE_MS = 300_000;
/** Above every transaction: no change is after it. */
const NONE = '18446744073709551615';

/** Keeps the rules in memory fresh. */
@Injectable()
export class FlagFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly feed: ChangeFeed;
  private since = NONE;
  private freshAt = -Infinity;

  constructor(
    private readonly repository: FlagSnapshotRepository,
    private readonly snapshot: FlagSnapshot,
    listener: DatabaseListener,
    private readonly jobs: Jobs,
    uow: UnitOfWork,
    logger: Logger,
  ) {
    const parts = { listener, jobs, uow, logger: logger.child('feature-flags') };
    const work = { job: 'feature-flag-changes', channel: 'feature_flags', what: 'the flags', load: () => this.load() };
    this.feed = new ChangeFeed(parts, work);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.feed.start();
    this.jobs.every('feature-flags-gone', GONE_MS, () => this.repository.forgetGone(), { lock: true });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.feed.stop();
  }

  /** See {@link ChangeFeed.changing}. */
  changing(): void {
    this.feed.changing();
  }

  /** See {@link ChangeFeed.settled}. */
  settled(): Promise<void> | undefined {
    return this.feed.settled();
  }

  /** Seconds since the rules were known to be right. */
  age(): number {
    return (performance.now() - this.freshAt) / 1000;
  }

  /** Resolves when everything that is committed now is known. */
  refresh(): Promise<void> {
    return this.feed.refresh();
  }

  private async load(): Promise<void> {
    const asked = performance.now();
    if (asked - this.freshAt > MISSED_MS) await this.loadAll();
    else await this.loadChanged();
    this.snapshot.publish();
    this.freshAt = asked;
  }

  private async loadAll(): Promise<void> {
    const { since } = await this.repository.changes(NONE);
    const rows = await this.repository.flags();
    this.snapshot.putFlags(rows);
    this.snapshot.keepOnly(rows);
    this.snapshot.putSegments(await this.repository.segments());
    this.since = since;
  }

  private async loadChanged(): Promise<void> {
    const { flags, segments, since } = await this.repository.changes(this.since);
    if (flags.length > 0) {
      const rows = await this.repository.flags(flags);
      const there = new Set(rows.map(({ id }) => id));
      this.snapshot.putFlags(rows);
      this.snapshot.removeFlags(flags.filter((id) => !there.has(id)));
    }
    if (segments) this.snapshot.putSegments(await this.repository.segments());
    this.since = since;
  }
}
