import type { Request, Response } from 'express';
import { decodeCursor, encodeCursor, filterHash, sendPage } from '../../platform/http/paging.js';
import type { PageQuery } from '../../platform/http/paging.js';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { toRelationshipResponse } from '../relationships/relationship-response.js';
import type { RelationshipResponse } from '../relationships/relationship-response.js';
import type { RelationshipQuestion, RelationshipsService } from '../relationships/relationships.service.js';

/** Cursors of lists that go by an inside id alone. */
export function idCursor(sort: string, filter: unknown) {
  const place = { sort, filter: filterHash(filter) };
  return {
    read(cursor: string | undefined): string | undefined {
      if (cursor === undefined) return undefined;
      const { id } = decodeCursor(cursor, { ...place, values: 0 });
      if (!/^\d{1,18}$/.test(id)) throw InvalidError.field('cursor', 'is not a cursor of this list');
      return id;
    },
    write: (id: string): string => encodeCursor({ ...place, values: [], id }),
  };
}

/** Answers a list of relationships in the order they were made. */
export async function sendRelationships(
  relationships: RelationshipsService,
  question: RelationshipQuestion,
  query: Pick<PageQuery, 'limit' | 'offset' | 'cursor' | 'count'>,
  request: Request,
  response: Response,
): Promise<RelationshipResponse[]> {
  const cursor = idCursor('id', question);
  const afterId = cursor.read(query.cursor);
  const filter = await relationships.filterOf(question);
  if (!filter) return sendPage(request, response, { rows: [], total: query.count && 0 });
  const rows = await relationships.list(filter, { limit: query.limit + 1, offset: query.offset ?? 0, afterId });
  const total = query.count && (await relationships.count(filter));
  const more = rows.length > query.limit;
  if (more) rows.pop();
  const byOffset = query.offset !== undefined && query.cursor === undefined;
  return sendPage(request, response, {
    rows: rows.map(toRelationshipResponse),
    total,
    nextOffset: more && byOffset ? query.offset! + query.limit : undefined,
    nextCursor: more && !byOffset ? cursor.write(rows.at(-1)!.id) : undefined,
  });
}
