import compression from 'compression';
import type { NextFunction, Request, Response } from 'express';

/** Below this a gzip costs more time than it saves bytes. */
const THRESHOLD = 2048;

const compress = compression({
  threshold: THRESHOLD,
  // An event must leave at once, not when the compressor's window is full.
  filter: (request, response) =>
    !String(response.getHeader('Content-Type') ?? '').startsWith('text/event-stream') &&
    compression.filter(request, response),
});

/** Compresses larger answers for clients that ask; those that do not skip its wrappers around every write. */
export function compressed(request: Request, response: Response, next: NextFunction): void {
  if (request.headers['accept-encoding'] === undefined) next();
  else compress(request, response, next);
}
