import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { Span, SpanDetails } from './span.js';

/** A span as it is read. */
export interface SpanRow {
  trace_id: string;
  span_id: string;
  parent_span_id: string | null;
  service: string;
  name: string;
  kind: number;
  started_at: Date;
  /** Milliseconds since 1970, with fractions. */
  start_ms: number;
  duration_ms: number;
  failed: boolean;
  /** Key of the mesh route it went by, while that is there. */
  route: string | null;
  peer: string | null;
  details: SpanDetails;
}

/**
 * What is there already is passed over, so that a batch may come twice. All in the order of the keys: two that write the same
 * traces never wait for each other in a circle.
 */
const INSERT = `
  WITH given AS (
    SELECT decode(trace_id, 'hex') AS trace_id, decode(span_id, 'hex') AS span_id, decode(parent, 'hex') AS parent_span_id, service, name, kind,
      timestamptz 'epoch' + start_us * interval '1 microsecond' AS started_at, duration_us, failed, route_id, peer, details::jsonb AS details
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::bigint[], $8::bigint[], $9::boolean[],
      $10::bigint[], $11::text[], $12::text[])
      AS g(trace_id, span_id, parent, service, name, kind, start_us, duration_us, failed, route_id, peer, details)
  ), fresh AS (
    INSERT INTO mesh_span (day, trace_id, span_id, parent_span_id, service, name, kind, started_at, duration_us, failed, route_id, peer, details)
    SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date, g.* FROM given g ORDER BY trace_id, span_id
    ON CONFLICT (trace_id, span_id, day) DO NOTHING
    RETURNING day, trace_id, parent_span_id, service, name, started_at, duration_us, failed, route_id
  )
  INSERT INTO mesh_trace AS t (trace_id, day, started_at, ended_at, spans, errors, services, routes, root_service, root_name)
  SELECT trace_id, max(day), min(started_at), max(started_at + duration_us * interval '1 microsecond'), count(*), count(*) FILTER (WHERE failed),
    (array_agg(DISTINCT service))[:100], coalesce(array_agg(DISTINCT route_id) FILTER (WHERE route_id IS NOT NULL), '{}'),
    (array_agg(service ORDER BY started_at) FILTER (WHERE parent_span_id IS NULL))[1],
    (array_agg(name ORDER BY started_at) FILTER (WHERE parent_span_id IS NULL))[1]
  FROM fresh GROUP BY trace_id ORDER BY trace_id
  ON CONFLICT (trace_id) DO UPDATE SET day = greatest(t.day, excluded.day), started_at = least(t.started_at, excluded.started_at),
    ended_at = greatest(t.ended_at, excluded.ended_at), spans = t.spans + excluded.spans, errors = t.errors + excluded.errors,
    services = CASE WHEN t.services @> excluded.services THEN t.services
      ELSE (ARRAY(SELECT DISTINCT unnest(t.services || excluded.services) ORDER BY 1))[:100] END,
    routes = CASE WHEN t.routes @> excluded.routes THEN t.routes
      ELSE (ARRAY(SELECT DISTINCT unnest(t.routes || excluded.routes) ORDER BY 1))[:100] END,
    root_service = coalesce(t.root_service, excluded.root_service), root_name = coalesce(t.root_name, excluded.root_name)`;

/** The spans of traces. */
@Injectable()
export class SpanRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** All or none. Spans that are there already stay as they are. */
  async add(spans: readonly Span[]): Promise<void> {
    const columns = [
      spans.map(({ trace_id }) => trace_id),
      spans.map(({ span_id }) => span_id),
      spans.map(({ parent_span_id }) => parent_span_id),
      spans.map(({ service }) => service),
      spans.map(({ name }) => name),
      spans.map(({ kind }) => kind),
      spans.map(({ start_us }) => start_us),
      spans.map(({ duration_us }) => duration_us),
      spans.map(({ failed }) => failed),
      spans.map(({ route_id }) => route_id),
      spans.map(({ peer }) => peer),
      spans.map(({ details }) => JSON.stringify(details)),
    ];
    await this.uow.run(() => this.uow.query(INSERT, columns, 'mesh-span-add'));
  }

  /** The spans of one trace, the earliest first. A span that came again on another day is one. */
  async ofTrace(traceId: string, most: number): Promise<SpanRow[]> {
    return this.uow.query<SpanRow & object>(
      `SELECT encode(trace_id, 'hex') AS trace_id, encode(span_id, 'hex') AS span_id, encode(parent_span_id, 'hex') AS parent_span_id,
         service, s.name, s.kind, started_at, (extract(epoch FROM started_at) * 1000)::float8 AS start_ms, duration_us / 1000.0::float8 AS duration_ms,
         failed, CASE WHEN e.id IS NOT NULL THEN 'route_' || e.name || CASE WHEN e.version = '' THEN '' ELSE '@' || e.version END END AS route,
         peer, details
       FROM (SELECT DISTINCT ON (span_id) * FROM mesh_span WHERE trace_id = decode($1, 'hex') ORDER BY span_id, day LIMIT $2) s
       LEFT JOIN entry e ON e.id = s.route_id
       ORDER BY started_at, duration_us DESC, span_id`,
      [traceId, most],
      'mesh-span-of-trace',
    );
  }
}
