import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { decodeCursor, encodeCursor, filterHash, sendPage, sortOf } from '../../../platform/http/paging.js';
import { toWorkloadResponse } from './workload-response.js';
import type { WorkloadResponse } from './workload-response.js';
import type { WorkloadQuery } from './workload.dto.js';
import { WorkloadRepository } from './workload.repository.js';
import { WorkloadsService } from './workloads.service.js';
import { InvalidError } from '../../../platform/errors/registry-error.js';

const SORT = '-created_at';

/** Lists of workloads, the newest first. */
@Injectable()
export class WorkloadPages {
  constructor(
    private readonly workloads: WorkloadsService,
    private readonly repository: WorkloadRepository,
  ) {}

  async send(engine: string, query: WorkloadQuery, request: Request, response: Response): Promise<WorkloadResponse[]> {
    const { descending } = sortOf(query.sort, ['created_at'], { field: 'created_at', descending: true });
    if (!descending) throw InvalidError.field('sort', `must be ${SORT}`);
    const { id, uid } = await this.workloads.engine(engine);
    const { status, priority, task, limit } = query;
    const filter = { status, priority, task };
    const place = { sort: SORT, filter: filterHash([id, filter]) };
    const before = query.cursor === undefined ? undefined : cursorId(query.cursor, place);
    const rows = await this.repository.list(id, filter, { limit: limit + 1, offset: query.offset, before });
    const more = rows.length > limit;
    if (more) rows.pop();
    const byOffset = query.offset !== undefined && query.cursor === undefined;
    return sendPage(request, response, {
      rows: rows.map((row) => toWorkloadResponse(row, uid)),
      total: query.count && (await this.repository.count(id, filter)),
      nextOffset: more && byOffset ? query.offset! + limit : undefined,
      nextCursor: more && !byOffset ? encodeCursor({ ...place, values: [], id: rows.at(-1)!.uid }) : undefined,
    });
  }
}

function cursorId(cursor: string, place: { sort: string; filter: string }): string {
  const { id } = decodeCursor(cursor, { ...place, values: 0 });
  if (!id.includes('-')) throw InvalidError.field('cursor', 'is not a cursor of this list');
  return id;
}
