import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { InvalidError, NotFoundError } from '../../../platform/errors/registry-error.js';
import { decodeCursor, encodeCursor, filterHash, sendPage, sortOf } from '../../../platform/http/paging.js';
import { meshRouteKind } from '../mesh-route.kind.js';
import { SpanRepository } from './span.repository.js';
import { treesOf } from './trace-tree.js';
import { TraceRepository } from './trace.repository.js';
import type { TraceFilter, TraceRow } from './trace.repository.js';
import type { MeshTrace, MeshTraceTree, TraceQuery } from './trace.dto.js';

const SORT = '-started_at';
const MOST_SPANS = 5000;
const TRACE_ID = /^[0-9a-f]{32}$/;

/** Finds traces, and shows one as a tree. */
@Injectable()
export class Traces {
  constructor(
    private readonly traces: TraceRepository,
    private readonly spans: SpanRepository,
    private readonly entries: KindEntriesService,
  ) {}

  /** @throws NotFoundError `trace.not_found` */
  async get(id: string): Promise<MeshTraceTree> {
    const traceId = id.replaceAll('-', '').toLowerCase();
    const trace = TRACE_ID.test(traceId) ? await this.traces.find(traceId) : undefined;
    if (!trace) throw new NotFoundError('trace', id);
    const rows = await this.spans.ofTrace(traceId, MOST_SPANS + 1);
    const truncated = rows.length > MOST_SPANS;
    return { ...toResponse(trace), truncated, roots: treesOf(rows.slice(0, MOST_SPANS)) };
  }

  /** @throws NotFoundError `mesh_route.not_found` */
  async ofRoute(route: string, query: TraceQuery, request: Request, response: Response): Promise<MeshTrace[]> {
    const { id } = await this.entries.resolve(meshRouteKind, route);
    return this.list(query, request, response, id);
  }

  async list(query: TraceQuery, request: Request, response: Response, routeId?: string): Promise<MeshTrace[]> {
    const { descending } = sortOf(query.sort, ['started_at'], { field: 'started_at', descending: true });
    if (!descending) throw InvalidError.field('sort', `must be ${SORT}`);
    const filter: TraceFilter = {
      service: query.service,
      routeId,
      minMs: query.min_ms,
      failed: query.error === undefined ? undefined : query.error === 'true',
      from: query.from === undefined ? undefined : new Date(query.from),
      to: query.to === undefined ? undefined : new Date(query.to),
    };
    const { limit, offset } = query;
    const place = { sort: SORT, filter: filterHash(filter) };
    const before = query.cursor === undefined ? undefined : placeOf(query.cursor, place);
    const rows = await this.traces.list(filter, { limit: limit + 1, offset, before });
    const more = rows.length > limit;
    if (more) rows.pop();
    const byOffset = offset !== undefined && query.cursor === undefined;
    const last = rows.at(-1);
    return sendPage(request, response, {
      rows: rows.map(toResponse),
      total: query.count && (await this.traces.count(filter)),
      nextOffset: more && byOffset ? offset + limit : undefined,
      nextCursor:
        more && !byOffset
          ? encodeCursor({ ...place, values: [last!.start_us], id: asUuid(last!.trace_id) })
          : undefined,
    });
  }
}

/** Ids of cursors are UUIDs; a trace's id has as many digits. */
const asUuid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

function placeOf(cursor: string, place: { sort: string; filter: string }): { startUs: number; traceId: string } {
  const { values, id } = decodeCursor(cursor, { ...place, values: 1 });
  const traceId = id.replaceAll('-', '');
  if (!Number.isSafeInteger(values[0]) || !TRACE_ID.test(traceId))
    throw InvalidError.field('cursor', 'is not a cursor of this list');
  return { startUs: values[0] as number, traceId };
}

const toResponse = ({ started_at, duration_ms, ...trace }: TraceRow): MeshTrace => ({
  trace_id: trace.trace_id,
  root_service: trace.root_service,
  root_name: trace.root_name,
  started_at: started_at.toISOString(),
  duration_ms,
  spans: trace.spans,
  errors: trace.errors,
  services: trace.services,
});
