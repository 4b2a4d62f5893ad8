import type { Request, Response } from 'express';
import { InvalidError, StaleError } from '../errors/registry-error.js';
import { assertFresh, ifMatch, ifNoneMatch } from './etag.js';

const request = (headers: Record<string, string>): Request => ({ headers }) as unknown as Request;

describe('If-Match', () => {
  it.each([
    ['"3"', 3],
    ['W/"3"', 3],
    [' "12" ', 12],
    ['*', undefined],
  ])('%s is revision %s', (header, revision) => {
    expect(ifMatch(request({ 'if-match': header }))).toBe(revision);
  });

  it('may be left out', () => {
    expect(ifMatch(request({}))).toBeUndefined();
  });

  it.each(['3', '"a"', '"1", "2"', '"-1"', '""', '"99999999999999999999"'])('%s is refused', (header) => {
    expect(() => ifMatch(request({ 'if-match': header }))).toThrow(InvalidError);
  });

  it('lets only the present revision through', () => {
    expect(() => assertFresh(2, 3)).toThrow(StaleError);
    expect(() => assertFresh(3, 3)).not.toThrow();
    expect(() => assertFresh(undefined, 3)).not.toThrow();
  });
});

describe('If-None-Match', () => {
  function asked(header: string | undefined): { known: boolean; status: number; etag: string } {
    const response = { statusCode: 200, etag: '', setHeader: (_: string, value: string) => (response.etag = value) };
    const known = ifNoneMatch(request(header ? { 'if-none-match': header } : {}), response as unknown as Response, 3);
    return { known, status: response.statusCode, etag: response.etag };
  }

  it.each([
    ['"3"', true, 304],
    ['W/"3"', true, 304],
    ['"1", "3"', true, 304],
    ['*', true, 304],
    ['"2"', false, 200],
    ['nonsense', false, 200],
    [undefined, false, 200],
  ])('%s against revision 3: known %s, status %d', (header, known, status) => {
    expect(asked(header)).toEqual({ known, status, etag: '"3"' });
  });
});
