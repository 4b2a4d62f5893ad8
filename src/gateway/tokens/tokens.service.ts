import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import jsonwebtoken from 'jsonwebtoken';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { originOf } from '../../platform/audit/audit-record.js';
import { ForbiddenError, InvalidError } from '../../platform/errors/registry-error.js';
import type { Caller } from '../caller.js';
import { keyTypeOf } from '../keys/key-format.js';
import { assertMayGrant, normalPermission } from '../keys/key-settings.js';
import { OutsideTokens } from '../oidc/outside-tokens.js';
import { RefreshTokens } from './refresh-tokens.js';
import type { Refresh } from './refresh-tokens.js';
import { RevokedTokens } from './revoked-tokens.js';
import { SigningKeys } from './signing-keys.js';
import { ALGORITHM, AUDIENCE, ISSUER, USUAL_TOKEN_SECONDS } from './token-terms.js';
import type { TokenClaims } from './token-terms.js';
import { TokenVerifier } from './token-verifier.js';
import type { AccessToken, TokenCreate, TokenRefresh } from './token.dto.js';

/** What an access token is to say. */
interface Terms {
  /** Who holds the key it is made from, and the key's end in milliseconds. */
  holder: Caller;
  keyEnds: number;
  permissions: readonly string[];
  /** Seconds. */
  lifetime: number;
  refresh?: Refresh;
}

/** Makes short-lived tokens from keys: for browsers, and for handing on less than one holds. */
@Injectable()
export class TokensService {
  constructor(
    private readonly signingKeys: SigningKeys,
    private readonly refreshTokens: RefreshTokens,
    private readonly verifier: TokenVerifier,
    private readonly outside: OutsideTokens,
    private readonly revoked: RevokedTokens,
    private readonly audit: AuditTrail,
  ) {}

  async issue(caller: Caller, body: TokenCreate): Promise<AccessToken> {
    // Else a token could be renewed for ever, and its short life would mean nothing.
    if (caller.credential !== 'key')
      throw new ForbiddenError(
        'A token is made from an API key, not from another token.',
        undefined,
        'token.key_needed',
      );
    const permissions = [...new Set(body.permissions ? body.permissions.map(normalPermission) : caller.permissions)];
    assertMayGrant(caller, permissions);
    const lifetime = body.expires_in ?? USUAL_TOKEN_SECONDS;
    const refresh = body.refresh ? await this.refreshTokens.begin(caller, permissions, lifetime) : undefined;
    return this.sign({
      holder: caller,
      keyEnds: caller.expiresAt?.getTime() ?? Infinity,
      permissions,
      lifetime,
      refresh,
    });
  }

  /** A new access token and a new refresh token for one that was not used yet. */
  async refresh(body: TokenRefresh, address: string | undefined): Promise<AccessToken> {
    // Before the exchange: what fails after it costs the client its token.
    await this.signingKeys.current();
    const { grant, permissions, lifetime, ...refresh } = await this.refreshTokens.exchange(body.refresh_token, address);
    return this.sign({
      holder: { ...grant.caller, credential: 'token' },
      keyEnds: grant.expiresAt,
      permissions,
      lifetime,
      refresh,
    });
  }

  /** RFC 7009: what is no token of ours needs no revoking. */
  async revoke(token: string): Promise<void> {
    if (keyTypeOf(token))
      throw new InvalidError(
        'An API key is revoked by DELETE /api/v1/gateway/keys/{id}.',
        [{ field: 'token', message: 'is an API key' }],
        'token.unsupported_type',
      );
    if (this.outside.claimed(token))
      throw new InvalidError(
        'This token is of the outside issuer: it is ended there, or by a change of OIDC_ROLE_MAP.',
        [{ field: 'token', message: 'was not made here' }],
        'token.unsupported_type',
      );
    if (await this.refreshTokens.revoke(token)) return;
    const claims = await this.verifier.claims(token);
    if (claims) await this.revoked.add(claims);
  }

  private async sign({ holder, keyEnds, permissions, lifetime, refresh }: Terms): Promise<AccessToken> {
    const now = Math.floor(Date.now() / 1000);
    const expiresAt = Math.min(now + lifetime, Math.floor(keyEnds / 1000));
    const claims: TokenClaims = {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: holder.id,
      jti: randomUUID(),
      iat: now,
      exp: expiresAt,
      permissions: [...permissions],
      ...(refresh && { fam: refresh.family }),
    };
    const { kid, privateKey } = await this.signingKeys.current();
    // Before it is handed out: a token that nobody knows of must not exist.
    await this.audit.record({
      ...originOf(holder),
      action: 'token.issue',
      subject: { type: 'token', id: claims.jti },
      after: { permissions: claims.permissions, expires_at: new Date(expiresAt * 1000) },
      details: { kid, ...(refresh && { family: refresh.family }) },
    });
    const token = jsonwebtoken.sign(claims, privateKey, { algorithm: ALGORITHM, keyid: kid });
    return {
      access_token: token,
      token_type: 'Bearer',
      expires_in: expiresAt - now,
      permissions: [...permissions],
      ...(refresh && {
        refresh_token: refresh.token,
        refresh_expires_in: Math.floor((refresh.expiresAt.getTime() - Date.now()) / 1000),
      }),
    };
  }
}
