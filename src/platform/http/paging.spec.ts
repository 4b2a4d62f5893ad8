import type { Request, Response } from 'express';
import { InvalidError } from '../errors/registry-error.js';
import { PageQuery, decodeCursor, encodeCursor, filterHash, sendPage, sortOf } from './paging.js';
import { validated } from './validation.pipe.js';

const filter = filterHash({ status: ['active'] });
const expected = { sort: '-created_at', filter, values: 1 };
const cursor = { sort: '-created_at', values: ['2026-01-01T00:00:00.000Z'], id: '42', filter };
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it('comes back as it was given', () => {
    expect(decodeCursor(encodeCursor(cursor), expected)).toEqual(cursor);
  });

  it.each([
    ['another sort', { ...expected, sort: 'name' }],
    ['other filters', { ...expected, filter: filterHash({}) }],
    ['another number of sort values', { ...expected, values: 2 }],
  ])('does not continue a list with %s', (_, other) => {
    expect(() => decodeCursor(encodeCursor(cursor), other)).toThrow(
      'cursor belongs to a list with another sort or other filters',
    );
  });

  it.each([
    ['nothing', ''],
    ['no base64', '!!!'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['no list', encoded({ sort: 'name' })],
    ['an id that is no id', encoded(['-created_at', ['x'], "1' OR 1=1", filter])],
    ['a number as id', encoded(['-created_at', ['x'], 1, filter])],
    ['dashes as id', encoded(['-created_at', ['x'], '-'.repeat(36), filter])],
    ['an object as value', encoded(['-created_at', [{ a: 1 }], '1', filter])],
    ['a NUL character as value', encoded(['-created_at', ['\0'], '1', filter])],
    ['no values', encoded(['-created_at', null, '1', filter])],
    ['deep nesting', encoded(JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`))],
  ])('of %s is refused', (_, text) => {
    expect(() => decodeCursor(text, expected)).toThrow(InvalidError);
    expect(() => decodeCursor(text, expected)).toThrow(/^cursor /);
  });
});

describe('the sort of a list', () => {
  const fields = ['name', 'created_at'] as const;

  it('rises, or falls with a minus', () => {
    expect(sortOf('name', fields, { field: 'name', descending: true })).toEqual({ field: 'name', descending: false });
    expect(sortOf('-created_at', fields, { field: 'name', descending: false })).toEqual({
      field: 'created_at',
      descending: true,
    });
    expect(sortOf(undefined, fields, { field: 'name', descending: true })).toEqual({ field: 'name', descending: true });
  });

  it.each(['password', '--name', '-', 'name; DROP TABLE entry'])('is not %j', (sort) => {
    expect(() => sortOf(sort, fields, { field: 'name', descending: false })).toThrow(
      'sort must be one of name, created_at',
    );
  });
});

describe('the query of a list', () => {
  it('has fifty rows by default', () => {
    expect(validated(PageQuery, {}, 'query')).toMatchObject({ limit: 50 });
    expect(validated(PageQuery, { limit: '1000', offset: '0', count: 'exact' }, 'query')).toMatchObject({
      limit: 1000,
      offset: 0,
      count: 'exact',
    });
  });

  it.each([
    ['limit', '0'],
    ['limit', '1001'],
    ['limit', '1e3'],
    ['limit', '0x10'],
    ['limit', ''],
    ['limit', '99999999999999999999999999'],
    ['limit', ['1', '2']],
    ['offset', '-1'],
    ['offset', '1000001'],
    ['count', 'yes'],
    ['cursor', ['a', 'b']],
    ['cursor', 'a'.repeat(2049)],
    ['sort', 'a b'],
    ['colour', 'red'],
  ])('refuses %s=%j', (name, value) => {
    expect(() => validated(PageQuery, { [name]: value }, 'query')).toThrow(new RegExp(`^${name} `));
  });
});

describe('a page', () => {
  function sent(
    page: Parameters<typeof sendPage>[2],
    originalUrl = '/api/v1/entities?limit=2&tag=a&tag=b&offset=4',
  ): Record<string, string> {
    const headers: Record<string, string> = {};
    const response = { setHeader: (name: string, value: string) => (headers[name] = value) };
    sendPage({ originalUrl } as Request, response as unknown as Response, page);
    return headers;
  }

  it('links to the next one with all its parameters', () => {
    expect(sent({ rows: [], nextCursor: 'abc' })).toEqual({
      Link: '</api/v1/entities?limit=2&tag=a&tag=b&cursor=abc>; rel="next"',
    });
    expect(sent({ rows: [], nextOffset: 6 })).toEqual({
      Link: '</api/v1/entities?limit=2&tag=a&tag=b&offset=6>; rel="next"',
    });
  });

  it('says the total where it was asked for, and nothing on the last page', () => {
    expect(sent({ rows: [], total: 7 })).toEqual({ 'X-Total-Count': '7' });
    expect(sent({ rows: [] })).toEqual({});
  });
});
