import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Env } from '../../platform/env/env.js';
import { ConflictError } from '../../platform/errors/registry-error.js';
import { Logger } from '../../platform/logging/logger.js';
import type { ApiKeyRow } from '../keys/api-key.repository.js';
import { keySubject } from '../keys/key-record.js';
import { KeysService } from '../keys/keys.service.js';
import type { LeakFeedback } from './leaked-key.dto.js';
import { LeakedKeyRepository } from './leaked-key.repository.js';
import type { LeakPlace } from './leak-place.js';
import type { LeakReport } from './leak-report.js';

/** `kept`: the policy says revoke, but it is the last lasting admin key. */
type Effect = 'revoked' | 'notified' | 'kept' | 'already_revoked';

/** Acts upon keys that were found where they do not belong. Doing so twice changes nothing more. */
@Injectable()
export class LeakedKeysService {
  private readonly logger: Logger;

  constructor(
    private readonly env: Env,
    private readonly leaks: LeakedKeyRepository,
    private readonly keys: KeysService,
    private readonly audit: AuditTrail,
    logger: Logger,
  ) {
    this.logger = logger.child('keys');
  }

  /** What each finding is, in their order: `true_positive` for every key that was ever made here. */
  async report(reports: readonly LeakReport[], reporter: string): Promise<LeakFeedback[]> {
    const hashes = reports.flatMap((report) => report.hashes.map(({ hash }) => hash));
    const rows = await this.leaks.byHash(hashes);
    const found = reports.map((report) =>
      report.hashes.map(({ hash }) => rows.get(hash.toString('base64'))).find((row) => row !== undefined),
    );
    const handled = new Set<string>();
    for (const [i, row] of found.entries()) {
      if (!row || handled.has(row.id)) continue;
      handled.add(row.id);
      await this.handle(row, reports[i].place, reporter);
    }
    return reports.map(({ tokenHash, tokenType }, i) => ({
      token_hash: tokenHash,
      token_type: tokenType,
      label: found[i] ? 'true_positive' : 'false_positive',
    }));
  }

  private async handle(row: ApiKeyRow, { url, source }: LeakPlace, reporter: string): Promise<void> {
    // First, and apart: a key that cannot be revoked is marked all the same.
    await this.leaks.mark(row.id, url);
    const effect = await this.act(row);
    const { id, name, type } = row;
    // Reported again it is nothing new: whoever scans may do so as often as they like.
    if (effect !== 'already_revoked' || !row.leaked_at)
      await this.audit.record({
        action: 'key.leak',
        subject: keySubject(row),
        details: { effect, url, source, reporter },
      });
    this.logger[effect === 'kept' ? 'error' : 'warn'](
      { event: 'key.leaked', key_id: id, name, type, effect, url, source, reporter },
      effect === 'kept'
        ? 'the last lasting admin key was found where it does not belong: make another one and revoke it'
        : 'a key was found where it does not belong',
    );
  }

  private async act(row: ApiKeyRow): Promise<Effect> {
    if (row.revoked_at) return 'already_revoked';
    if (this.env.leakedKeyPolicy.get(row.type) === 'notify') return 'notified';
    try {
      await this.keys.revoke(row.id, () => undefined);
      return 'revoked';
    } catch (error) {
      if (error instanceof ConflictError && error.code === 'key.last_admin') return 'kept';
      throw error;
    }
  }
}
