import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { KeyNotices } from '../key-notices.js';
import { LONGEST_TOKEN_SECONDS } from './token-terms.js';
import type { TokenClaims } from './token-terms.js';

const PRUNE_MS = 600_000;

/** Access tokens that were ended before their time, one by one (`jti`) or by family (`fam`); remembered until they would be over. */
@Injectable()
export class RevokedTokens implements OnModuleInit {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly notices: KeyNotices,
    private readonly jobs: Jobs,
    private readonly audit: AuditTrail,
  ) {}

  onModuleInit(): void {
    this.jobs.every('revoked-tokens', PRUNE_MS, () => this.prune(), { lock: true });
  }

  async has({ jti, fam }: TokenClaims): Promise<boolean> {
    const sql = 'SELECT 1 FROM revoked_token WHERE id = ANY ($1::uuid[]) LIMIT 1';
    return (await this.uow.query(sql, [fam === undefined ? [jti] : [jti, fam]], 'revoked_token')).length > 0;
  }

  /** From the commit on no process takes the token any more. */
  async add({ jti, exp, sub }: TokenClaims): Promise<void> {
    await this.uow.run(async () => {
      await this.insert(jti, new Date(exp * 1000));
      await this.notices.send(sub);
      // Who holds a token may end it: nobody else is known to have done it.
      await this.audit.record({
        action: 'token.revoke',
        subject: { type: 'token', id: jti },
        details: { key_id: sub },
      });
    });
  }

  /** Every access token of a family, whenever it was made. Inside the transaction that ends the family. */
  async addFamily(family: string, keyId: string): Promise<void> {
    await this.insert(family, new Date(Date.now() + 2_000 * LONGEST_TOKEN_SECONDS));
    await this.notices.send(keyId);
  }

  private async insert(id: string, expiresAt: Date): Promise<void> {
    await this.uow.query('INSERT INTO revoked_token (id, expires_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING', [
      id,
      expiresAt,
    ]);
  }

  private async prune(): Promise<void> {
    // An hour's slack for clocks that differ.
    await this.uow.query(`DELETE FROM revoked_token WHERE expires_at < clock_timestamp() - interval '1 hour'`);
  }
}
