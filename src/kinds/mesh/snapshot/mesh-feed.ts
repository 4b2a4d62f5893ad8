import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { ChangeFeed } from '../../../platform/database/change-feed.js';
import { DatabaseListener } from '../../../platform/database/database-listener.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { MeshSnapshot } from './mesh-snapshot.js';
import { MeshSnapshotRepository } from './mesh-snapshot.repository.js';

/** Cut off for longer, all is read again: the end of a route may have been forgotten. */
const MISSED_MS = 600_000;

/** Keeps the routes in memory fresh. */
@Injectable()
export class MeshFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly feed: ChangeFeed;
  private freshAt = -Infinity;

  constructor(
    private readonly repository: MeshSnapshotRepository,
    private readonly snapshot: MeshSnapshot,
    listener: DatabaseListener,
    jobs: Jobs,
    uow: UnitOfWork,
    logger: Logger,
  ) {
    const parts = { listener, jobs, uow, logger: logger.child('mesh') };
    const work = { job: 'mesh-changes', channel: 'mesh_changed', what: 'the routes', load: () => this.load() };
    this.feed = new ChangeFeed(parts, work);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.feed.start();
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

  /** Resolves when everything that is committed now is known. */
  refresh(): Promise<void> {
    return this.feed.refresh();
  }

  private async load(): Promise<void> {
    const asked = performance.now();
    // Before what it numbers: what is committed meanwhile is read twice, never left out.
    const head = await this.repository.head();
    // Of a database that was put back to an earlier state nothing that is known holds.
    const whole = asked - this.freshAt > MISSED_MS || head < this.snapshot.version;
    const since = whole ? 0 : this.snapshot.version;
    if (whole) {
      const routes = await this.repository.routes();
      this.snapshot.apply(head, { routes, settings: await this.repository.settingsAfter(0) });
    } else if (head > since) {
      const changed = await this.repository.changedAfter(since);
      const routes = changed.length === 0 ? [] : await this.repository.routes(changed);
      this.snapshot.apply(head, { routes, changed, settings: await this.repository.settingsAfter(since) });
    }
    this.freshAt = asked;
  }
}
