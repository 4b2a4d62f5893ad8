import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import jsonwebtoken from 'jsonwebtoken';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import type { StrategyOptionsWithoutRequest } from 'passport-jwt';
import { Env } from '../../platform/env/env.js';
import type { OidcAlgorithm } from '../../platform/env/oidc-env.js';
import { Logger } from '../../platform/logging/logger.js';
import { bearerOf, checkBearer, keyProvider } from '../tokens/bearer-check.js';
import { IssuerKeys } from './issuer-keys.js';
import { CLOCK_TOLERANCE_SECONDS, isAccessTokenHeader, objectionTo } from './outside-claims.js';
import type { Payload } from './outside-claims.js';

/** Longest key id that is looked for. */
const MOST_KID = 500;

/** The parts of a token, whoever made it; undefined for what is none. */
export function decoded(token: string): { header: Payload; payload: Payload } | undefined {
  try {
    const parts = jsonwebtoken.decode(token, { complete: true });
    if (typeof parts?.payload !== 'object' || parts.payload === null) return undefined;
    return { header: { ...parts.header }, payload: parts.payload };
  } catch {
    // The package throws when the payload is no JSON.
    return undefined;
  }
}

async function keyOf(token: string, keys: IssuerKeys, algorithms: readonly string[]): Promise<KeyObject | undefined> {
  const header = decoded(token)?.header;
  if (!header || !isAccessTokenHeader(header)) return undefined;
  const { alg, kid } = header;
  if (typeof alg !== 'string' || !algorithms.includes(alg)) return undefined;
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > MOST_KID)) return undefined;
  return keys.find(kid, alg as OidcAlgorithm);
}

const optionsWith = (env: Env, keys: IssuerKeys): StrategyOptionsWithoutRequest => ({
  jwtFromRequest: bearerOf,
  algorithms: env.oidcAlgorithms,
  issuer: env.oidcIssuer,
  audience: env.oidcAudience,
  jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE_SECONDS },
  secretOrKeyProvider: keyProvider((token) => keyOf(token, keys, env.oidcAlgorithms)),
});

/** Checks tokens of the outside issuer by passport-jwt, as the registry's own are, and that they are access tokens. */
@Injectable()
export class OutsideVerifier extends PassportStrategy(Strategy, 'oidc') {
  private passport?: passport.Authenticator;
  private readonly logger: Logger;

  constructor(
    keys: IssuerKeys,
    private readonly env: Env,
    logger: Logger,
  ) {
    super(optionsWith(env, keys));
    this.logger = logger.child('oidc');
  }

  /** A passport of its own, as the TokenVerifier has. */
  getPassportInstance(): passport.Authenticator {
    return (this.passport ??= new passport.Passport());
  }

  /** Called by passport with the payload of a token that is rightly signed, from this issuer, for us and not over. */
  validate(payload: Payload): Payload | undefined {
    const objection = objectionTo(payload, this.env.oidcClients);
    if (objection === undefined) return payload;
    this.refused(objection);
    return undefined;
  }

  /**
   * What a token says; undefined when it does not hold, or no issuer is configured.
   * @throws UnavailableError when its key is not known and the issuer does not answer
   */
  async payload(token: string): Promise<Payload | undefined> {
    if (this.env.oidcIssuer === undefined) return undefined;
    return checkBearer<Payload>(this.getPassportInstance(), 'oidc', token, (reason) => {
      if (reason instanceof Error) this.refused(reason.message);
    });
  }

  /** For who sets the two sides up; callers are told nothing but that it does not hold. */
  private refused(reason: string): void {
    this.logger.debug({ reason }, 'a token of the outside issuer does not hold');
  }
}
