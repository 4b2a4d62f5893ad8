import { Injectable } from '@nestjs/common';
import { visible } from '../../../entries/visibility.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

/** What went to one destination of a route within a minute. */
export interface RouteStat {
  route_id: string;
  destination: string;
  /** Its beginning. */
  minute: Date;
  requests: number;
  failures: number;
  retries: number;
  milliseconds: number;
  /** By {@link stepOf}; only of those whose time is known. */
  steps: number[];
}

export type StatTotals = Omit<RouteStat, 'route_id' | 'minute' | 'steps'> & { route_uid: string; steps: number[] };

const ADDED = `ARRAY(SELECT coalesce(a, 0) + coalesce(b, 0) FROM unnest(s.steps, excluded.steps) WITH ORDINALITY AS t(a, b, n) ORDER BY n)`;

@Injectable()
export class RouteStatRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Adds to what is there. In the order of the key, as every process's, so that two never wait for each other in a circle. */
  async add(stats: readonly RouteStat[]): Promise<void> {
    await this.uow.query(
      `INSERT INTO mesh_route_stat AS s (route_id, destination, minute, requests, failures, retries, milliseconds, steps)
       SELECT g.* FROM json_to_recordset($1::json)
         AS g(route_id bigint, destination text, minute timestamptz, requests bigint, failures bigint, retries bigint,
           milliseconds float8, steps bigint[])
       WHERE EXISTS (SELECT FROM entry e WHERE e.id = g.route_id) ORDER BY g.route_id, g.minute, g.destination
       ON CONFLICT (route_id, minute, destination) DO UPDATE SET requests = s.requests + excluded.requests,
         failures = s.failures + excluded.failures, retries = s.retries + excluded.retries,
         milliseconds = s.milliseconds + excluded.milliseconds, steps = ${ADDED}`,
      [JSON.stringify(stats)],
      'mesh-route-stat-add',
    );
  }

  /** By destination since a time, of one route or of all that the caller may see. */
  async totals(since: Date, routeId?: string): Promise<StatTotals[]> {
    const values: unknown[] = [since, routeId ?? null];
    const seen = visible('e.id', values);
    const rows = await this.uow.query<Record<keyof StatTotals, never> & { steps: (string | null)[] | null }>(
      `WITH chosen AS (
         SELECT s.*, e.uid AS route_uid FROM mesh_route_stat s JOIN entry e ON e.id = s.route_id
         WHERE s.minute >= date_trunc('minute', $1::timestamptz) AND ($2::bigint IS NULL OR s.route_id = $2) AND ${seen}
       ), stepped AS (
         SELECT route_uid, destination, n, sum(count) AS count FROM chosen, unnest(steps) WITH ORDINALITY AS t(count, n)
         GROUP BY 1, 2, 3
       )
       SELECT c.route_uid, c.destination, sum(c.requests) AS requests, sum(c.failures) AS failures, sum(c.retries) AS retries,
         sum(c.milliseconds) AS milliseconds,
         (SELECT array_agg(p.count ORDER BY p.n) FROM stepped p
          WHERE p.route_uid = c.route_uid AND p.destination = c.destination) AS steps
       FROM chosen c GROUP BY 1, 2 ORDER BY 1, 2`,
      values,
    );
    return rows.map((row) => ({
      route_uid: row.route_uid,
      destination: row.destination,
      requests: Number(row.requests),
      failures: Number(row.failures),
      retries: Number(row.retries),
      milliseconds: Number(row.milliseconds),
      steps: ((row.steps ?? []) as (string | null)[]).map(Number),
    }));
  }

  /** Drops at most `batch` minutes older than `days`; answers how many. */
  async dropOld(days: number, batch: number): Promise<number> {
    const rows = await this.uow.query(
      `DELETE FROM mesh_route_stat WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM mesh_route_stat WHERE minute < clock_timestamp() - make_interval(days => $1) LIMIT $2
       )) RETURNING 1`,
      [days, batch],
    );
    return rows.length;
  }
}
