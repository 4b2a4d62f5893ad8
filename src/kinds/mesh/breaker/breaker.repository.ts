import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { BreakerSettings } from '../table/compiled-route.js';

export const BREAKER_STATES = ['closed', 'open', 'half_open'] as const;
export type BreakerState = (typeof BREAKER_STATES)[number];

/** The state of a route's breaker as all replicas share it. */
export interface BreakerFact {
  route_id: string;
  state: BreakerState;
  /** Counts changes of state: a smaller one is older. */
  version: number;
  /** Counts how often it was half open. */
  episode: number;
  /** Until it may be half open; null of one that never opened. */
  open_ms: number | null;
}

export interface BreakerRow extends BreakerFact {
  since: Date;
  reason: string | null;
  window_start: Date;
  requests: number;
  failures: number;
  open_until: Date | null;
  probes_given: number;
  probes_ok: number;
}

/** What went through a route while its breaker was closed. */
export interface Outcomes {
  routeId: string;
  requests: number;
  failures: number;
  settings: BreakerSettings;
}

const FACT = `b.route_id, b.state, b.version::int, b.episode::int,
  (extract(epoch FROM b.open_until - clock_timestamp()) * 1000)::float8 AS open_ms`;
const ROW = `${FACT}, b.since, b.reason, b.window_start, b.requests::int, b.failures::int, b.open_until, b.probes_given, b.probes_ok`;

const NOW = 'statement_timestamp()';
const OVER = `b.window_start + make_interval(secs => g.window_seconds) <= ${NOW}`;
const REQUESTS = `(CASE WHEN ${OVER} THEN 0 ELSE b.requests END + g.requests)`;
const FAILURES = `(CASE WHEN ${OVER} THEN 0 ELSE b.failures END + g.failures)`;
const TRIPS = `(g.failures > 0 AND ${FAILURES} >= g.failure_threshold AND ${REQUESTS} >= g.min_requests
  AND ${FAILURES} * 100.0 >= g.failure_rate_percent * ${REQUESTS})`;
/** A probe that nobody heard of again: after this the next ones are let through. */
const FRESH = `(b.state = 'open' OR b.probe_until <= clock_timestamp())`;

/**
 * The breakers. Every change of state is one statement, whose condition PostgreSQL checks again on the row it has locked: of
 * two replicas that would do the same, one does.
 */
