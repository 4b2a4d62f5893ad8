import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { AuditNotes } from '../../platform/audit/audit-notes.js';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Metrics } from '../../platform/http/metrics.js';
import { ShutdownState } from '../../platform/http/shutdown-state.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { AuditCheckpoints } from './audit-checkpoints.js';

const EVERY_MS = 500;

/** Rows of this cluster behind the end of the chain: how long the first has waited; and whether the trail was restored. */
const WAITING = `
  SELECT h.xid >= pg_snapshot_xmax(pg_current_snapshot()) AS restored, (
    SELECT extract(epoch FROM clock_timestamp() - a.at)::float8 FROM audit a
    WHERE (a.xid, a.id) > (h.xid, h.audit_id) AND a.xid < pg_snapshot_xmax(pg_current_snapshot())
      AND (SELECT s.seq FROM audit_seal s WHERE s.audit_id = a.id) IS NULL
    ORDER BY a.xid, a.id LIMIT 1) AS seconds
  FROM (SELECT * FROM audit_head LIMIT 1) h`;

interface Sealed {
  sealed: number;
  seq: string;
  hash: Buffer;
  from_seq: string;
  from_hash: Buffer;
}

/**
 * Gives committed rows of the audit trail their place in the chain. Every replica runs one; the database lets one at a time
 * seal, and a batch is one statement there.
 */
@Injectable()
export class AuditSealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** Most rows and most bytes (as stored) of a batch. */
  private readonly batch: readonly [rows: number, bytes: number];
  private waited = { seconds: 0, at: performance.now() };

  constructor(
    private readonly uow: UnitOfWork,
    private readonly checkpoints: AuditCheckpoints,
    private readonly trail: AuditTrail,
    private readonly notes: AuditNotes,
    private readonly jobs: Jobs,
    private readonly shutdown: ShutdownState,
    metrics: Metrics,
  ) {
    // On the embedded database everyone waits for a batch.
    this.batch = uow.embedded ? [100, 64 * 1024] : [1000, 8 * 1024 ** 2];
    const age = (): number => this.waitingSeconds();
    metrics.registry.registerMetric(
      new Gauge({
        name: 'audit_unsealed_age_seconds',
        help: 'For how long the oldest row of the audit trail has waited for its place in the chain.',
        registers: [],
        collect() {
          this.set(age());
        },
      }),
    );
  }

  /** That signing begins stands in the trail itself: later than it should, it is a trace of who removed all signatures. */
  async onApplicationBootstrap(): Promise<void> {
    if (await this.checkpoints.canBegin()) await this.trail.record({ action: 'audit.signing_start' });
    this.jobs.every('audit-seal', EVERY_MS, async () => void (await this.sealDue()));
  }

  /** What this process wrote shall be sealed when it is gone, as far as that can be now. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.notes.flush(true);
    // What cannot be sealed now is sealed by another process, or after the next start: no reason for a stop to fail.
    await this.seal().catch(() => 0);
  }

  waitingSeconds(): number {
    return this.waited.seconds && this.waited.seconds + (performance.now() - this.waited.at) / 1000;
  }

  /** Seals until nothing is due. Answers how many rows. */
  async sealDue(): Promise<number> {
    let total = 0;
    while (await this.isDue()) {
      const sealed = await this.seal();
      total += sealed;
      if (sealed === 0 || this.shutdown.draining) break;
    }
    return total;
  }

  /** One batch; 0 also while another process is at it. */
  async seal(): Promise<number> {
    const keyed = await this.checkpoints.available();
    return this.uow.run(async () => {
      const [done] = await this.uow.query<Sealed & object>(
        'SELECT * FROM audit_seal_due($1, $2)',
        this.batch,
        'audit-seal',
      );
      if (!done?.sealed) return 0;
      await this.checkpoints.sign(
        { seq: Number(done.from_seq), hash: done.from_hash },
        { seq: Number(done.seq), hash: done.hash },
        keyed,
      );
      return done.sealed;
    });
  }

  private async isDue(): Promise<boolean> {
    const [{ restored, seconds }] = await this.uow.query<{ restored: boolean; seconds: number | null }>(WAITING);
    this.waited = { seconds: Math.max(0, seconds ?? 0), at: performance.now() };
    return restored || seconds !== null;
  }
}
