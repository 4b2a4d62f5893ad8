import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { statementFor, visible } from '../visibility.js';
import { ENTRY_COLUMNS } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';

/** How many results of an entry are kept. */
export const RESULTS_KEPT = 50;

/** How many of the entries that make another one degraded are told. */
const TROUBLES_SHOWN = 20;

export type TroubleRow = Pick<EntryRow, 'id' | 'uid' | 'kind' | 'name' | 'version' | 'health'>;

export interface HealthResultRow {
  status: string;
  /** `probe`, `report` or `ttl`. */
  source: string;
  message: string | null;
  latency_ms: number | null;
  at: Date;
}

export interface ProbeStateRow {
  type: string | null;
  interval_seconds: number;
  next_at: Date | null;
  ttl_until: Date | null;
  failures: number;
  successes: number;
}

export type NewResult = Pick<HealthResultRow, 'status' | 'source' | 'message'>;

/** Whose own health is to be another. */
export interface Verdict {
  entry_id: string;
  status: string;
  message: string | null;
}

/** What one probe found. */
export interface ProbeResult {
  entry_id: string;
  /** Of the claim; null of a probe that was asked for. */
  lease: string | null;
  ok: boolean;
  message: string;
  latency_ms: number;
  at: Date;
}

const IN_RING = `slot = excluded.slot, n = excluded.n, status = excluded.status, source = excluded.source,
  message = excluded.message, latency_ms = excluded.latency_ms, at = excluded.at`;

/** A result of a probe that lost its lease (the entry was stopped meanwhile, or another has it) counts for nothing. */
const SAVE = `
  WITH r AS (
    SELECT * FROM json_to_recordset($1::json)
      AS r(entry_id bigint, lease uuid, ok boolean, message text, latency_ms real, at timestamptz)
  ), p AS (
    UPDATE probe_state p SET
      lease = CASE WHEN r.lease IS NULL THEN p.lease END,
      failures = CASE WHEN r.ok THEN 0 ELSE p.failures % 1000000 + 1 END,
      successes = CASE WHEN r.ok THEN p.successes % 1000000 + 1 ELSE 0 END,
      results = p.results + 1,
      next_at = CASE WHEN r.lease IS NULL THEN p.next_at
        ELSE clock_timestamp() + make_interval(secs => p.interval_seconds * (0.9 + 0.2 * random())) END
    FROM r WHERE p.entry_id = r.entry_id AND (r.lease IS NULL OR p.lease = r.lease)
    RETURNING p.*, r.ok, r.message, r.latency_ms, r.at, CASE WHEN r.ok THEN 'healthy' ELSE 'unhealthy' END AS status
  ), h AS (
    INSERT INTO health_result AS h (entry_id, slot, n, status, source, message, latency_ms, at)
    SELECT entry_id, results % ${RESULTS_KEPT}, results, status, 'probe', message, latency_ms, at FROM p
    ON CONFLICT ON CONSTRAINT health_result_pkey DO UPDATE SET ${IN_RING}
  )
  SELECT p.entry_id, p.status, p.message FROM p JOIN entry e ON e.id = p.entry_id
  WHERE CASE WHEN p.ok THEN p.successes >= p.healthy_after ELSE p.failures >= p.unhealthy_after END
    AND coalesce(e.reported_health, e.health) <> p.status
  ORDER BY p.entry_id`;

