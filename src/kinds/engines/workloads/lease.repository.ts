import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { WORKLOAD_COLUMNS } from './workload-response.js';
import type { LeasedRow, WorkloadRow } from './workload-response.js';

export interface LeaseQuestion {
  worker: string;
  count: number;
  seconds: number;
  /** Whether the worker may get what needs a GPU. */
  gpu: boolean;
}

/** What a lease statement answers: a row a workload, or one with the engine's state alone. */
type Answered = { engine_status: string } & { [Column in keyof LeasedRow]: LeasedRow[Column] | null };

/**
 * One statement takes the first of a queue, past those that others are taking at this moment, and nothing while the
 * engine does not run. `statement_timestamp()` is the moment it began: an index condition, as `clock_timestamp()` is none.
 * The rows come as an array: joined, a plan made for any count would read the whole table.
 */
const lease = (queue: string): string => `
  WITH engine AS MATERIALIZED (SELECT e.id, e.status FROM entry e WHERE e.id = $1), picked AS MATERIALIZED (
    SELECT q.uid FROM workload q WHERE q.entry_id = $1 AND ${queue}
      AND (SELECT status FROM engine) = 'running'
    ORDER BY q.rank, q.uid LIMIT $2 FOR UPDATE SKIP LOCKED
  ), leased AS (
    UPDATE workload w SET status = 'running', attempts = w.attempts + 1, worker = $3, token = gen_random_uuid(),
      lease_seconds = $4, started_at = now.at, deadline = now.at + make_interval(secs => w.timeout_seconds),
      lease_until = now.at + make_interval(secs => least($4::int, w.timeout_seconds))
    FROM (SELECT clock_timestamp() AS at OFFSET 0) now WHERE w.uid = ANY (ARRAY(SELECT p.uid FROM picked p))
    RETURNING ${WORKLOAD_COLUMNS}, w.token, w.rank
  )
  SELECT engine.status AS engine_status, w.* FROM engine LEFT JOIN leased w ON true ORDER BY w.rank, w.uid`;

const LEASE_ALL = lease(`q.status = 'queued'`);
const LEASE_PLAIN = lease(`q.status = 'queued' AND NOT q.gpu`);

/** Who holds the token of a running attempt whose time is not over. */
const HELD = `w.entry_id = $1 AND w.uid = $2 AND w.status = 'running' AND w.token = $3
  AND (w.deadline IS NULL OR w.deadline > clock_timestamp())`;

/** Seconds until the attempt after this one: doubling from 1 to 300, between half of that and all of it. */
const BACKOFF = `least(300, power(2, least(w.attempts, 10) - 1)) * (0.5 + random() / 2)`;

const HEARTBEAT = `
  UPDATE workload w SET lease_seconds = coalesce($4::int, w.lease_seconds),
    lease_until = least(clock_timestamp() + make_interval(secs => coalesce($4::int, w.lease_seconds)), w.deadline)
  WHERE ${HELD} RETURNING ${WORKLOAD_COLUMNS}`;

const COMPLETE = `
  UPDATE workload w SET status = 'completed', token = NULL, lease_until = NULL, deadline = NULL, result = $4::jsonb,
    cause = NULL, error = NULL, finished_at = clock_timestamp()
  WHERE ${HELD} RETURNING ${WORKLOAD_COLUMNS}`;

const FAIL = `
  UPDATE workload w SET token = NULL, lease_until = NULL, deadline = NULL, cause = 'failed', error = $4,
    status = CASE WHEN w.attempts >= w.max_attempts OR NOT $5 THEN 'dead' ELSE 'scheduled' END,
    ready_at = CASE WHEN w.attempts >= w.max_attempts OR NOT $5 THEN w.ready_at
      ELSE clock_timestamp() + make_interval(secs => ${BACKOFF}) END,
    finished_at = CASE WHEN w.attempts >= w.max_attempts OR NOT $5 THEN clock_timestamp() END
  WHERE ${HELD} RETURNING ${WORKLOAD_COLUMNS}`;

