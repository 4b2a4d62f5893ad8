import { Injectable } from '@nestjs/common';
import { currentViewer } from '../../../entries/visibility.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

/** What a service answered (`source` null), or one called of another. */
export interface CallRow {
  source: string | null;
  target: string;
  calls: number;
  errors: number;
  avg_ms: number;
  p95_ms: number;
}

/** More spans than these are not looked at. */
export const MOST_SPANS = 200_000;

/**
 * A call is a span whose parent is another service's; or a client's span that nobody answered with one, by the name it gives
 * the other side. What a service serves are its spans that another service's, or nobody's, caused.
 */
const CALLS = `
  WITH part AS MATERIALIZED (
    SELECT trace_id, span_id, parent_span_id, service, kind, duration_us, failed, peer FROM mesh_span
    WHERE started_at >= $1 AND started_at < $2 LIMIT $3
  ), pair AS MATERIALIZED (
    SELECT c.*, p.service AS caller FROM part c
    LEFT JOIN LATERAL (SELECT p.service FROM mesh_span p WHERE p.trace_id = c.trace_id AND p.span_id = c.parent_span_id LIMIT 1) p ON true
  ), call AS (
    SELECT NULL AS source, service AS target, duration_us, failed FROM pair WHERE kind IN (2, 5) AND caller IS DISTINCT FROM service
    UNION ALL
    SELECT caller, service, duration_us, failed FROM pair WHERE caller <> service
    UNION ALL
    SELECT service, peer, duration_us, failed FROM part c WHERE kind IN (3, 4) AND peer IS NOT NULL AND peer <> service
      AND NOT EXISTS (SELECT FROM mesh_span s WHERE s.trace_id = c.trace_id AND s.parent_span_id = c.span_id AND s.service <> c.service)
  )
  SELECT source, target, count(*)::int AS calls, count(*) FILTER (WHERE failed)::int AS errors,
    (avg(duration_us) / 1000)::float8 AS avg_ms, percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_us) / 1000 AS p95_ms,
    (SELECT count(*) FROM part)::int AS spans
  FROM call GROUP BY source, target ORDER BY source NULLS FIRST, target`;

/** Who calls whom, from spans. */
@Injectable()
export class TopologyRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async calls(from: Date, to: Date): Promise<{ calls: CallRow[]; spans: number }> {
    const rows = await this.uow.query<CallRow & { spans: number }>(CALLS, [from, to, MOST_SPANS]);
    return { calls: rows, spans: rows[0]?.spans ?? 0 };
  }

  /** Which of these names services of the catalog have, with their keys; null for one that the caller may not see. */
  async catalogued(names: readonly string[]): Promise<Map<string, string | null>> {
    const viewer = currentViewer() ?? null;
    const rows = await this.uow.query<{ name: string; hidden: boolean }>(
      `SELECT e.name, bool_or($2::text[] IS NOT NULL AND x.entry_id IS NOT NULL AND NOT x.readers && $2::text[]) AS hidden
       FROM entry e LEFT JOIN entry_restriction x ON x.entry_id = e.id
       WHERE e.kind = 'service' AND e.name = ANY ($1::text[]) GROUP BY e.name`,
      [names.map((name) => name.toLowerCase()), viewer],
    );
    return new Map(rows.map(({ name, hidden }) => [name, hidden ? null : `svc_${name}`]));
  }
}