@Injectable()
export class BreakerRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Counts outcomes of closed breakers, and opens those that have had enough. Answers those that opened. */
  count(outcomes: readonly Outcomes[]): Promise<BreakerFact[]> {
    const sorted = outcomes.toSorted((a, b) => (BigInt(a.routeId) < BigInt(b.routeId) ? -1 : 1));
    const column = (read: (one: Outcomes) => unknown): unknown[] => sorted.map(read);
    return this.uow.query<BreakerFact & object>(
      `UPDATE mesh_breaker b SET
         window_start = CASE WHEN ${OVER} THEN ${NOW} ELSE b.window_start END, requests = ${REQUESTS}, failures = ${FAILURES},
         state = CASE WHEN ${TRIPS} THEN 'open' ELSE b.state END,
         version = b.version + ${TRIPS}::int,
         since = CASE WHEN ${TRIPS} THEN clock_timestamp() ELSE b.since END,
         reason = CASE WHEN ${TRIPS} THEN format('%s of %s requests failed within %s s', ${FAILURES}, ${REQUESTS}, g.window_seconds)
           ELSE b.reason END,
         open_until = CASE WHEN ${TRIPS} THEN clock_timestamp() + make_interval(secs => g.open_seconds) ELSE b.open_until END
       FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::float8[], $5::float8[], $6::bigint[], $7::bigint[], $8::float8[])
         AS g(route_id, requests, failures, window_seconds, open_seconds, failure_threshold, min_requests, failure_rate_percent)
       WHERE b.route_id = g.route_id AND b.state = 'closed' RETURNING ${FACT}`,
      [
        column(({ routeId }) => routeId),
        column(({ requests }) => requests),
        column(({ failures }) => failures),
        column(({ settings }) => settings.window_seconds),
        column(({ settings }) => settings.open_seconds),
        column(({ settings }) => settings.failure_threshold),
        column(({ settings }) => settings.min_requests),
        column(({ settings }) => settings.failure_rate_percent),
      ],
      'mesh-breaker-count',
    );
  }

  /** Leave to send one request while half open: so many in an episode, whoever asks. Undefined: there is none (left). */
  async probe(routeId: string, most: number, patienceSeconds: number): Promise<BreakerFact | undefined> {
    const [fact] = await this.uow.query<BreakerFact & object>(
      `UPDATE mesh_breaker b SET
         state = 'half_open',
         version = b.version + (b.state = 'open')::int,
         since = CASE WHEN b.state = 'open' THEN clock_timestamp() ELSE b.since END,
         episode = b.episode + ${FRESH}::int,
         probes_given = CASE WHEN ${FRESH} THEN 1 ELSE b.probes_given + 1 END,
         probes_ok = CASE WHEN ${FRESH} THEN 0 ELSE b.probes_ok END,
         probe_until = CASE WHEN ${FRESH} THEN clock_timestamp() + make_interval(secs => $3) ELSE b.probe_until END
       WHERE b.route_id = $1 AND ((b.state = 'open' AND b.open_until <= clock_timestamp())
         OR (b.state = 'half_open' AND (b.probes_given < $2::int OR b.probe_until <= clock_timestamp())))
       RETURNING ${FACT}`,
      [routeId, most, patienceSeconds],
      'mesh-breaker-probe',
    );
    return fact;
  }

  /** The outcome of a probe of the present episode: a failure opens again, enough successes close. */
  async probed(
    routeId: string,
    { episode, success, settings }: { episode: number; success: boolean; settings: BreakerSettings },
  ): Promise<BreakerFact | undefined> {
    const [fact] = await this.uow.query<BreakerFact & object>(
      `UPDATE mesh_breaker b SET
         probes_ok = b.probes_ok + $3::bool::int,
         state = CASE WHEN NOT $3::bool THEN 'open' WHEN b.probes_ok + 1 >= $4::int THEN 'closed' ELSE b.state END,
         version = b.version + (NOT $3::bool OR b.probes_ok + 1 >= $4::int)::int,
         since = CASE WHEN NOT $3::bool OR b.probes_ok + 1 >= $4::int THEN clock_timestamp() ELSE b.since END,
         reason = CASE WHEN NOT $3::bool THEN 'a probe failed while half open'
           WHEN b.probes_ok + 1 >= $4::int THEN format('%s probes succeeded', $4::int) ELSE b.reason END,
         open_until = CASE WHEN NOT $3::bool THEN clock_timestamp() + make_interval(secs => $5) ELSE b.open_until END,
         window_start = clock_timestamp(), requests = 0, failures = 0
       WHERE b.route_id = $1 AND b.state = 'half_open' AND b.episode = $2 RETURNING ${FACT}`,
      [routeId, episode, success, settings.success_threshold, settings.open_seconds],
      'mesh-breaker-probed',
    );
    return fact;
  }

  /** Opened or closed by hand. Undefined when the route is gone. */
  async put(
    routeId: string,
    state: 'open' | 'closed',
    { reason, openSeconds }: { reason: string; openSeconds: number },
  ): Promise<BreakerRow | undefined> {
    const [row] = await this.uow.query<BreakerRow & object>(
      `UPDATE mesh_breaker b SET state = $2::text, version = b.version + 1, reason = $3, window_start = clock_timestamp(),
         since = CASE WHEN b.state = $2::text THEN b.since ELSE clock_timestamp() END, requests = 0, failures = 0,
         open_until = CASE WHEN $2::text = 'open' THEN clock_timestamp() + make_interval(secs => $4) ELSE b.open_until END
       WHERE b.route_id = $1 RETURNING ${ROW}`,
      [routeId, state, reason, openSeconds],
    );
    return row;
  }

  async find(routeId: string): Promise<BreakerRow | undefined> {
    const [row] = await this.uow.query<BreakerRow & object>(`SELECT ${ROW} FROM mesh_breaker b WHERE b.route_id = $1`, [
      routeId,
    ]);
    return row;
  }

  /** Those that are not closed: few, so they can be asked for often. */
  notClosed(): Promise<BreakerFact[]> {
    return this.uow.query<BreakerFact & object>(
      `SELECT ${FACT} FROM mesh_breaker b WHERE b.state <> 'closed'`,
      [],
      'mesh-breaker-not-closed',
    );
  }
}
