import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';

/** A secret of an entry as it is stored. */
export interface StoredSecret {
  /** JSON pointer within metadata (`/db/password`), or `spec/<name>` of a field its kind declares secret. */
  field: string;
  sealed: string;
  /** Tells equal values from different ones. */
  fingerprint: string;
}

interface SecretRow extends StoredSecret {
  /** Inside id. */
  entry_id: string;
}

/** A stored secret with what it is bound to. */
export interface OldSecret extends SecretRow {
  uid: string;
}

/** What stands behind the masks in metadata. */
@Injectable()
export class EntrySecretRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** By the inside ids of their entries. */
  async of(entryIds: readonly string[]): Promise<Map<string, StoredSecret[]>> {
    const found = new Map<string, StoredSecret[]>();
    if (entryIds.length === 0) return found;
    const rows = await this.uow.query<SecretRow & object>(
      'SELECT entry_id, field, sealed, fingerprint FROM entry_secret WHERE entry_id = ANY ($1::bigint[])',
      [entryIds],
      'entry-secrets',
    );
    for (const { entry_id: id, ...secret } of rows) {
      const secrets = found.get(id);
      if (secrets) secrets.push(secret);
      else found.set(id, [secret]);
    }
    return found;
  }

  /** Replaces the secrets of these entries by those given. */
  async replace(entries: readonly { entryId: string; secrets: readonly StoredSecret[] }[]): Promise<void> {
    if (entries.length === 0) return;
    const rows = entries.flatMap(({ entryId, secrets }) => secrets.map((secret) => ({ entry_id: entryId, ...secret })));
    await this.uow.query(
      `DELETE FROM entry_secret s WHERE s.entry_id = ANY ($1::bigint[]) AND (s.entry_id, s.field) NOT IN
         (SELECT k.entry_id, k.field FROM json_to_recordset($2::json) AS k (entry_id bigint, field text))`,
      [entries.map(({ entryId }) => entryId), JSON.stringify(rows)],
      'entry-secrets-drop',
    );
    if (rows.length === 0) return;
    await this.uow.query(
      `INSERT INTO entry_secret AS s (entry_id, field, sealed, fingerprint)
       SELECT r.* FROM json_to_recordset($1::json) AS r (entry_id bigint, field text, sealed text, fingerprint text)
       ON CONFLICT (entry_id, field) DO UPDATE SET sealed = excluded.sealed, fingerprint = excluded.fingerprint
       WHERE s.sealed <> excluded.sealed`,
      [JSON.stringify(rows)],
      'entry-secrets-keep',
    );
  }

  async any(): Promise<boolean> {
    return (await this.uow.query('SELECT 1 FROM entry_secret LIMIT 1')).length > 0;
  }

  /** Some secrets that are sealed with an older data key than this one, locked; those another process has are left out. */
  sealedBefore(version: number, limit: number, after: Pick<OldSecret, 'entry_id' | 'field'>): Promise<OldSecret[]> {
    return this.uow.query<OldSecret & object>(
      `SELECT s.entry_id, e.uid, s.field, s.sealed, s.fingerprint FROM entry_secret s JOIN entry e ON e.id = s.entry_id
       WHERE split_part(s.sealed, ':', 3)::integer < $1 AND (s.entry_id, s.field) > ($3::bigint, $4::text)
       ORDER BY s.entry_id, s.field LIMIT $2 FOR UPDATE OF s SKIP LOCKED`,
      [version, limit, after.entry_id, after.field],
    );
  }

  async reseal(entryId: string, field: string, sealed: string): Promise<void> {
    await this.uow.query('UPDATE entry_secret SET sealed = $3 WHERE entry_id = $1 AND field = $2', [
      entryId,
      field,
      sealed,
    ]);
  }
}
