import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MeshRewrite } from '../definition/route-policy.dto.js';
import type { Endpoint } from '../choice/endpoints.js';

/** Of one connection (RFC 9110, 7.6.1): never passed on. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'transfer-encoding', 'upgrade', 'http2-settings']); // prettier-ignore
/** Said by the proxy anew, or meant for it alone. */
const OWN = new Set(['host', 'x-api-key', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-request-id', 'via']); // prettier-ignore

/** Set by {@link hideAuthorization} where the caller proved itself by an API key: the rest is the destination's. */
export const PASSED_AUTHORIZATION = Symbol('mesh:authorization');

export interface Passed {
  clientIp: string;
  requestId: string;
  traceparent: string | undefined;
  /** Whether a body comes: as long as is said, or in pieces. */
  body: boolean;
}

/** What a request's Connection header names besides: of this connection only. */
function connectionTokens(value: string | undefined): ReadonlySet<string> | undefined {
  if (value === undefined || /^\s*(keep-alive|close)\s*$/i.test(value)) return undefined;
  return new Set(value.split(',').map((token) => token.trim().toLowerCase()));
}

/**
 * The headers that a destination sees, as pairs in the order in which they came: without those of the connection, without the
 * caller's credential for the registry, with who asks and through whom.
 */
export function requestHeaders(
  request: IncomingMessage,
  endpoint: Endpoint,
  { passed, rewrite }: { passed: Passed; rewrite: MeshRewrite | null | undefined },
): string[] {
  const { rawHeaders, headers } = request;
  const ofConnection = connectionTokens(headers.connection);
  const removed = rewrite?.remove_headers?.length ? new Set(rewrite.remove_headers.map((name) => name.toLowerCase())) : undefined; // prettier-ignore
  const set = rewrite?.set_headers ? Object.entries(rewrite.set_headers as Record<string, string>) : [];
  const replaced = set.length > 0 ? new Set(set.map(([name]) => name.toLowerCase())) : undefined;
  const keepsAuthorization = PASSED_AUTHORIZATION in request;
  const found: string[] = ['Host', rewrite?.host ?? hostOf(endpoint)];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i].toLowerCase();
    if (HOP_BY_HOP.has(name) || OWN.has(name)) continue;
    if (name === 'authorization' && !keepsAuthorization) continue;
    if (name === 'traceparent' && passed.traceparent !== undefined) continue;
    if (ofConnection?.has(name) || removed?.has(name) || replaced?.has(name)) continue;
    found.push(rawHeaders[i], rawHeaders[i + 1]);
  }
  for (const [name, value] of set) found.push(name, value);
  forwarded(request, passed, found);
  if (passed.traceparent !== undefined) found.push('traceparent', passed.traceparent);
  // Trailers are taken by whoever asked for them; of TE nothing else is.
  if (/\btrailers\b/i.test(String(headers.te ?? ''))) found.push('TE', 'trailers');
  if (headers['transfer-encoding'] !== undefined) found.push('Transfer-Encoding', 'chunked');
  else if (!passed.body && headers['content-length'] === undefined && MAY_HAVE_BODY.has(request.method!)) found.push('Content-Length', '0'); // prettier-ignore
  found.push('Connection', 'keep-alive');
  return found;
}

/** Without a length Node would announce pieces. */
const MAY_HAVE_BODY = new Set(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

function forwarded({ headers, socket }: IncomingMessage, { requestId }: Passed, found: string[]): void {
  const before = headers['x-forwarded-for'];
  const peer = socket.remoteAddress ?? '';
  found.push('X-Forwarded-For', before === undefined ? peer : `${String(before)}, ${peer}`);
  found.push('X-Forwarded-Proto', String(headers['x-forwarded-proto'] ?? 'http'));
  const host = headers['x-forwarded-host'] ?? headers.host;
  if (host !== undefined) found.push('X-Forwarded-Host', String(host));
  found.push('X-Request-Id', requestId, 'Via', headers.via === undefined ? VIA : `${String(headers.via)}, ${VIA}`);
}

const VIA = '1.1 universal-registry';
const DEFAULT_PORT = { http: 80, https: 443 } as const;

const hostOf = ({ scheme, host, port }: Endpoint): string => {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === DEFAULT_PORT[scheme] ? name : `${name}:${port}`;
};

/** The headers of an answer as the client gets them, as pairs. */
export function answerHeaders({ rawHeaders, headers }: IncomingMessage, cookie: string | undefined): string[] {
  const ofConnection = connectionTokens(headers.connection);
  const found: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i].toLowerCase();
    if (HOP_BY_HOP.has(name) || ofConnection?.has(name) || name === 'x-request-id') continue;
    found.push(rawHeaders[i], rawHeaders[i + 1]);
  }
  if (cookie !== undefined) found.push('Set-Cookie', cookie);
  return found;
}

/** Pairs of a message's trailers, without what may not stand there. */
export function trailersOf({ rawTrailers }: IncomingMessage): [string, string][] {
  const found: [string, string][] = [];
  for (let i = 0; i < rawTrailers.length; i += 2) {
    const name = rawTrailers[i].toLowerCase();
    if (!HOP_BY_HOP.has(name) && !OWN.has(name) && name !== 'content-length' && name !== 'authorization')
      found.push([rawTrailers[i], rawTrailers[i + 1]]);
  }
  return found;
}

/** Takes the place of what stands there by the same names; of a name that comes more than once all are kept. */
export function setHeaders(response: ServerResponse, pairs: readonly string[]): void {
  const names = new Set<string>();
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i].toLowerCase();
    if (names.has(name)) response.appendHeader(pairs[i], pairs[i + 1]);
    else response.setHeader(pairs[i], pairs[i + 1]);
    names.add(name);
  }
}