const EXPIRED = `(w.deadline IS NULL OR w.deadline > statement_timestamp())`;
const SWEEP = `
  WITH due AS MATERIALIZED (
    SELECT uid FROM workload WHERE status = 'running' AND lease_until <= statement_timestamp()
    ORDER BY lease_until LIMIT $1 FOR UPDATE SKIP LOCKED
  ), ended AS (
    UPDATE workload w SET token = NULL, lease_until = NULL, deadline = NULL,
      cause = CASE WHEN ${EXPIRED} THEN 'lease_expired' ELSE 'timed_out' END,
      error = CASE WHEN ${EXPIRED} THEN format('%s was not heard of for %s s', w.worker, w.lease_seconds)
        ELSE format('took longer than %s s', w.timeout_seconds) END,
      status = CASE WHEN w.attempts >= w.max_attempts THEN 'dead' WHEN ${EXPIRED} THEN 'queued' ELSE 'scheduled' END,
      ready_at = CASE WHEN w.attempts >= w.max_attempts OR ${EXPIRED} THEN w.ready_at
        ELSE clock_timestamp() + make_interval(secs => ${BACKOFF}) END,
      finished_at = CASE WHEN w.attempts >= w.max_attempts THEN clock_timestamp() END
    WHERE w.uid = ANY (ARRAY(SELECT uid FROM due)) RETURNING w.status
  ), ready AS MATERIALIZED (
    SELECT uid FROM workload WHERE status = 'scheduled' AND ready_at <= statement_timestamp()
    ORDER BY ready_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ), queued AS (
    UPDATE workload w SET status = 'queued' WHERE w.uid = ANY (ARRAY(SELECT uid FROM ready)) RETURNING 1
  )
  SELECT (SELECT count(*)::int FROM ended) AS ended, (SELECT count(*)::int FROM ended WHERE status = 'dead') AS dead,
    (SELECT count(*)::int FROM queued) AS queued`;

/** What one sweep has done: leases that ended unheard, how many of these are dead letters, and what became ready. */
export interface Swept {
  ended: number;
  dead: number;
  queued: number;
}

/** Leases of workloads, one statement each, by the database's clock. */
@Injectable()
export class LeaseRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** In the order of the queue. Undefined when the engine is gone. */
  async lease(
    entryId: string,
    { worker, count, seconds, gpu }: LeaseQuestion,
  ): Promise<{ engineStatus: string; rows: LeasedRow[] } | undefined> {
    const [sql, name] = gpu ? [LEASE_ALL, 'workload-lease'] : [LEASE_PLAIN, 'workload-lease-plain'];
    const rows = await this.uow.query<Answered>(sql, [entryId, count, worker, seconds], name);
    if (rows.length === 0) return undefined;
    return { engineStatus: rows[0].engine_status, rows: rows.filter(({ uid }) => uid !== null) as LeasedRow[] };
  }

  /** Each of these answers undefined to who does not hold the lease. */
  heartbeat(entryId: string, uid: string, token: string, seconds: number | null): Promise<WorkloadRow | undefined> {
    return this.held(HEARTBEAT, 'workload-heartbeat', [entryId, uid, token, seconds]);
  }

  complete(entryId: string, uid: string, token: string, result: object | null): Promise<WorkloadRow | undefined> {
    const text = result === null ? null : JSON.stringify(result);
    return this.held(COMPLETE, 'workload-complete', [entryId, uid, token, text]);
  }

  fail(entryId: string, uid: string, token: string, error: string | null, retry: boolean) {
    return this.held(FAIL, 'workload-fail', [entryId, uid, token, error, retry]);
  }

  /** Takes back at most `most` leases that ended unheard, and queues as many workloads whose time has come. */
  async sweep(most: number): Promise<Swept> {
    return (await this.uow.query<Swept & object>(SWEEP, [most], 'workload-sweep'))[0];
  }

  private async held(sql: string, name: string, values: unknown[]): Promise<WorkloadRow | undefined> {
    return (await this.uow.query<WorkloadRow & object>(sql, values, name))[0];
  }
}
