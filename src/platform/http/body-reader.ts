import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { InvalidError, TooLargeError, UnsupportedMediaError } from '../errors/registry-error.js';

const INFLATERS: Readonly<Record<string, () => Duplex>> = Object.assign(Object.create(null), {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
});
const utf8 = new TextDecoder('utf-8', { fatal: true });

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Media type in lower case, without parameters. Throws when the text is in another charset than UTF-8. */
export function mediaTypeOf({ headers }: IncomingMessage): string {
  const [type, ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=');
    if (name.trim() === 'charset' && !['utf-8', 'utf8', 'us-ascii'].includes(value.trim().replaceAll('"', '')))
      throw new UnsupportedMediaError('Bodies are read as UTF-8 only.');
  }
  return type.trim();
}

const tooLarge = (limit: number): TooLargeError => {
  const size = limit % 1024 ** 2 === 0 ? `${limit / 1024 ** 2} MiB` : `${limit} bytes`;
  return new TooLargeError(`The body is larger than ${size}.`, limit);
};

const aborted = (): InvalidError =>
  new InvalidError('The connection broke before the body was complete.', undefined, 'request.aborted');

/** The body's bytes as they come, inflated. Throws as soon as they are over the limit (in bytes, after inflation). */
export async function* bodyChunks(request: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  const source = inflated(request);
  let size = 0;
  try {
    for await (const chunk of source.iterator({ destroyOnReturn: source !== request }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
      yield chunk;
    }
    // A cut upload may look like a short one to the inflater.
    if (!request.complete) throw aborted();
  } catch (error) {
    throw readError(error);
  } finally {
    // The rest is read and thrown away: a client that is still sending would not see the answer otherwise.
    request.unpipe();
    request.resume();
  }
}

/** The whole body, byte by byte as it was sent: what a signature is over. */
export function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding.trim().toLowerCase() !== 'identity')
    throw new UnsupportedMediaError('This body is taken without Content-Encoding only.');
  return collect(request, limit);
}

/** The whole body, inflated. */
export async function readAll(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (request.headers['content-encoding'] === undefined) return collect(request, limit);
  const chunks: Buffer[] = [];
  for await (const chunk of bodyChunks(request, limit)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The whole body as text. */
export async function readText(request: IncomingMessage, limit: number): Promise<string> {
  return decodeUtf8(await readAll(request, limit));
}

/** What bodyChunks does, for the plain small bodies of most requests, without a generator's turns. */
function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge(limit));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (error?: unknown): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', settle);
      if (error) {
        request.resume();
        reject(readError(error));
      } else resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) settle(tooLarge(limit));
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle();
    const onClose = (): void => settle(aborted());
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', settle);
  });
}

export function decodeUtf8(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw InvalidError.field('body', 'is not valid UTF-8');
  }
}

function inflated(request: IncomingMessage): Readable {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity') return request;
  const inflate = INFLATERS[encoding]?.();
  if (!inflate) throw new UnsupportedMediaError('Content-Encoding must be gzip, deflate, br or identity.');
  request.once('error', (error) => inflate.destroy(error));
  request.once('aborted', () => inflate.destroy(new Error('aborted')));
  return request.pipe(inflate);
}

function readError(error: unknown): unknown {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return error;
  if (/^(Z_|ERR_BROTLI|ERR__ERROR)/.test(code)) return InvalidError.field('body', 'is not validly compressed');
  if (['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code)) return aborted();
  return error;
}
