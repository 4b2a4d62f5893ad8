import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { decodeCursor, encodeCursor, filterHash, isCursorTime, sortOf } from '../../platform/http/paging.js';
import type { Cursor, Page } from '../../platform/http/paging.js';
import type { ApiKeyQuery, KeyState } from './api-key.dto.js';
import { API_KEY_COLUMNS, LIVE } from './api-key.repository.js';
import type { ApiKeyRow } from './api-key.repository.js';

const SORTS = ['created_at', 'name'] as const;
const NEWEST_FIRST = { field: 'created_at', descending: true } as const;
const STATES: Record<KeyState, string> = {
  active: LIVE,
  expired: 'revoked_at IS NULL AND expires_at <= clock_timestamp()',
  revoked: 'revoked_at IS NOT NULL',
};

/** Pages of keys, by their place in the sort or by offset. */
@Injectable()
export class ApiKeyList {
  constructor(private readonly uow: UnitOfWork) {}

  async page(query: ApiKeyQuery): Promise<Page<ApiKeyRow>> {
    const { field, descending } = sortOf(query.sort, SORTS, NEWEST_FIRST);
    const sort = `${descending ? '-' : ''}${field}`;
    const filter = filterHash([query.type, query.status, query.q]);
    const values: unknown[] = [];
    const where = this.conditions(query, values);
    const total = query.count && (await this.count(where, values));
    const after = query.cursor ? decodeCursor(query.cursor, { sort, filter, values: 1 }) : undefined;
    if (after) where.push(this.after(after, field, descending, values));
    const order = descending ? 'DESC' : 'ASC';
    const rows = await this.uow.query<ApiKeyRow>(
      `SELECT ${API_KEY_COLUMNS} FROM api_key WHERE ${where.join(' AND ')}
       ORDER BY ${field} ${order}, id ${order} LIMIT ${query.limit + 1} OFFSET ${after ? 0 : (query.offset ?? 0)}`,
      values,
    );
    const more = rows.length > query.limit;
    if (more) rows.pop();
    const last = rows.at(-1);
    return {
      rows,
      ...(total !== undefined && { total }),
      ...(more && query.offset !== undefined && !after && { nextOffset: query.offset + query.limit }),
      ...(more && last && (query.offset === undefined || after) && { nextCursor: cursorAt(last, field, sort, filter) }),
    };
  }

  private conditions(query: ApiKeyQuery, values: unknown[]): string[] {
    const where = ['true'];
    if (query.type) where.push(`type = $${values.push(query.type)}`);
    if (query.status) where.push(STATES[query.status]);
    if (query.q) where.push(`position(lower($${values.push(query.q)}) IN lower(name)) > 0`);
    return where;
  }

  private after(cursor: Cursor, field: (typeof SORTS)[number], descending: boolean, values: unknown[]): string {
    const [value] = cursor.values;
    const wrong = typeof value !== 'string' || (field === 'created_at' && !isCursorTime(value));
    if (wrong || cursor.id.length !== 36) throw InvalidError.field('cursor', 'is not a cursor of this list');
    const place = `$${values.push(value)}::${field === 'name' ? 'text' : 'timestamptz'}`;
    return `(${field}, id) ${descending ? '<' : '>'} (${place}, $${values.push(cursor.id)}::uuid)`;
  }

  private async count(where: readonly string[], values: readonly unknown[]): Promise<number> {
    const sql = `SELECT count(*)::integer AS n FROM api_key WHERE ${where.join(' AND ')}`;
    return (await this.uow.query<{ n: number }>(sql, values))[0].n;
  }
}

const cursorAt = (row: ApiKeyRow, field: (typeof SORTS)[number], sort: string, filter: string): string =>
  encodeCursor({ sort, values: [field === 'name' ? row.name : row.created_at.toISOString()], id: row.id, filter });
