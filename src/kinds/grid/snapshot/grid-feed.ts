import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { DatabaseListener } from '../../../platform/database/database-listener.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { GridSnapshot } from './grid-snapshot.js';
import { GridSnapshotRepository } from './grid-snapshot.repository.js';

/** As the triggers name it. */
const CHANNEL = 'grid_nodes';
/** How soon another process's change is seen where nobody is notified. */
const POLL_MS = 1000;
/** Cut off for longer, the end of a node may have been missed: all is read again. */
const MISSED_MS = 60_000;
const GONE_MS = 300_000;
/** How long a question waits for a change of this process to be read; the database may be away. */
const PATIENCE_MS = 5000;
/** Above every transaction: no change is after it. */
const NONE = '18446744073709551615';

/**
 * Keeps the nodes in memory fresh: this process's own changes before the next answer, those of others when PostgreSQL says
 * so, and by asking every second in any case. One load at a time, so that an older answer never takes a newer one's place.
 */
@Injectable()
export class GridFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger: Logger;
  private since = NONE;
  private freshAt = -Infinity;
  private running?: Promise<void>;
  private next?: Promise<void>;
  private own?: Promise<void>;
  private stopListening: () => unknown = () => undefined;

  constructor(
    private readonly repository: GridSnapshotRepository,
    private readonly snapshot: GridSnapshot,
    private readonly listener: DatabaseListener,
    private readonly jobs: Jobs,
    private readonly uow: UnitOfWork,
    logger: Logger,
  ) {
    this.logger = logger.child('grid');
  }

  async onApplicationBootstrap(): Promise<void> {
    // A database that is away now is asked again by the job; until then no node is known.
    await this.refresh().catch((err: unknown) => this.logger.warn({ err }, 'the nodes are not known yet, trying on'));
    this.stopListening = await this.listener.listen(CHANNEL, () => this.wake());
    this.jobs.every('grid-changes', POLL_MS, () => this.refresh());
    this.jobs.every('grid-nodes-gone', GONE_MS, () => this.repository.forgetGone(), { lock: true });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stopListening();
  }

  /** In the transaction of a change: when it has committed, the next answer waits for it. */
  changing(): void {
    this.uow.afterCommit(this.committed);
  }

  /**
   * Undefined when every change of this process is known, so that nearly always nobody waits; within a transaction too, which
   * what it would wait for may wait for itself.
   */
  settled(): Promise<void> | undefined {
    return this.own && (this.uow.inTransaction ? undefined : this.own);
  }

  /** Milliseconds since the nodes were known to be right. */
  age(): number {
    return performance.now() - this.freshAt;
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
    this.refresh().catch((err: unknown) => this.logger.warn({ err }, 'changes of nodes could not be read, trying on'));
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

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
