import { createHash } from 'node:crypto';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import type { Request, Response } from 'express';
import { InvalidError } from '../errors/registry-error.js';
import { isStorable } from './plain-data.js';

export const MOST_ROWS = 1000;
export const DEFAULT_ROWS = 50;
const MOST_OFFSET = 1_000_000;
const MOST_CURSOR = 2048;
const MOST_CURSOR_VALUES = 8;

/** `1e3`, ` 5` and `0x10` are numbers to JavaScript, not to us. */
export const WholeNumber = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
  );

/** What every list takes. A list adds its filters by extending this class, and states its `sort` words with {@link sortOf}. */
export class PageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_ROWS, default: DEFAULT_ROWS, example: 50 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(MOST_ROWS)
  limit: number = DEFAULT_ROWS;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MOST_OFFSET,
    description: 'Rows to skip; prefer `cursor`.',
    example: 0,
  })
  @WholeNumber()
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MOST_OFFSET)
  offset?: number;

  @ApiPropertyOptional({
    maxLength: MOST_CURSOR,
    description: 'From the `Link` header of the page before.',
    example: 'WyJuYW1lIixbImEiXSwiNDIiLCJhYmMiXQ',
  })
  @IsOptional()
  @IsString()
  @MaxLength(MOST_CURSOR)
  cursor?: string;

  @ApiPropertyOptional({ enum: ['exact'], description: 'Asks for `X-Total-Count`.', example: 'exact' })
  @IsOptional()
  @IsIn(['exact'])
  count?: 'exact';

  @ApiPropertyOptional({
    description: 'A field to sort by, falling with a `-` before it.',
    example: '-created_at',
    maxLength: 64,
  })
  @IsOptional()
  @Matches(/^-?[a-z][a-z_]{0,62}$/)
  sort?: string;
}

export interface Sort<Field extends string = string> {
  field: Field;
  descending: boolean;
}

/** The sort a list's query asks for. Throws an InvalidError when the field is none of the list's. */
export function sortOf<Field extends string>(
  sort: string | undefined,
  fields: readonly Field[],
  fallback: Sort<Field>,
): Sort<Field> {
  if (sort === undefined) return fallback;
  const descending = sort.startsWith('-');
  const field = fields.find((name) => name === sort.slice(descending ? 1 : 0));
  if (!field) throw InvalidError.field('sort', `must be one of ${fields.join(', ')}, with or without a - before it`);
  return { field, descending };
}

/** The place a page ended at: the sort values and id of its last row, and for which list that holds. */
export interface Cursor {
  /** The sort as it is written: `-created_at`. */
  sort: string;
  values: readonly (string | number | boolean | null)[];
  id: string;
  /** {@link filterHash} of the list's filters. */
  filter: string;
}

/** Short fingerprint of a list's filters: a cursor of one list does not continue another. */
export const filterHash = (filter: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(filter) ?? '')
    .digest('base64url')
    .slice(0, 11);

export const encodeCursor = ({ sort, values, id, filter }: Cursor): string =>
  Buffer.from(JSON.stringify([sort, values, id, filter])).toString('base64url');

/**
 * The cursor of a query, checked to be one of ours for this sort and these filters; `values` are scalars but otherwise
 * still untrusted. Throws an InvalidError of the field `cursor`.
 */
export function decodeCursor(text: string, expected: { sort: string; filter: string; values: number }): Cursor {
  const [sort, values, id, filter] = parsedCursor(text);
  const usable =
    typeof id === 'string' &&
    /^\d{1,19}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) &&
    Array.isArray(values) &&
    values.every(isScalar);
  if (!usable || values.length > MOST_CURSOR_VALUES) throw InvalidError.field('cursor', 'is not a cursor of this list');
  if (sort !== expected.sort || filter !== expected.filter || values.length !== expected.values)
    throw InvalidError.field('cursor', 'belongs to a list with another sort or other filters');
  return { sort, values, id, filter };
}

/** Whether a cursor's value is a time as answers write it: one there is (no 30 February), and PostgreSQL knows no year 0. */
export const isCursorTime = (text: string): boolean =>
  /^(?!0000)\d{4}-/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text;

function parsedCursor(text: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    // Anything that is not our JSON is refused by the caller in the same words.
    return [];
  }
}

const isScalar = (value: unknown): value is string | number | boolean | null =>
  value === null ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (typeof value === 'string' && isStorable(value));

export interface Page<Row> {
  rows: Row[];
  /** Continues the list by its sort key. */
  nextCursor?: string;
  /** Continues a list that was asked for by offset. */
  nextOffset?: number;
  /** With `count=exact`. */
  total?: number;
}

/** Sets `Link: <…>; rel="next"` and `X-Total-Count`, and gives back the bare array that is the answer's body. */
export function sendPage<Row>(request: Request, response: Response, page: Page<Row>): Row[] {
  const { rows, nextCursor, nextOffset, total } = page;
  if (total !== undefined) response.setHeader('X-Total-Count', String(total));
  if (nextCursor !== undefined) setNext(request, response, { cursor: nextCursor, offset: undefined });
  else if (nextOffset !== undefined) setNext(request, response, { offset: String(nextOffset), cursor: undefined });
  return rows;
}

/** The same address with other parameters, relative to the service: what stands before it may be a proxy's name. */
function setNext(request: Request, response: Response, changes: Record<string, string | undefined>): void {
  response.setHeader('Link', `<${withParameters(request.originalUrl, changes)}>; rel="next"`);
}

/** An address with these parameters instead of its own of the same names; undefined takes one away. */
export function withParameters(address: string, changes: Record<string, string | undefined>): string {
  const at = address.indexOf('?');
  const path = at < 0 ? address : address.slice(0, at);
  const parameters = new URLSearchParams(at < 0 ? '' : address.slice(at + 1));
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) parameters.delete(name);
    else parameters.set(name, value);
  }
  return `${path}?${parameters.toString()}`;
}
