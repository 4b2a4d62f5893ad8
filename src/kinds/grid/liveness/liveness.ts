import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { guardAfter, isHolding } from '../../../entries/liveness/mass-loss-guard.js';
import type { GuardState } from '../../../entries/liveness/mass-loss-guard.js';
import { AuditTrail } from '../../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { Drains } from '../drain/drains.js';
import { GridFeed } from '../snapshot/grid-feed.js';
import { GridSnapshot } from '../snapshot/grid-snapshot.js';
import { GridSnapshotRepository } from '../snapshot/grid-snapshot.repository.js';
import type { KnownNode } from '../snapshot/known-node.js';
import { BeatBuffer } from './beat-buffer.js';
import type { Beat } from './beat-buffer.js';
import { GridHealth } from './grid-health.js';
import { GridLivenessRepository } from './liveness.repository.js';
import type { GridLivenessView } from './liveness.repository.js';

/** Heartbeats are written, and the silent looked for, so often: both have to fit into a second with the way to others. */
const TURN_MS = 200;
/** The embedded database has one process: nobody else has to hear. */
const EMBEDDED_TURN_MS = 400;
/** Above every transaction: no load is after it. */
const NONE = '18446744073709551615';

/** Takes heartbeats and connections in memory, writes them in batches, and finds who is silent: every process takes, one sweeps. */
@Injectable()
export class GridLiveness implements OnModuleInit, BeforeApplicationShutdown {
  private readonly process = randomUUID();
  private readonly buffer = new BeatBuffer();
  private readonly logger: Logger;
  private flushing?: Promise<void>;
  private wrote = false;
  private holding = false;
  private loadsSince = NONE;
  /** Since the start of this process. */
  readonly totals = { heartbeats: 0, expired: 0 };

  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: GridLivenessRepository,
    private readonly reader: GridSnapshotRepository,
    private readonly snapshot: GridSnapshot,
    private readonly feed: GridFeed,
    private readonly health: GridHealth,
    private readonly drains: Drains,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
    logger: Logger,
  ) {
    this.logger = logger.child('grid');
  }

  onModuleInit(): void {
    this.jobs.every('grid-liveness', this.uow.embedded ? EMBEDDED_TURN_MS : TURN_MS, () => this.turn());
  }

  async beforeApplicationShutdown(): Promise<void> {
    try {
      await this.flush();
      if (this.wrote) await this.repository.forgetWriter(this.process);
    } catch (err) {
      this.logger.warn({ err, heartbeats: this.buffer.size }, 'stopping without having written the last heartbeats');
    }
  }

  /** Nodes of which something was taken and is not written. */
  readonly buffered = (): number => this.buffer.size;

  beat({ id, load }: Pick<KnownNode, 'id' | 'load'>, beat: Beat): void {
    this.totals.heartbeats++;
    this.buffer.beat(id, load, beat);
  }

  /** Connections that a node was given; negative for released ones. */
  give({ id, load }: Pick<KnownNode, 'id' | 'load'>, connections: number): void {
    this.buffer.give(id, load, connections);
  }

  /** Ends the guard before its time: who is silent is given up in the next turn. */
  async releaseGuard(): Promise<void> {
    await this.uow.run(async () => {
      await this.repository.setGuard({ since: null, until: null, spent: true });
      await this.audit.record({ action: 'grid.guard_release' });
      this.feed.changing();
    });
  }

  /** Writes what was acknowledged before the call. */
  flush(): Promise<void> {
    const before = this.flushing ?? Promise.resolve();
    const run = before.catch(() => undefined).then(() => this.write());
    this.flushing = run;
    return run;
  }

  private async turn(): Promise<void> {
    // Without anybody to listen to, an idle registry leaves its database in peace.
    if (this.snapshot.beating > 0 || this.buffer.size > 0) {
      await this.flush();
      await this.sweep();
      await this.hearOthers();
    }
    if (this.snapshot.draining > 0) await this.drains.settle();
  }

  private async write(): Promise<void> {
    if (this.snapshot.beating === 0 && this.buffer.size === 0 && !this.wrote) return;
    this.wrote = true;
    const rows = await this.repository.flush(this.process, () => this.buffer.take());
    this.buffer.written(rows);
    const news = rows.filter(({ node_id: id, level, beaten }) => beaten && (level > 0 || this.snapshot.get(id)?.level === null)); // prettier-ignore
    if (news.length > 0) await this.tell();
  }

  private async sweep(): Promise<void> {
    const { nodes, expired } = await this.uow.run(() => this.look());
    this.totals.expired += expired;
    if (nodes.length > 0) await this.tell();
  }

  private async look(): Promise<{ nodes: string[]; expired: number }> {
    const view = await this.repository.look();
    if (!view) return { nodes: [], expired: 0 };
    const holds = await this.settleGuard(view);
    return view.due === 0 || holds ? { nodes: [], expired: 0 } : this.repository.raise(view);
  }

  private async settleGuard(view: GridLivenessView): Promise<boolean> {
    const { since, spent } = view.guard;
    // The guard comes before the first is late: nobody is to be called degraded for what is our loss.
    const next = view.late > 0 || since || spent ? guardAfter(view.guard, view, view.now) : view.guard;
    if (next !== view.guard) await this.repository.setGuard(next);
    const holds = isHolding(next, view.now);
    if (holds !== this.holding) this.uow.afterCommit(() => this.announce(holds, next, view));
    return holds;
  }

  private announce(holds: boolean, { until }: GuardState, { live, late }: GridLivenessView): void {
    this.holding = holds;
    if (holds) this.logger.warn({ live, late, until }, 'most nodes are silent: none is given up until then');
    else this.logger.info({ live, late }, 'silent nodes are given up again');
  }

  /** What nodes told other processes. The embedded database has one process, which knows. */
  private async hearOthers(): Promise<void> {
    if (this.uow.embedded) return;
    const asked = performance.now();
    const { loads, since } = await this.reader.loads(this.loadsSince);
    this.loadsSince = since;
    this.snapshot.putLoads(loads, asked);
  }

  private async tell(): Promise<void> {
    this.health.changed();
    await this.feed.refresh();
  }
}
