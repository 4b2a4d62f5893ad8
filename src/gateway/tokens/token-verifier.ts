import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import jsonwebtoken from 'jsonwebtoken';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import type { StrategyOptionsWithoutRequest } from 'passport-jwt';
import type { Grant } from '../caller.js';
import { grantOfToken } from '../caller.js';
import { ApiKeyRepository } from '../keys/api-key.repository.js';
import { bearerOf, checkBearer, keyProvider } from './bearer-check.js';
import { RevokedTokens } from './revoked-tokens.js';
import { SigningKeys } from './signing-keys.js';
import { ALGORITHM, AUDIENCE, ISSUER } from './token-terms.js';
import type { TokenClaims } from './token-terms.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const isClaims = (payload: Partial<TokenClaims>): payload is TokenClaims =>
  typeof payload.sub === 'string' &&
  UUID.test(payload.sub) &&
  typeof payload.jti === 'string' &&
  UUID.test(payload.jti) &&
  (payload.fam === undefined || UUID.test(payload.fam)) &&
  typeof payload.exp === 'number' &&
  Array.isArray(payload.permissions) &&
  payload.permissions.every((permission) => typeof permission === 'string');

/** The id of the key a token says it is signed with; undefined for what is none of ours. */
export function kidOf(token: string): string | undefined {
  try {
    const header = jsonwebtoken.decode(token, { complete: true })?.header;
    return header?.alg === ALGORITHM && typeof header.kid === 'string' ? header.kid : undefined;
  } catch {
    // The package throws when the payload is no JSON.
    return undefined;
  }
}

const optionsWith = (keys: SigningKeys): StrategyOptionsWithoutRequest => ({
  jwtFromRequest: bearerOf,
  algorithms: [ALGORITHM],
  issuer: ISSUER,
  audience: AUDIENCE,
  secretOrKeyProvider: keyProvider(async (token) => {
    const kid = kidOf(token);
    return kid === undefined ? undefined : keys.find(kid);
  }),
});

/**
 * Checks tokens by passport-jwt: signature by a published key, algorithm, issuer, audience, time; then that neither they nor
 * the key they were made from were revoked.
 */
@Injectable()
export class TokenVerifier extends PassportStrategy(Strategy, 'jwt') {
  private passport?: passport.Authenticator;

  constructor(
    keys: SigningKeys,
    private readonly apiKeys: ApiKeyRepository,
    private readonly revoked: RevokedTokens,
  ) {
    super(optionsWith(keys));
  }

  /** A passport of its own: the module's global one would mix two applications in one process. */
  getPassportInstance(): passport.Authenticator {
    return (this.passport ??= new passport.Passport());
  }

  /** Called by passport with the payload of a token that is rightly signed and not over. */
  validate(payload: Partial<TokenClaims>): TokenClaims | undefined {
    return isClaims(payload) ? payload : undefined;
  }

  /** What a token allows; undefined when it does not hold. Throws when the database does not answer. */
  async grant(token: string): Promise<Grant | undefined> {
    const claims = await this.claims(token);
    if (!claims || (await this.revoked.has(claims))) return undefined;
    const row = await this.apiKeys.findLive(claims.sub);
    return row && grantOfToken(row, claims.permissions, new Date(claims.exp * 1000));
  }

  /** What a token of ours says, whether or not it was revoked; undefined for any other. */
  claims(token: string): Promise<TokenClaims | undefined> {
    return checkBearer<TokenClaims>(this.getPassportInstance(), 'jwt', token);
  }
}
