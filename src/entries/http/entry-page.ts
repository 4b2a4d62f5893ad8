import type { Request, Response } from 'express';
import type { PageQuery } from '../../platform/http/paging.js';
import { decodeCursor, encodeCursor, filterHash, isCursorTime, sendPage, sortOf } from '../../platform/http/paging.js';
import { InvalidError } from '../../platform/errors/registry-error.js';
import type { EntriesService } from '../entries.service.js';
import { toEntryResponse } from '../entry-response.js';
import type { EntryResponse, EntryRow } from '../entry-response.js';
import type { EntryFilter } from '../entry-filter.js';
import type { EntryPage } from '../entry.repository.js';
import { ENTRY_SORTS, filterOf } from './entry-query.dto.js';
import { shownEntries } from './shown-entries.js';
import type { EntryFilterQuery } from './entry-query.dto.js';

/** A list that is asked for, and where its answer goes. */
export interface EntryListRequest {
  entries: EntriesService;
  filter: EntryFilter;
  query: PageQuery & Pick<EntryFilterQuery, 'registry' | 'recursive'>;
  request: Request;
  response: Response;
}

/** Answers a list of entries: filters, sort, keyset or offset page, `Link` and total. */
export const sendEntries = (
  entries: EntriesService,
  query: EntryFilterQuery,
  request: Request,
  response: Response,
): Promise<EntryResponse[]> =>
  sendRows({ entries, filter: filterOf(query), query, request, response }, async (rows) =>
    (await shownEntries(entries, rows, response)).map(toEntryResponse),
  );

/** As {@link sendEntries}, each row answered as `shown` has it. */
export async function sendRows<Answer>(
  { entries, filter: given, query, request, response }: EntryListRequest,
  shown: (rows: readonly EntryRow[]) => Promise<Answer[]>,
): Promise<Answer[]> {
  const filter = await entries.within(given, query.registry, query.recursive === 'true');
  const { field, descending } = sortOf(query.sort, ENTRY_SORTS, { field: 'created_at', descending: true });
  const place = { sort: `${descending ? '-' : ''}${field}`, filter: filterHash(filter) };
  const byOffset = query.offset !== undefined && query.cursor === undefined;
  const page: EntryPage = { sort: field, descending, limit: query.limit + 1, offset: byOffset ? query.offset : 0 };
  if (query.cursor !== undefined) page.after = placeAfter(query.cursor, place, field);
  const rows = await entries.list(filter, page);
  const total = query.count && (await entries.count(filter));
  const more = rows.length > query.limit;
  if (more) rows.pop();
  const last = rows.at(-1)!;
  return sendPage(request, response, {
    rows: await shown(rows),
    total,
    nextOffset: more && byOffset ? query.offset! + query.limit : undefined,
    nextCursor:
      more && !byOffset ? encodeCursor({ ...place, values: [sortValue(last, field)], id: last.id }) : undefined,
  });
}

function placeAfter(
  text: string,
  place: { sort: string; filter: string },
  field: EntryPage['sort'],
): EntryPage['after'] {
  const { values, id } = decodeCursor(text, { ...place, values: 1 });
  const [value] = values;
  const usable =
    field === 'popularity'
      ? typeof value === 'number' && isReal(value)
      : typeof value === 'string' && (field === 'name' || isCursorTime(value));
  if (!usable || !/^\d{1,18}$/.test(id)) throw InvalidError.field('cursor', 'is not a cursor of this list');
  return [value as string | number, id];
}

/** Not more, and not nearer to zero, than PostgreSQL's `real` takes. */
const isReal = (value: number): boolean =>
  Number.isFinite(Math.fround(value)) && (value === 0 || Math.fround(value) !== 0);

function sortValue(row: EntryRow, field: EntryPage['sort']): string | number {
  if (field === 'popularity') return row.popularity!;
  return field === 'name' ? row.name : row[field].toISOString();
}
