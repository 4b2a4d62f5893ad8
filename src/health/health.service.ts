import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { VERSION } from '../platform/env/version.js';
import { ReadinessConditions } from '../platform/http/readiness-conditions.js';
import { ShutdownState } from '../platform/http/shutdown-state.js';
import { Logger } from '../platform/logging/logger.js';
import type { Health, HealthCheck, HealthStats, Readiness } from './health.dto.js';

/** Health routes are open to everyone: however often they are asked, the database is asked once in this time. */
const FRESH_MS = 500;
/** A database that does not answer in this time counts as away. */
const PATIENCE_MS = 2000;
const UNKNOWN: HealthStats = { total_entities: null, total_relationships: null };

interface Finding {
  database: HealthCheck;
  stats: HealthStats;
}

@Injectable()
export class HealthService {
  private readonly logger: Logger;
  private finding?: Promise<Finding>;
  private foundAt = Number.NEGATIVE_INFINITY;
  private wasUp = true;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly shutdown: ShutdownState,
    private readonly conditions: ReadinessConditions,
    logger: Logger,
  ) {
    this.logger = logger.child('health');
  }

  async health(): Promise<Health> {
    const { database, stats } = await this.find();
    return {
      status: database.status === 'down' ? 'unavailable' : this.shutdown.draining ? 'draining' : 'healthy',
      timestamp: new Date().toISOString(),
      version: VERSION,
      uptime: Math.round(process.uptime() * 10) / 10,
      stats,
      checks: { database },
    };
  }

  async readiness(): Promise<Readiness> {
    if (this.shutdown.draining) return { status: 'draining' };
    const { database } = await this.find();
    return { status: database.status === 'up' && this.conditions.met ? 'ready' : 'unavailable' };
  }

  private find(): Promise<Finding> {
    const now = performance.now();
    if (!this.finding || now - this.foundAt > FRESH_MS) {
      this.foundAt = now;
      this.finding = this.ask();
    }
    return this.finding;
  }

  /** Never rejects: a database that is away is a finding. */
  private async ask(): Promise<Finding> {
    const startedAt = performance.now();
    const stats = await this.statsInTime().catch((error: unknown) => this.lost(error));
    const latency = Math.round((performance.now() - startedAt) * 10) / 10;
    if (stats && !this.wasUp) this.logger.info('the database is back');
    this.wasUp = stats !== undefined;
    return { database: { status: stats ? 'up' : 'down', latency_ms: latency }, stats: stats ?? UNKNOWN };
  }

  private async statsInTime(): Promise<HealthStats> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS} ms`)), PATIENCE_MS);
    });
    const totals = this.totals();
    try {
      return await Promise.race([totals, patience]);
    } finally {
      clearTimeout(timer);
      // Its late failure is the one already told.
      totals.catch(() => undefined);
    }
  }

  /** Anyone may ask, so restricted entries are not counted. */
  private async totals(): Promise<HealthStats> {
    const [row] = await this.uow.query<{ entries: string; relationships: string }>(
      `SELECT (SELECT coalesce(sum(n), 0) FROM entry_count)
                - (SELECT count(*) FROM entry_restriction x JOIN entry e ON e.id = x.entry_id) AS entries,
              (SELECT coalesce(sum(n), 0) FROM relationship_count)
                - (SELECT count(*) FROM (
                     SELECT r.id FROM entry_restriction x JOIN relationship r ON r.source_id = x.entry_id
                     UNION SELECT r.id FROM entry_restriction x JOIN relationship r ON r.target_id = x.entry_id
                   ) hidden) AS relationships`,
    );
    return { total_entities: Number(row.entries), total_relationships: Number(row.relationships) };
  }

  private lost(err: unknown): undefined {
    if (this.wasUp) this.logger.error({ err }, 'the database does not answer');
    return undefined;
  }
}
