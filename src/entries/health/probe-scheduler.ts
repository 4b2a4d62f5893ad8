import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Env } from '../../platform/env/env.js';
import { ShutdownState } from '../../platform/http/shutdown-state.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import type { EntryRow } from '../entry-response.js';
import { HealthMetrics } from './health-metrics.js';
import { HealthRepository } from './health.repository.js';
import type { ProbeResult } from './health.repository.js';
import { HealthService } from './health.service.js';
import { ProbePlan } from './probe-plan.js';
import { ProbeStateRepository } from './probe-state.repository.js';
import { Prober } from './prober.js';

const CLAIM_MS = 250;
const EXPIRE_MS = 300;
const SAVE_MS = 250;
const SAVED_TOGETHER = 200;
/** After this and its own time-out a probe whose process fell silent is due again. */
const GRACE_SECONDS = 20;

/**
 * The one scheduler of probes. Every replica that runs jobs claims due entries, so many at a time as it has places for; a
 * claim is a lease, so that no two replicas probe the same entry. Results are written together.
 */
@Injectable()
export class ProbeScheduler implements OnApplicationBootstrap {
  private readonly most: number;
  private readonly running = new Set<Promise<void>>();
  private findings: ProbeResult[] = [];
  private stopping = false;

  constructor(
    private readonly health: HealthRepository,
    private readonly service: HealthService,
    private readonly states: ProbeStateRepository,
    private readonly plan: ProbePlan,
    private readonly prober: Prober,
    private readonly metrics: HealthMetrics,
    private readonly jobs: Jobs,
    private readonly env: Env,
    private readonly shutdown: ShutdownState,
    uow: UnitOfWork,
  ) {
    this.most = uow.embedded ? 16 : 64;
  }

  onApplicationBootstrap(): void {
    if (this.env.role === 'api') return;
    this.shutdown.onDrain(() => void (this.stopping = true));
    this.jobs.every('health-probes', CLAIM_MS, () => this.begin());
    this.jobs.every('health-results', SAVE_MS, () => this.save());
    this.jobs.every('health-reports', EXPIRE_MS, async () => this.metrics.expired(await this.service.expire()));
  }

  /** Probes an entry now, and answers when the result stands. False when its kind has no probe for it. */
  async probeNow(row: EntryRow): Promise<boolean> {
    const probe = await this.plan.probeOf(row);
    if (!probe || probe.type === 'ttl') return false;
    const finding = await this.prober.probe(probe);
    this.metrics.probed(probe.type, finding);
    await this.states.ensure(row.id, probe);
    await this.settle([{ entry_id: row.id, lease: null, at: new Date(), ...finding }]);
    return true;
  }

  private async begin(): Promise<void> {
    while (!this.stopping) {
      const places = this.most - this.running.size;
      const lease = randomUUID();
      const rows = places > 0 ? await this.health.claim(places, lease, GRACE_SECONDS) : [];
      if (places > 0) this.metrics.late(Math.max(0, ...rows.map(({ late }) => late)));
      for (const row of rows) this.start(row, lease);
      // With a full house there may be more: go on as soon as a place is free.
      if (this.running.size < this.most) return;
      await Promise.race(this.running);
    }
  }

  private start(row: EntryRow, lease: string): void {
    const run = this.run(row, lease).finally(() => this.running.delete(run));
    this.running.add(run);
  }

  private async run(row: EntryRow, lease: string): Promise<void> {
    const probe = await this.plan.duty(row).catch(() => undefined);
    // Stopped meanwhile: its event takes it off the list.
    if (!probe || probe.type === 'ttl') return;
    const finding = await this.prober.probe(probe);
    this.metrics.probed(probe.type, finding);
    this.findings.push({ entry_id: row.id, lease, at: new Date(), ...finding });
  }

  private async save(): Promise<void> {
    while (this.findings.length > 0) {
      const some = this.findings.slice(0, SAVED_TOGETHER);
      await this.settle(some);
      this.findings = this.findings.slice(some.length);
    }
  }

  /** A change that is lost here (the process ends) comes with the next result: the count stands. */
  private async settle(results: readonly ProbeResult[]): Promise<void> {
    for (const { entry_id, status, message } of await this.health.save(results))
      await this.service.turn(entry_id, status, { type: 'probe', ...(message !== null && { message }) });
  }
}
