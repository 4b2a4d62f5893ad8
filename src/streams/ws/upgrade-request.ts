import type { IncomingMessage } from 'node:http';

export const PROTOCOL = 'ureg.v1';
const KEY_PROTOCOL = 'ureg.key.';
const BEARER = /^bearer +(\S+)$/i;
const MOST_LENGTH = 12_000;

/**
 * The key or token of an upgrade: of its headers, or, for browsers, which cannot set any, of a subprotocol
 * `ureg.key.<key>` or of `?access_token=`. Undefined when it carries none: the first message may.
 */
export function credentialOfUpgrade(request: IncomingMessage): string | undefined {
  const { headers } = request;
  const credential =
    (headers['x-api-key'] as string | undefined) ??
    BEARER.exec(headers.authorization ?? '')?.[1] ??
    keyProtocol(headers['sec-websocket-protocol']) ??
    new URLSearchParams(request.url?.split('?', 2)[1]).get('access_token');
  return credential ? credential.slice(0, MOST_LENGTH) : undefined;
}

const keyProtocol = (protocols = ''): string | undefined =>
  protocols
    .split(',')
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith(KEY_PROTOCOL))
    ?.slice(KEY_PROTOCOL.length);

/** Answers the protocol version only: the key must not come back in a header. */
export const chooseProtocol = (protocols: Set<string>): string | false => (protocols.has(PROTOCOL) ? PROTOCOL : false);

/** Whether a page of this origin may connect: one of the service's own, or one of CORS_ORIGINS. Programs send none. */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase();
}
