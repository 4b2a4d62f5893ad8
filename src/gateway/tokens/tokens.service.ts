import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import jsonwebtoken from 'jsonwebtoken';
import { ForbiddenError } from '../../platform/errors/registry-error.js';
import type { Caller } from '../caller.js';
import { assertMayGrant, normalPermission } from '../keys/key-settings.js';
import { SigningKeys } from './signing-keys.js';
import { ALGORITHM, AUDIENCE, ISSUER, USUAL_TOKEN_SECONDS } from './token-terms.js';
import type { TokenClaims } from './token-terms.js';
import type { AccessToken, TokenCreate } from './token.dto.js';

/** Makes short-lived tokens from keys: for browsers, and for handing on less than one holds. */
@Injectable()
export class TokensService {
  constructor(private readonly signingKeys: SigningKeys) {}

  async issue(caller: Caller, body: TokenCreate): Promise<AccessToken> {
    // Else a token could be renewed for ever, and its short life would mean nothing.
    if (caller.credential !== 'key')
      throw new ForbiddenError(
        'A token is made from an API key, not from another token.',
        undefined,
        'token.key_needed',
      );
    const permissions = body.permissions ? [...new Set(body.permissions.map(normalPermission))] : caller.permissions;
    assertMayGrant(caller, permissions);
    const now = Math.floor(Date.now() / 1000);
    const keyEnds = caller.expiresAt ? Math.floor(caller.expiresAt.getTime() / 1000) : Infinity;
    const expiresAt = Math.min(now + (body.expires_in ?? USUAL_TOKEN_SECONDS), keyEnds);
    const claims: TokenClaims = {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: caller.id,
      jti: randomUUID(),
      iat: now,
      exp: expiresAt,
      permissions: [...permissions],
    };
    const { kid, privateKey } = await this.signingKeys.current();
    const token = jsonwebtoken.sign(claims, privateKey, { algorithm: ALGORITHM, keyid: kid });
    return { access_token: token, token_type: 'Bearer', expires_in: expiresAt - now, permissions: [...permissions] };
  }
}
