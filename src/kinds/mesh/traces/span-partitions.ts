import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { sqlStateOf } from '../../../platform/database/database-errors.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { Env } from '../../../platform/env/env.js';
import { Jobs } from '../../../platform/jobs/jobs.js';
import { Logger } from '../../../platform/logging/logger.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS_AHEAD = 2;
const BATCH = 5000;
const LOCK_NOT_AVAILABLE = '55P03';
/** Raised where a row has no partition. */
const CHECK_VIOLATION = '23514';

/** Keeps spans in days: the next ones made ahead, those past TRACE_RETENTION_DAYS dropped whole. */
@Injectable()
export class SpanPartitions implements OnApplicationBootstrap {
  private readonly logger: Logger;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly env: Env,
    private readonly jobs: Jobs,
    logger: Logger,
  ) {
    this.logger = logger.child('traces');
  }

  async onApplicationBootstrap(): Promise<void> {
    this.jobs.every('trace-days', HOUR_MS, () => this.keep(), { lock: true });
    // What is written before the job runs makes its day by itself.
    await this.makeAhead().catch((err: unknown) => this.logger.warn({ err }, 'days of spans could not be made yet'));
  }

  /** Makes the days to come and drops those that are over. A lock that cannot be had now is left for the next time. */
  async keep(now = Date.now()): Promise<void> {
    try {
      await this.makeAhead(now);
      await this.dropBefore(new Date(now - this.env.traceRetentionDays * DAY_MS));
    } catch (error) {
      if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
      this.logger.info('days of spans are in use, trying again later');
    }
  }

  /** Whether an insert failed for want of a day that is there now. */
  async made(error: unknown): Promise<boolean> {
    if (sqlStateOf(error) !== CHECK_VIOLATION) return false;
    await this.makeAhead();
    return true;
  }

  private async makeAhead(now = Date.now()): Promise<void> {
    for (let n = 0; n <= DAYS_AHEAD; n++) {
      const day = dayOf(new Date(now + n * DAY_MS));
      await this.uow.query(
        `SELECT mesh_span_partition_add($1::date) WHERE to_regclass('mesh_span_' || to_char($1::date, 'YYYY_MM_DD')) IS NULL`,
        [day],
      );
    }
  }

  private async dropBefore(cutoff: Date): Promise<void> {
    for (;;) {
      const [{ name }] = await this.uow.query<{ name: string | null }>('SELECT mesh_span_partition_drop($1) AS name', [
        dayOf(cutoff),
      ]);
      if (name === null) break;
      this.logger.info({ partition: name }, 'dropped a day of old spans');
    }
    while ((await this.dropTraces(cutoff)) === BATCH);
  }

  private async dropTraces(cutoff: Date): Promise<number> {
    const rows = await this.uow.query(
      'DELETE FROM mesh_trace WHERE trace_id = ANY (ARRAY(SELECT trace_id FROM mesh_trace WHERE day < $1 LIMIT $2)) RETURNING 1',
      [dayOf(cutoff), BATCH],
    );
    return rows.length;
  }
}

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
