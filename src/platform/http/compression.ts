import { gzipSync } from 'node:zlib';
import compression from 'compression';
import type { NextFunction, Request, Response } from 'express';

/** Below this a gzip costs more time than it saves bytes. */
const THRESHOLD = 2048;
/** Up to this an answer that is there whole is packed at once, in a quarter of the time a stream through zlib's threads takes. */
const AT_ONCE = 65_536;
/** Two thirds of the time of zlib's own choice, for a few bytes in a hundred. */
const LEVEL = 3;

const compress = compression({ threshold: THRESHOLD, filter: isPacked });

/** Compresses larger answers for clients that ask; those that do not skip its wrappers around every write. */
export function compressed(request: Request, response: Response, next: NextFunction): void {
  if (request.headers['accept-encoding'] === undefined) return next();
  // Around this one's `end`, which leaves alone what is packed already.
  compress(request, response, () => {
    const end = response.end.bind(response) as (...args: unknown[]) => Response;
    response.end = (...args: unknown[]) => end(packedWhole(args[0], request, response) ?? args[0], ...args.slice(1));
    next();
  });
}

const AS_IS = Symbol('registry:as-is');

/** Whatever its client accepts, this answer leaves as it is written: it is somebody else's, passed on. */
export function leaveAsItIs(response: Response): void {
  (response as Response & { [AS_IS]?: true })[AS_IS] = true;
}

/** An event must leave at once, not when the compressor's window is full. */
function isPacked(request: Request, response: Response): boolean {
  if ((response as Response & { [AS_IS]?: true })[AS_IS]) return false;
  const type = String(response.getHeader('Content-Type') ?? '');
  // YAML's own type is newer than the library's list.
  if (type.startsWith('application/yaml')) return true;
  return !type.startsWith('text/event-stream') && compression.filter(request, response);
}

/** Undefined for what is not the whole answer, or is better sent as it is. */
function packedWhole(chunk: unknown, request: Request, response: Response): Buffer | undefined {
  if (typeof chunk !== 'string' && !Buffer.isBuffer(chunk)) return undefined;
  if (chunk.length < THRESHOLD || chunk.length > AT_ONCE || response.headersSent) return undefined;
  if (response.hasHeader('Content-Encoding') || request.method === 'HEAD') return undefined;
  if (String(response.getHeader('Cache-Control') ?? '').includes('no-transform')) return undefined;
  if (!isPacked(request, response) || request.acceptsEncodings('gzip') === false) return undefined;
  const bytes = gzipSync(chunk, { level: LEVEL });
  response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', bytes.length);
  return bytes;
}
