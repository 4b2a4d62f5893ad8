import type { KeyObject } from 'node:crypto';
import type passport from 'passport';
import type { SecretOrKeyProvider, StrategyOptionsWithoutRequest } from 'passport-jwt';

/** What a strategy reads; tokens come from the Authenticator, never from a request's query or cookies. */
interface Bearer {
  token: string;
  headers: Record<string, never>;
}

/** Whoever knows the keys did not answer: no reason to call a token wrong. */
class LookupFailed extends Error {}

export const bearerOf: StrategyOptionsWithoutRequest['jwtFromRequest'] = (request) =>
  (request as unknown as Bearer).token;

/** Finds the key of a token by its header; undefined refuses the token, an error fails the question. */
export const keyProvider =
  (find: (token: string) => Promise<KeyObject | undefined>): SecretOrKeyProvider =>
  (_request, token: string, done) => {
    find(token).then(
      // passport-jwt types a key as text; jsonwebtoken takes the KeyObject, parsed once.
      (key) => done(key ? null : new Error('unknown key'), key as unknown as string),
      (cause: unknown) => done(new LookupFailed('keys', { cause })),
    );
  };

/** Has passport check a token: what the strategy makes of its payload, undefined when it does not hold. */
export function checkBearer<Claims>(
  instance: passport.Authenticator,
  strategy: string,
  token: string,
  refused: (reason: unknown) => void = () => undefined,
): Promise<Claims | undefined> {
  return new Promise((resolve, reject) => {
    const answer = (error: unknown, claims?: Claims | false, info?: unknown): void => {
      if (error) return reject(error);
      if (info instanceof LookupFailed) return reject(info.cause);
      if (!claims) refused(info);
      resolve(claims || undefined);
    };
    const bearer: Bearer = { token, headers: {} };
    const check = instance.authenticate(strategy, { session: false }, answer) as (...args: unknown[]) => void;
    check(bearer, {}, reject);
  });
}
