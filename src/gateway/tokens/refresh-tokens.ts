import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { Logger } from '../../platform/logging/logger.js';
import { grantOfKey } from '../caller.js';
import type { Caller, Grant } from '../caller.js';
import { ApiKeyRepository } from '../keys/api-key.repository.js';
import { isRefreshToken, makeRefreshToken } from '../keys/key-format.js';
import { KeyHasher } from '../keys/key-hasher.js';
import { narrowed } from '../permissions.js';
import { RevokedTokens } from './revoked-tokens.js';
import { LONGEST_FAMILY_SECONDS, REFRESH_SECONDS } from './token-terms.js';

const PRUNE_MS = 600_000;

/** A refresh token as it is handed out. */
export interface Refresh {
  token: string;
  family: string;
  expiresAt: Date;
}

interface StoredToken {
  hash: Buffer;
  family_id: string;
  key_id: string;
  permissions: string[];
  token_seconds: number;
  used_at: Date | null;
  revoked_at: Date | null;
  over: boolean;
  family_ends: Date;
}

/**
 * Refresh tokens: each is good for one use and answered by the next. One that comes a second time was stolen from somebody,
 * before or after its use, so all of its family end, and the access tokens made with them (RFC 9700, 4.14.2).
 */
@Injectable()
export class RefreshTokens implements OnModuleInit {
  private readonly logger: Logger;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly hasher: KeyHasher,
    private readonly keys: ApiKeyRepository,
    private readonly revoked: RevokedTokens,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
    logger: Logger,
  ) {
    this.logger = logger.child('tokens');
  }

  onModuleInit(): void {
    this.jobs.every('refresh-tokens', PRUNE_MS, () => this.prune(), { lock: true });
  }

  /** The first token of a new family, whose access tokens live so many seconds. */
  begin(caller: Caller, permissions: readonly string[], lifetime: number): Promise<Refresh> {
    const family = uuidv7();
    const keyEnds = caller.expiresAt?.getTime() ?? Infinity;
    const ends = new Date(Math.min(Date.now() + LONGEST_FAMILY_SECONDS * 1000, keyEnds));
    return this.uow.run(async () => {
      await this.uow.query(
        `INSERT INTO refresh_family (id, key_id, permissions, token_seconds, expires_at) VALUES ($1, $2, $3, $4, $5)`,
        [family, caller.id, permissions, lifetime, ends],
      );
      return this.insert(family, ends);
    });
  }

  /**
   * The next token of the family, with what its key allows now.
   * @throws InvalidError `token.invalid_grant`, whatever is wrong with the token
   */
  async exchange(
    token: string,
    address: string | undefined,
  ): Promise<Refresh & { grant: Grant; permissions: string[]; lifetime: number }> {
    if (!isRefreshToken(token)) throw this.refused();
    const next = await this.uow.run(async () => {
      const stored = await this.lock(token);
      if (!stored || stored.revoked_at || stored.over) return undefined;
      if (stored.used_at) return this.endStolen(stored);
      const row = await this.keys.findLive(stored.key_id);
      const grant = row && grantOfKey(row);
      if (!grant || (grant.allowed && !grant.allowed.includes(address))) return undefined;
      await this.uow.query('UPDATE refresh_token SET used_at = clock_timestamp() WHERE hash = $1', [stored.hash]);
      const ends = new Date(Math.min(stored.family_ends.getTime(), grant.expiresAt));
      const permissions = narrowed(stored.permissions, grant.caller.permissions);
      return { ...(await this.insert(stored.family_id, ends)), grant, permissions, lifetime: stored.token_seconds };
    });
    if (!next) throw this.refused();
    return next;
  }

  /** Ends the family of a token; false when it is none of ours. */
  async revoke(token: string): Promise<boolean> {
    if (!isRefreshToken(token)) return false;
    return this.uow.run(async () => {
      const stored = await this.lock(token);
      if (!stored) return false;
      if (!stored.revoked_at) await this.end(stored, 'request');
      return true;
    });
  }

  private refused(): InvalidError {
    this.audit.note({ action: 'credential.refused', details: { credential: 'refresh_token', reason: 'not_valid' } });
    return invalidGrant();
  }

  private async endStolen(stored: StoredToken): Promise<undefined> {
    await this.end(stored, 'reuse');
    this.uow.afterCommit(() =>
      this.logger.warn(
        { event: 'token.refresh_reused', key_id: stored.key_id, family: stored.family_id },
        'a refresh token came a second time: its family ends',
      ),
    );
    return undefined;
  }

  private async end({ family_id: family, key_id: keyId }: StoredToken, why: 'reuse' | 'request'): Promise<void> {
    await this.uow.query(
      'UPDATE refresh_family SET revoked_at = clock_timestamp(), revoked_for = $2 WHERE id = $1 AND revoked_at IS NULL',
      [family, why],
    );
    await this.revoked.addFamily(family, keyId);
    await this.audit.record({
      action: why === 'reuse' ? 'token.refresh_reused' : 'token.revoke',
      outcome: why === 'reuse' ? 'denied' : 'success',
      subject: { type: 'token_family', id: family },
      details: { key_id: keyId },
    });
  }

  /** Both rows are locked: of two who come with the same token at once, the second sees that it was used. */
  private async lock(token: string): Promise<StoredToken | undefined> {
    const [row] = await this.uow.query<StoredToken>(
      `SELECT t.hash, t.family_id, f.key_id, f.permissions, f.token_seconds, t.used_at, f.revoked_at, f.expires_at AS family_ends,
         least(t.expires_at, f.expires_at) <= clock_timestamp() AS over
       FROM refresh_token t JOIN refresh_family f ON f.id = t.family_id
       WHERE t.hash = ANY ($1::bytea[]) FOR UPDATE OF t, f`,
      [this.hasher.candidates(token).map(({ hash }) => hash)],
    );
    return row;
  }

  private async insert(family: string, ends: Date): Promise<Refresh> {
    const token = makeRefreshToken();
    const expiresAt = new Date(Math.min(Date.now() + REFRESH_SECONDS * 1000, ends.getTime()));
    await this.uow.query('INSERT INTO refresh_token (hash, family_id, expires_at) VALUES ($1, $2, $3)', [
      this.hasher.hash(token).hash,
      family,
      expiresAt,
    ]);
    return { token, family, expiresAt };
  }

  private async prune(): Promise<void> {
    await this.uow.query('DELETE FROM refresh_family WHERE expires_at < clock_timestamp()');
  }
}

const invalidGrant = (): InvalidError =>
  new InvalidError(
    'refresh_token does not hold (any more): make a token from the key.',
    [{ field: 'refresh_token', message: 'does not hold (any more)' }],
    'token.invalid_grant',
  );
