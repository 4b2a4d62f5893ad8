import type { IncomingMessage } from 'node:http';
import { PASSED_AUTHORIZATION } from './proxy-headers.js';

const BEARER = /^bearer +(\S+)$/i;

/**
 * Who proves itself by `X-API-Key` has `Authorization` left for the destination: the registry does not look at it then. Where
 * it comes alone it is the registry's, and goes no further.
 */
export function hideAuthorization({ headers }: IncomingMessage, request: object): void {
  if (headers['x-api-key'] === undefined || headers.authorization === undefined) return;
  delete headers.authorization;
  Object.defineProperty(request, PASSED_AUTHORIZATION, { value: true });
}

/** The key or token of an upgrade: of its headers or, for browsers, which cannot set any, of `?access_token=`. */
export function credentialOf({ headers, url = '' }: IncomingMessage): { credential: string | undefined; url: string } {
  const key = (headers['x-api-key'] as string | undefined) ?? BEARER.exec(headers.authorization ?? '')?.[1];
  const question = url.indexOf('?');
  if (question < 0) return { credential: key, url };
  const query = new URLSearchParams(url.slice(question + 1));
  const token = query.get('access_token');
  if (token === null) return { credential: key, url };
  // Meant for the registry: the destination, and its log, are not to see it.
  query.delete('access_token');
  const rest = query.toString();
  return { credential: key ?? token, url: url.slice(0, question) + (rest && `?${rest}`) };
}
