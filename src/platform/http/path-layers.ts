import type { NextFunction, Request, Response } from 'express';

const KEYS = '/v1/kv/';

/** The enterprise catalog answers beside the rest of the API too. */
export function underAlias(request: Request, _response: Response, next: NextFunction): void {
  if (request.url.startsWith('/api/v1/registry/')) request.url = request.url.slice('/api'.length);
  next();
}

/** A key of Consul's store goes on to the end of the path, slashes included: for the routes it is one segment. */
export function keyInOneSegment(request: Request, _response: Response, next: NextFunction): void {
  const { url } = request;
  if (url.startsWith(KEYS)) {
    const end = url.indexOf('?');
    const key = url.slice(KEYS.length, end < 0 ? undefined : end);
    if (key.includes('/')) request.url = KEYS + key.replaceAll('/', '%2F') + (end < 0 ? '' : url.slice(end));
  }
  next();
}
