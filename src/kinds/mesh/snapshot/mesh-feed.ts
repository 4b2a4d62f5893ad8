import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { DatabaseListener } from '../../../platform/database/database-listener.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { MeshSnapshot } from './mesh-snapshot.js';
import { MeshSnapshotRepository } from './mesh-snapshot.repository.js';

/** As the triggers name it. */
const CHANNEL = 'mesh_changed';
/** How soon another process's change is seen where nobody is notified. */
const POLL_MS = 1000;
/** Cut off for longer, all is read again: the end of a route may have been forgotten. */
const MISSED_MS = 600_000;
/** How long an answer waits for a change of this process to be read; the database may be away. */
const PATIENCE_MS = 5000;

/**
 * Keeps the routes in memory fresh: this process's own changes before the next answer, those of others when PostgreSQL says
 * so, and by asking every second in any case. One load at a time.
 */
@Injectable()
export class MeshFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private freshAt = -Infinity;
  private running?: Promise<void>;
  private next?: Promise<void>;
  private own?: Promise<void>;
  private stopListening: () => unknown = () => undefined;

  constructor(
    private readonly repository: MeshSnapshotRepository,
    private readonly snapshot: MeshSnapshot,
    private readonly listener: DatabaseListener,
    private readonly jobs: Jobs,
    private readonly uow: UnitOfWork,
    logger: Logger,
  ) {
    this.logger = logger.child('mesh');
  }

  async onApplicationBootstrap(): Promise<void> {
    // A database that is away now is asked again by the job; until then no route is known.
    await this.refresh().catch((err: unknown) => this.logger.warn({ err }, 'the routes are not known yet, trying on'));
    this.stopListening = await this.listener.listen(CHANNEL, () => this.wake());
    this.jobs.every('mesh-changes', POLL_MS, () => this.refresh());
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stopListening();
  }

  /** In the transaction of a change: when it has committed, the next answer waits for it. */
  changing(): void {
    this.uow.afterCommit(this.committed);
  }

  /** Undefined when every change of this process is known, so that nearly always nobody waits. */
  settled(): Promise<void> | undefined {
    return this.own;
  }

  /** Resolves when everything that is committed now is known. */
  refresh(): Promise<void> {
    // A load that has begun may have asked before the commit: the one after it is waited for.
    this.next ??= (this.running ?? Promise.resolve()).then(() => {
      this.next = undefined;
      const run = this.load();
      this.running = run.catch(() => undefined);
      return run;
    });
    return this.next;
  }

  /** Not within the context of the request whose commit it was. */
  private readonly committed = AsyncResource.bind(() => {
    const known = Promise.race([this.refresh(), pause(PATIENCE_MS)])
      .catch(() => undefined)
      .then(() => {
        if (this.own === known) this.own = undefined;
      });
    this.own = known;
  });

  private wake(): void {
    this.refresh().catch((err: unknown) => this.logger.warn({ err }, 'changes of routes could not be read, trying on'));
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

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
