import type { IncomingHttpHeaders } from 'node:http';
import { InvalidError, UnauthenticatedError } from '../platform/errors/registry-error.js';

const BEARER = /^bearer +(\S+)$/i;
/** Longest credential looked at: a token with a hundred long permissions fits. */
const MOST_LENGTH = 12_000;

/**
 * The key or token of a request, from `X-API-Key` or `Authorization: Bearer`; nowhere else, and never from the query, but on
 * routes that speak a protocol of others: those name what stands `elsewhere`.
 */
export function credentialOf(headers: IncomingHttpHeaders, elsewhere: readonly unknown[] = []): string {
  const key = headers['x-api-key'] as string | undefined;
  const bearer = headers.authorization === undefined ? undefined : (BEARER.exec(headers.authorization)?.[1] ?? '');
  if (key !== undefined && bearer !== undefined && key !== bearer) {
    throw new InvalidError(
      'X-API-Key and Authorization carry different credentials: send one of them.',
      undefined,
      'auth.two_credentials',
    );
  }
  const credential = elsewhere.reduce<unknown>(oneOf, key ?? bearer);
  if (typeof credential === 'string' && credential !== '' && credential.length <= MOST_LENGTH) return credential;
  throw new UnauthenticatedError();
}

/** What says nothing is none. */
function oneOf(one: unknown, other: unknown): unknown {
  if (other === undefined || other === '') return one;
  if (one === undefined || one === '' || one === other) return other;
  throw new InvalidError(
    'The request carries different credentials: send one of them.',
    undefined,
    'auth.two_credentials',
  );
}
