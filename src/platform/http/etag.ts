import type { Request, Response } from 'express';
import { InvalidError, StaleError } from '../errors/registry-error.js';

export const etagOf = (revision: number): string => `"${revision}"`;

/**
 * The revision a change is based on, for the check under the row lock; undefined when the client names none (or `*`).
 * Throws an InvalidError when the header is no ETag of ours.
 */
export function ifMatch(request: Request): number | undefined {
  const header = request.headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  const match = /^(?:W\/)?"(\d{1,10})"$/.exec(header.trim());
  if (!match) throw InvalidError.field('If-Match', 'must be one ETag of this resource, such as "3", or *');
  return Number(match[1]);
}

/** Throws a StaleError unless the client's revision (from {@link ifMatch}) is the present one, or it named none. */
export function assertFresh(expected: number | undefined, current: number): void {
  if (expected !== undefined && expected !== current) throw new StaleError(current);
}

/** Sets the ETag. True when the client has this revision already: then the status is 304 and there is no body to send. */
export function ifNoneMatch(request: Request, response: Response, revision: number): boolean {
  const etag = etagOf(revision);
  response.setHeader('ETag', etag);
  const header = request.headers['if-none-match'];
  if (header === undefined) return false;
  const known = header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
  if (known) response.statusCode = 304;
  return known;
}
