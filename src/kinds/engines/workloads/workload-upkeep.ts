import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { LeaseRepository } from './lease.repository.js';

const SWEEP_MS = 1000;
const HOUR_MS = 3_600_000;
const BATCH = 1000;
/** How long finished workloads can be looked at; dead letters longer, as somebody has to decide about them. */
const KEPT_DAYS = { completed: 7, cancelled: 7, dead: 30 } as const;

/**
 * Takes back leases that ended unheard, queues what has become ready, and deletes what finished long ago. Every process
 * sweeps, as nothing of it hurts twice at once.
 */
@Injectable()
export class WorkloadUpkeep implements OnModuleInit {
  constructor(
    private readonly leases: LeaseRepository,
    private readonly uow: UnitOfWork,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('workload-sweep', SWEEP_MS, () => this.sweep());
    this.jobs.every('workload-retention', HOUR_MS, () => this.retain(), { lock: true });
  }

  async sweep(): Promise<void> {
    for (let more = true; more;) {
      const { ended, queued } = await this.leases.sweep(BATCH);
      more = ended === BATCH || queued === BATCH;
    }
  }

  async retain(): Promise<void> {
    for (const [status, days] of Object.entries(KEPT_DAYS)) {
      for (let deleted = BATCH; deleted === BATCH;) {
        const rows = await this.uow.query(
          `DELETE FROM workload WHERE uid IN (
             SELECT uid FROM workload WHERE status = $1 AND finished_at < statement_timestamp() - make_interval(days => $2)
             ORDER BY finished_at LIMIT $3) RETURNING 1`,
          [status, days, BATCH],
        );
        deleted = rows.length;
      }
    }
  }
}
