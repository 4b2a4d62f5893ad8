import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { AuditTrail } from '../../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';
import { SnapshotFeed } from '../discovery/snapshot-feed.js';
import { ServiceSnapshot } from '../discovery/service-snapshot.js';
import { InstanceHealth } from '../instance-health.js';
import { InstanceRepository } from '../instances/instance.repository.js';
import { HeartbeatBuffer } from './heartbeat-buffer.js';
import { LivenessRepository } from './liveness.repository.js';
import type { LivenessView } from './liveness.repository.js';
import { guardAfter, isHolding } from '../../../entries/liveness/mass-loss-guard.js';
import type { GuardState } from '../../../entries/liveness/mass-loss-guard.js';

/** Heartbeats are written, and the silent looked for, so often: both have to fit into a second with the way to other processes. */
const TURN_MS = 200;
/** The embedded database has one process: nobody else has to hear. */
const EMBEDDED_TURN_MS = 400;

interface Swept {
  services: string[];
  expired: number;
  removed: number;
}

/** Takes heartbeats in memory, writes them in batches, and gives up who is silent. Every process does, one at a time sweeps. */
@Injectable()
export class Liveness implements OnModuleInit, BeforeApplicationShutdown {
  private readonly process = randomUUID();
  private readonly buffer = new HeartbeatBuffer();
  private readonly logger: Logger;
  private flushing?: Promise<void>;
  private wrote = false;
  private holding = false;
  /** Since the start of this process. */
  readonly totals = { heartbeats: 0, expired: 0, removed: 0 };

  constructor(
    private readonly uow: UnitOfWork,
    private readonly repository: LivenessRepository,
    private readonly instances: InstanceRepository,
    private readonly feed: SnapshotFeed,
    private readonly snapshot: ServiceSnapshot,
    private readonly health: InstanceHealth,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
    logger: Logger,
  ) {
    this.logger = logger.child('services');
  }

  onModuleInit(): void {
    const every = this.uow.embedded ? EMBEDDED_TURN_MS : TURN_MS;
    this.jobs.every('service-liveness', every, () => this.turn());
  }

  async beforeApplicationShutdown(): Promise<void> {
    try {
      await this.flush();
      if (this.wrote) await this.repository.forgetWriter(this.process);
    } catch (err) {
      this.logger.warn({ err, heartbeats: this.buffer.size }, 'stopping without having written the last heartbeats');
    }
  }

  /** Heartbeats that are taken and not written. */
  readonly buffered = (): number => this.buffer.size;

  /** Takes a heartbeat; takes an inside id. */
  beat(instanceId: string): void {
    this.count();
    this.buffer.add(instanceId);
  }

  /** One that was written at once. */
  count(): void {
    this.totals.heartbeats++;
  }

  /** Ends the guard before its time: who is silent is given up in the next turn. */
  async releaseGuard(): Promise<void> {
    await this.uow.run(async () => {
      await this.repository.setGuard({ since: null, until: null, spent: true });
      await this.audit.record({ action: 'discovery.guard_release' });
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
    if (this.snapshot.beating === 0 && this.buffer.size === 0) return;
    await this.flush();
    const swept = await this.uow.run(() => this.sweep());
    this.totals.expired += swept.expired;
    this.totals.removed += swept.removed;
    if (swept.services.length > 0) await this.tell(swept.services);
  }

  private async write(): Promise<void> {
    if (this.snapshot.beating === 0 && this.buffer.size === 0 && !this.wrote) return;
    this.wrote = true;
    const back = await this.repository.flush(this.process, () => this.buffer.take());
    this.buffer.written();
    if (back.length === 0) return;
    await this.tell(await this.uow.run(() => this.instances.revive(back)));
  }

  private async sweep(): Promise<Swept> {
    const view = await this.repository.look();
    if (!view) return { services: [], expired: 0, removed: 0 };
    const holds = await this.settleGuard(view);
    if ((view.due === 0 || holds) && view.removable === 0) return { services: [], expired: 0, removed: 0 };
    const services = await this.repository.dueServices(view);
    await this.instances.touch(services);
    const removed = view.removable > 0 ? await this.repository.removeSilent(view) : 0;
    const expired = holds ? 0 : await this.repository.expire(view);
    return { services, expired, removed };
  }

  private async settleGuard(view: LivenessView): Promise<boolean> {
    const { since, spent } = view.guard;
    const next = view.due > 0 || since || spent ? guardAfter(view.guard, view, view.now) : view.guard;
    if (next !== view.guard) await this.repository.setGuard(next);
    const holds = isHolding(next, view.now);
    if (holds !== this.holding) this.uow.afterCommit(() => this.announce(holds, next, view));
    return holds;
  }

  private announce(holds: boolean, { until }: GuardState, { live, late }: LivenessView): void {
    this.holding = holds;
    if (holds) this.logger.warn({ live, late, until }, 'most instances are silent: none is given up until then');
    else this.logger.info({ live, late }, 'silent instances are given up again');
  }

  private async tell(services: string[]): Promise<void> {
    this.health.changed(services);
    await this.feed.refresh(services);
  }
}
