import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { sqlStateOf } from '../platform/database/database-errors.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { Env } from '../platform/env/env.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Logger } from '../platform/logging/logger.js';
import { ConsumerRepository } from './relay/consumer.repository.js';
import { EventRelay } from './relay/event-relay.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONTHS_AHEAD = 2;
const LOCK_NOT_AVAILABLE = '55P03';

/** Months that are missing: those soon to come, and those of rows that the default partition caught. */
const MISSING = `
  WITH month AS (
    SELECT (date_trunc('month', $1::timestamptz AT TIME ZONE 'UTC') + n * interval '1 month')::date AS month
    FROM generate_series(0, $2::int) AS n
    UNION
    SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC')::date FROM event_rest
  )
  SELECT to_char(month, 'YYYY-MM-DD') AS month FROM month
  WHERE to_regclass('event_' || to_char(month, 'YYYY_MM')) IS NULL ORDER BY 1`;

/** Keeps the outbox in months: the next ones made ahead, those past EVENT_RETENTION_DAYS dropped whole. */
@Injectable()
export class EventPartitions implements OnApplicationBootstrap {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly consumers: ConsumerRepository,
    private readonly relay: EventRelay,
    private readonly env: Env,
    private readonly jobs: Jobs,
    private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.jobs.every('event-partitions', HOUR_MS, () => this.keep(), { lock: true });
    try {
      // After a long stop this month's may be missing: what is written until the job runs would have to be moved.
      await this.makeAhead();
    } catch (err) {
      this.logger.warn({ err }, 'partitions of events could not be made, trying again later');
    }
  }

  /** Makes what is missing and drops what is too old. A lock that cannot be had now is left for the next time. */
  async keep(now = new Date()): Promise<void> {
    try {
      await this.makeAhead(now);
      if (this.env.eventRetentionDays > 0) {
        await this.dropBefore(new Date(now.getTime() - this.env.eventRetentionDays * DAY_MS));
      }
    } catch (error) {
      if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
      this.logger.info('event partitions are in use, trying again later');
    }
  }

  async makeAhead(now = new Date()): Promise<string[]> {
    const missing = await this.uow.query<{ month: string }>(MISSING, [now, MONTHS_AHEAD]);
    for (const { month } of missing) {
      await this.uow.query('SELECT event_partition_add($1::date)', [month]);
      this.logger.info({ month }, 'made a partition of events');
    }
    return missing.map(({ month }) => month);
  }

  /** Drops the months that ended before `cutoff`, unless a handler has not seen them yet. */
  async dropBefore(cutoff: Date): Promise<string[]> {
    const dropped: string[] = [];
    const handled = (await this.consumers.slowest(this.relay.handlers)) ?? Number.MAX_SAFE_INTEGER;
    for (;;) {
      const [{ name }] = await this.uow.query<{ name: string | null }>('SELECT event_partition_drop($1, $2) AS name', [
        cutoff,
        handled,
      ]);
      if (name === null) return dropped;
      this.logger.info({ partition: name }, 'dropped a month of old events');
      dropped.push(name);
    }
  }
}
