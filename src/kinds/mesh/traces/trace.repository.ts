import { Injectable } from '@nestjs/common';
import { currentViewer, statementFor } from '../../../entries/visibility.js';
import type { Viewer } from '../../../entries/visibility.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

/** A trace's figures. */
export interface TraceRow {
  trace_id: string;
  started_at: Date;
  /** Unix microseconds. */
  start_us: number;
  duration_ms: number;
  spans: number;
  errors: number;
  services: string[];
  root_service: string | null;
  root_name: string | null;
}

export interface TraceFilter {
  service?: string;
  /** Inside id. */
  routeId?: string;
  minMs?: number;
  failed?: boolean;
  from?: Date;
  to?: Date;
}

interface TracePage {
  limit: number;
  offset?: number;
  before?: { startUs: number; traceId: string };
}

const COLUMNS = `encode(trace_id, 'hex') AS trace_id, started_at, (extract(epoch FROM started_at) * 1000000)::bigint::float8 AS start_us,
  (extract(epoch FROM ended_at - started_at) * 1000)::float8 AS duration_ms, spans, errors, services, root_service, root_name`;

/** Traces as whole. Whoever may not see a service or route of the catalog sees no trace that went by it. */
@Injectable()
export class TraceRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async find(traceId: string): Promise<TraceRow | undefined> {
    const values: unknown[] = [traceId];
    const rows = await this.uow.query<TraceRow & object>(
      `SELECT ${COLUMNS} FROM mesh_trace t WHERE trace_id = decode($1, 'hex') AND ${seen(values)}`,
      values,
      statementFor('mesh-trace'),
    );
    return rows[0];
  }

  /** The newest first. */
  async list(filter: TraceFilter, { limit, offset = 0, before }: TracePage): Promise<TraceRow[]> {
    const values: unknown[] = [limit, offset];
    const conditions = conditionsOf(filter, values);
    if (before)
      conditions.push(
        `(started_at, trace_id) < (timestamptz 'epoch' + $${values.push(before.startUs)}::bigint * interval '1 microsecond', decode($${values.push(before.traceId)}, 'hex'))`,
      );
    return this.uow.query<TraceRow & object>(
      `SELECT ${COLUMNS} FROM mesh_trace t WHERE ${conditions.join(' AND ')} ORDER BY started_at DESC, trace_id DESC LIMIT $1 OFFSET $2`,
      values,
    );
  }

  async count(filter: TraceFilter): Promise<number> {
    const values: unknown[] = [];
    const conditions = conditionsOf(filter, values);
    const [{ count }] = await this.uow.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM mesh_trace t WHERE ${conditions.join(' AND ')}`,
      values,
    );
    return count;
  }
}

function conditionsOf({ service, routeId, minMs, failed, from, to }: TraceFilter, values: unknown[]): string[] {
  const conditions = [seen(values)];
  if (service !== undefined) conditions.push(`services @> ARRAY[$${values.push(service)}::text]`);
  if (routeId !== undefined) conditions.push(`routes @> ARRAY[$${values.push(routeId)}::bigint]`);
  if (minMs !== undefined) conditions.push(`ended_at - started_at >= $${values.push(minMs)}::float8 * interval '1 millisecond'`); // prettier-ignore
  if (failed !== undefined) conditions.push(failed ? 'errors > 0' : 'errors = 0');
  if (from) conditions.push(`started_at >= $${values.push(from)}::timestamptz`);
  if (to) conditions.push(`started_at < $${values.push(to)}::timestamptz`);
  return conditions;
}

/** As a condition on a trace: telemetry knows services by their names only. */
function seen(values: unknown[], viewer: Viewer = currentViewer()): string {
  if (viewer === undefined) return 'true';
  const readers = `$${values.push(viewer)}::text[]`;
  return `NOT EXISTS (SELECT FROM entry_restriction x JOIN entry e ON e.id = x.entry_id WHERE NOT x.readers && ${readers}
    AND (e.id = ANY (t.routes) OR (e.kind = 'service' AND e.name IN (SELECT lower(s) FROM unnest(t.services) s))))`;
}
