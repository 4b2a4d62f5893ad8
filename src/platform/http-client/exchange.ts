import { Buffer } from 'node:buffer';
import type { LookupAddress } from 'node:dns';
import http from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { pipeline } from 'node:stream';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { OutboundError, stopped } from './outbound-error.js';
import { bareHost, portOf } from './outbound-url.js';

export interface ExchangeLimits {
  /** Until the connection stands, TLS included. Milliseconds. */
  connectMs: number;
  /** From then until the answer's headers. Milliseconds. */
  headersMs: number;
  /** Bytes of the answer's body, counted after decompression. */
  bodyBytes: number;
  /** Bytes of the answer's headers. */
  headerBytes: number;
}

/** One request on a connection of its own, to one of these addresses and no other. */
export interface Exchange {
  url: URL;
  addresses: readonly LookupAddress[];
  method: string;
  headers: OutgoingHttpHeaders;
  body?: Buffer;
  signal: AbortSignal;
  limits: ExchangeLimits;
  /** Certificates trusted instead of the usual ones (PEM). */
  ca?: string;
}

export interface ExchangeAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};
/** Codes of the HTTP parser, of zlib and of brotli. */
const UNREADABLE = /^(HPE_|Z_|ERR__|ERR_BROTLI|ERR_STREAM_PREMATURE_CLOSE)/;
const UNTRUSTED = /CERT|SSL|TLS|SIGN|ISSUER/;
export const ENCODINGS = 'gzip, deflate, br';

/** Answers with what was resolved and checked before: the name is not asked for a second time. */
const pinned =
  (addresses: readonly LookupAddress[]): LookupFunction =>
  (_, options, callback) => {
    if (options.all) callback(null, [...addresses]);
    else callback(null, addresses[0].address, addresses[0].family);
  };

/** @throws OutboundError */
export async function exchange(what: Exchange): Promise<ExchangeAnswer> {
  const request = requestOf(what);
  try {
    const response = await responseOf(request, what);
    const body = await bodyOf(response, what);
    // A body that ends with its connection looks whole when the connection is cut, by us too.
    if (what.signal.aborted) throw stopped(what.signal, what.url.host);
    return { status: response.statusCode!, headers: response.headers, body };
  } catch (error) {
    throw failureOf(error, what);
  } finally {
    request.destroy();
  }
}

function requestOf({ url, addresses, method, headers, signal, limits, ca }: Exchange): ClientRequest {
  const secure = url.protocol === 'https:';
  try {
    return (secure ? https : http).request({
      protocol: url.protocol,
      hostname: bareHost(url),
      port: portOf(url),
      path: url.pathname + url.search,
      method,
      headers,
      // No connection is shared: one that was made under other rules is never used again.
      agent: false,
      lookup: pinned(addresses),
      maxHeaderSize: limits.headerBytes,
      signal,
      ...(ca !== undefined && { ca }),
    });
  } catch {
    throw new OutboundError('bad_request', 'The request has a header or method that cannot be sent.');
  }
}

function responseOf(request: ClientRequest, { url, body, limits }: Exchange): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const late = (ms: number, what: string): NodeJS.Timeout =>
      setTimeout(() => request.destroy(new OutboundError('timeout', `${url.host} ${what} within ${ms} ms.`)), ms);
    let timer = late(limits.connectMs, 'could not be connected to');
    const connected = (): void => {
      clearTimeout(timer);
      timer = late(limits.headersMs, 'did not answer');
    };
    request.on('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', connected);
    });
    request.on('response', resolve);
    // Not once: a request that is destroyed after its answer may have more to say, and nobody else listens.
    request.on('error', reject);
    request.on('close', () => clearTimeout(timer));
    request.on('response', () => clearTimeout(timer));
    request.end(body);
  });
}

async function bodyOf(response: IncomingMessage, { url, method, limits }: Exchange): Promise<Buffer> {
  const tooLarge = (): OutboundError =>
    new OutboundError('too_large', `The answer of ${url.host} holds more than ${limits.bodyBytes} bytes.`);
  const bodyless = method === 'HEAD' || response.statusCode === 204 || response.statusCode === 304;
  if (!bodyless && Number(response.headers['content-length']) > limits.bodyBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bodyless ? response : decoded(response, url)) {
    size += (chunk as Buffer).length;
    if (size > limits.bodyBytes) throw tooLarge();
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function decoded(response: IncomingMessage, url: URL): Readable {
  const encoding = response.headers['content-encoding']?.trim().toLowerCase();
  if (!encoding || encoding === 'identity') return response;
  // One layer only: compressing twice makes a small answer as large as one likes.
  if (!Object.hasOwn(DECODERS, encoding))
    throw new OutboundError('bad_answer', `The answer of ${url.host} is encoded in a way that was not asked for.`);
  return pipeline(response, DECODERS[encoding](), () => undefined);
}

function failureOf(error: unknown, { url, signal }: Exchange): OutboundError {
  if (error instanceof OutboundError) return error;
  if (signal.aborted) return stopped(signal, url.host);
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'HPE_HEADER_OVERFLOW')
    return new OutboundError('too_large', `The headers of the answer of ${url.host} are too large.`);
  if (UNREADABLE.test(code)) return new OutboundError('bad_answer', `The answer of ${url.host} cannot be read.`);
  if (UNTRUSTED.test(code)) return new OutboundError('unreachable', `${url.host} cannot prove who it is: ${code}.`);
  return new OutboundError('unreachable', `${url.host} cannot be reached${code ? ` (${code})` : ''}.`);
}
