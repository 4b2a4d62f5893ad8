import { Injectable } from '@nestjs/common';
import jsonwebtoken from 'jsonwebtoken';
import type { AuditSubject } from '../../platform/audit/audit-record.js';
import { ApiKeyRepository } from '../keys/api-key.repository.js';
import { RevokedTokens } from './revoked-tokens.js';
import { SigningKeys } from './signing-keys.js';
import { ALGORITHM, AUDIENCE, ISSUER } from './token-terms.js';
import type { TokenClaims } from './token-terms.js';
import { kidOf } from './token-verifier.js';

const TERMS: jsonwebtoken.VerifyOptions = {
  algorithms: [ALGORITHM],
  issuer: ISSUER,
  audience: AUDIENCE,
  ignoreExpiration: true,
};

/** Why a token did not hold, for those who may know; whoever sent it is told nothing. */
@Injectable()
export class TokenReason {
  constructor(
    private readonly signingKeys: SigningKeys,
    private readonly revoked: RevokedTokens,
    private readonly keys: ApiKeyRepository,
  ) {}

  async of(token: string): Promise<{ reason: string; subject?: AuditSubject }> {
    const kid = kidOf(token);
    if (kid === undefined) return { reason: 'malformed' };
    const key = this.signingKeys.known(kid);
    if (!key) return { reason: 'unknown_signing_key' };
    let claims: TokenClaims;
    try {
      claims = jsonwebtoken.verify(token, key, TERMS) as unknown as TokenClaims;
    } catch {
      // Signature, issuer or audience: whichever it is, it was not made here.
      return { reason: 'forged' };
    }
    const subject = { type: 'token', id: claims.jti };
    if (claims.exp * 1000 <= Date.now()) return { reason: 'expired', subject };
    if (await this.revoked.has(claims)) return { reason: 'revoked', subject };
    return { reason: (await this.keys.findLive(claims.sub)) ? 'not_valid' : 'key_ended', subject };
  }
}
