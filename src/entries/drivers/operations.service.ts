import { Injectable } from '@nestjs/common';
import { ConflictError, InvalidError, NotFoundError } from '../../platform/errors/registry-error.js';
import { decodeCursor, encodeCursor, filterHash, isCursorTime, sortOf } from '../../platform/http/paging.js';
import type { Cursor, Page, PageQuery } from '../../platform/http/paging.js';
import type { EntryRow } from '../entry-response.js';
import type { Kind } from '../kind/kind.js';
import { KindEntriesService } from '../kind/kind-entries.service.js';
import { OperationEnds } from './operation-ends.js';
import { toOperationResponse } from './operation.js';
import type { OperationEnd, OperationRow } from './operation.js';
import { OperationRepository } from './operation.repository.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NEWEST_FIRST = { field: 'created_at', descending: true } as const;

/** What drivers were asked to do for an entry, and what their controllers report of it. */
@Injectable()
export class OperationsService {
  constructor(
    private readonly kindEntries: KindEntriesService,
    private readonly repository: OperationRepository,
    private readonly ends: OperationEnds,
  ) {}

  async list(kind: Kind, idOrKey: string, query: PageQuery): Promise<Page<OperationRow>> {
    const { id: entryId } = await this.kindEntries.resolve(kind, idOrKey);
    const { descending } = sortOf(query.sort, ['created_at'], NEWEST_FIRST);
    const sort = `${descending ? '-' : ''}created_at`;
    const filter = filterHash(['operations', entryId]);
    const after = query.cursor ? placeOf(decodeCursor(query.cursor, { sort, filter, values: 1 })) : undefined;
    const offset = after ? 0 : (query.offset ?? 0);
    const rows = await this.repository.list(entryId, { limit: query.limit + 1, offset, descending, after });
    const more = rows.length > query.limit;
    if (more) rows.pop();
    const last = rows.at(-1);
    const total = query.count && (await this.repository.count(entryId));
    return {
      rows,
      ...(total !== undefined && { total }),
      ...(more &&
        last && {
          nextCursor: encodeCursor({ sort, values: [last.created_at.toISOString()], id: last.id, filter }),
        }),
    };
  }

  /** @throws NotFoundError `<kind>.not_found`, `operation.not_found` */
  async get(kind: Kind, idOrKey: string, id: string): Promise<OperationRow> {
    return this.of(await this.kindEntries.resolve(kind, idOrKey), id);
  }

  /** @throws NotFoundError `operation.not_found` */
  async of(entry: Pick<EntryRow, 'id'>, id: string): Promise<OperationRow> {
    const found = UUID.test(id) ? await this.repository.find(entry.id, id) : undefined;
    if (!found) throw new NotFoundError('operation', id);
    return found;
  }

  /**
   * How it ended, as whoever carries it out says.
   * @throws ConflictError `driver.operation_ended` when it has ended already
   */
  async report(kind: Kind, idOrKey: string, id: string, end: { status: OperationEnd; message?: string | null }) {
    const operation = await this.get(kind, idOrKey, id);
    const message = end.message || (end.status === 'failed' ? 'The controller gave no reason.' : undefined);
    const ended = await this.ends.end(operation, end.status, message);
    if (ended) return ended;
    const now = await this.get(kind, idOrKey, id);
    throw new ConflictError('driver.operation_ended', `It has ${now.state} already.`, {
      operation: toOperationResponse(now),
    });
  }
}

function placeOf(cursor: Cursor): Cursor {
  const [at] = cursor.values;
  if (typeof at !== 'string' || !isCursorTime(at) || !UUID.test(cursor.id))
    throw InvalidError.field('cursor', 'is not a cursor of this list');
  return cursor;
}
