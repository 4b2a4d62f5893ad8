import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { ChangeFeed } from '../../../platform/database/change-feed.js';
import { DatabaseListener } from '../../../platform/database/database-listener.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { GridSnapshot } from './grid-snapshot.js';
import { GridSnapshotRepository } from './grid-snapshot.repository.js';

/** Cut off for longer, the end of a node may have been missed: all is read again. */
const MISSED_MS = 60_000;
const GONE_MS = 300_000;
/** Above every transaction: no change is after it. */
const NONE = '18446744073709551615';

/** Keeps the nodes in memory fresh. */
@Injectable()
export class GridFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly feed: ChangeFeed;
  private since = NONE;
  private freshAt = -Infinity;

  constructor(
    private readonly repository: GridSnapshotRepository,
    private readonly snapshot: GridSnapshot,
    listener: DatabaseListener,
    private readonly jobs: Jobs,
    uow: UnitOfWork,
    logger: Logger,
  ) {
    const parts = { listener, jobs, uow, logger: logger.child('grid') };
    const work = { job: 'grid-changes', channel: 'grid_nodes', what: 'the nodes', load: () => this.load() };
    this.feed = new ChangeFeed(parts, work);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.feed.start();
    this.jobs.every('grid-nodes-gone', GONE_MS, () => this.repository.forgetGone(), { lock: true });
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

  /** Milliseconds since the nodes were known to be right. */
  age(): number {
    return performance.now() - this.freshAt;
  }

  /** Resolves when everything that is committed now is known. */
  refresh(): Promise<void> {
    return this.feed.refresh();
  }

  private async load(): Promise<void> {
    const asked = performance.now();
    const missed = asked - this.freshAt > MISSED_MS;
    const { nodes, since, guardUntil } = await this.repository.changes(missed ? NONE : this.since);
    this.snapshot.guardUntil = guardUntil;
    if (missed) {
      const rows = await this.repository.nodes();
      this.snapshot.put(rows, asked);
      this.snapshot.keepOnly(rows);
    } else if (nodes.length > 0) {
      const rows = await this.repository.nodes(nodes);
      const there = new Set(rows.map(({ id }) => id));
      this.snapshot.put(rows, asked);
      this.snapshot.remove(nodes.filter((id) => !there.has(id)));
    }
    this.since = since;
    this.freshAt = asked;
  }
}