/** What was observed of entries: the state of their probes and the ring of results. */
@Injectable()
export class HealthRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async state(entryId: string): Promise<ProbeStateRow | undefined> {
    const [row] = await this.uow.query<ProbeStateRow & object>(
      'SELECT type, interval_seconds, next_at, ttl_until, failures, successes FROM probe_state WHERE entry_id = $1',
      [entryId],
      'health-state',
    );
    return row;
  }

  /** What an entry needs that is not well itself, unhealthy first, of what the caller may see. */
  troubles(entryId: string): Promise<TroubleRow[]> {
    const values: unknown[] = [entryId, TROUBLES_SHOWN];
    return this.uow.query<TroubleRow & object>(
      `SELECT DISTINCT e.id, e.uid, e.kind, e.name, e.version, e.health FROM (
         SELECT r.target_id AS id, r.type FROM relationship r WHERE r.source_id = $1
         UNION ALL SELECT r.source_id, r.type FROM relationship r WHERE r.target_id = $1 AND r.bidirectional
       ) n JOIN relationship_type t ON t.id = n.type JOIN entry e ON e.id = n.id
       WHERE t.name IN ('depends_on', 'requires') AND (e.health = 'unhealthy' OR e.reported_health IS NOT NULL)
         AND e.id <> $1 AND ${visible('e.id', values)}
       ORDER BY e.health DESC, e.id LIMIT $2`,
      values,
      statementFor('health-troubles'),
    );
  }

  /** The last results, newest first. */
  results(entryId: string, limit: number): Promise<HealthResultRow[]> {
    return this.uow.query<HealthResultRow & object>(
      `SELECT status, source, message, latency_ms, at FROM health_result WHERE entry_id = $1 ORDER BY n DESC LIMIT $2`,
      [entryId, limit],
      'health-results',
    );
  }

  /**
   * Takes a report down. It is good for `ttlSeconds`, for the interval of the entry's `ttl` probe where none are given, or
   * until the next one. What probes counted before it counts no more.
   */
  async report(entryId: string, { status, message }: NewResult, ttlSeconds: number | undefined): Promise<void> {
    const [{ results }] = await this.uow.query<{ results: string }>(
      `INSERT INTO probe_state AS p (entry_id, results, ttl_until)
       VALUES ($1, 1, clock_timestamp() + make_interval(secs => $2::real))
       ON CONFLICT ON CONSTRAINT probe_state_pkey DO UPDATE SET results = p.results + 1, failures = 0, successes = 0,
         ttl_until = coalesce(excluded.ttl_until,
           CASE WHEN p.type = 'ttl' THEN clock_timestamp() + make_interval(secs => p.interval_seconds) END)
       RETURNING p.results`,
      [entryId, ttlSeconds ?? null],
      'health-report',
    );
    await this.append(entryId, results, { status, source: 'report', message });
  }

  /** Ids of entries whose last report has run out. */
  async expired(limit: number): Promise<string[]> {
    const rows = await this.uow.query<{ entry_id: string }>(
      'SELECT entry_id FROM probe_state WHERE ttl_until <= clock_timestamp() ORDER BY ttl_until LIMIT $1',
      [limit],
      'health-expired',
    );
    return rows.map(({ entry_id }) => entry_id);
  }

  /** Takes down that a report has run out; false when it was renewed, or another replica was faster. */
  async expire(entryId: string, message: string): Promise<boolean> {
    const [row] = await this.uow.query<{ results: string }>(
      `UPDATE probe_state SET ttl_until = NULL, results = results + 1
       WHERE entry_id = $1 AND ttl_until <= clock_timestamp() RETURNING results`,
      [entryId],
      'health-expire',
    );
    if (row) await this.append(entryId, row.results, { status: 'unhealthy', source: 'ttl', message });
    return row !== undefined;
  }

  /** Takes down what probes found, and answers who has been well or unwell for long enough to be called so. */
  save(results: readonly ProbeResult[]): Promise<Verdict[]> {
    return this.uow.query<Verdict & object>(SAVE, [JSON.stringify(results)], 'health-save');
  }

  /**
   * Claims due entries for one prober, those that waited longest first, and answers them beside how many seconds they
   * waited. A claim that is not answered by a result ends by itself.
   */
  claim(limit: number, lease: string, graceSeconds: number): Promise<(EntryRow & { late: number })[]> {
    return this.uow.query<EntryRow & { late: number } & object>(
      `WITH due AS (
         SELECT entry_id, next_at FROM probe_state WHERE next_at <= clock_timestamp()
         ORDER BY next_at LIMIT $1 FOR UPDATE SKIP LOCKED
       ), p AS (
         UPDATE probe_state p SET lease = $2,
           next_at = clock_timestamp() + make_interval(secs => p.timeout_seconds + $3::real)
         FROM due WHERE p.entry_id = due.entry_id
         RETURNING p.entry_id, extract(epoch FROM clock_timestamp() - due.next_at)::real AS late
       ) SELECT ${ENTRY_COLUMNS}, p.late FROM p JOIN entry e ON e.id = p.entry_id`,
      [limit, lease, graceSeconds],
      'health-claim',
    );
  }

  private async append(entryId: string, n: string, { status, source, message }: NewResult): Promise<void> {
    await this.uow.query(
      `INSERT INTO health_result AS h (entry_id, slot, n, status, source, message, at)
       VALUES ($1, $2::bigint % ${RESULTS_KEPT}, $2, $3, $4, $5, clock_timestamp())
       ON CONFLICT ON CONSTRAINT health_result_pkey DO UPDATE SET ${IN_RING}`,
      [entryId, n, status, source, message],
      'health-append',
    );
  }
}
