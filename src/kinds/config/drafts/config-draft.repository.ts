import { Injectable } from '@nestjs/common';
import { visible } from '../../../entries/visibility.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { ConfigSpec } from '../config.kind.js';

/** What is to be set or removed when it is published. */
export interface DraftRow {
  uid: string;
  name: string;
  scope: string;
  operation: 'set' | 'delete';
  /** What the value was at when the draft was saved; 0: it was not there. */
  base_revision: number;
  /** Fields as they were given; of an encrypted value the mask. */
  fields: Partial<ConfigSpec> & { description?: string | null };
  sealed: string | null;
  comment: string | null;
  actor: string;
  at: Date;
}

/** A draft beside what its value is now. */
export interface ShownDraft extends DraftRow {
  revision: number | null;
  spec: ConfigSpec | null;
}

export interface DraftChoice {
  keys?: readonly string[];
  prefix?: string;
  place?: { name: string; scopeText: string };
}

const FROM = `config_draft d LEFT JOIN entry e ON e.kind = 'config' AND e.name = d.name AND e.version = d.scope`;

/** Drafts of values, one for each key and scope. Those of values the caller may not see are not there. */
@Injectable()
export class ConfigDraftRepository {
  constructor(private readonly uow: UnitOfWork) {}

  list({ keys, prefix, place }: DraftChoice, limit: number): Promise<ShownDraft[]> {
    const values: unknown[] = [keys ?? null, prefix ?? null, place?.name ?? null, place?.scopeText ?? null, limit];
    return this.uow.query<ShownDraft & object>(
      `SELECT d.*, e.revision, e.spec FROM ${FROM}
       WHERE ($1::text[] IS NULL OR d.name = ANY ($1::text[])) AND ($2::text IS NULL OR starts_with(d.name, $2))
         AND ($3::text IS NULL OR (d.name = $3 AND d.scope = $4)) AND (e.id IS NULL OR ${visible('e.id', values)})
       ORDER BY d.name, d.scope LIMIT $5`,
      values,
    );
  }

  async save(draft: Omit<DraftRow, 'at'>): Promise<void> {
    const { uid, name, scope, operation, base_revision: base, fields, sealed, comment, actor } = draft;
    await this.uow.query(
      `INSERT INTO config_draft AS d (uid, name, scope, operation, base_revision, fields, sealed, comment, actor)
       VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9)
       ON CONFLICT (name, scope) DO UPDATE SET uid = excluded.uid, operation = excluded.operation,
         base_revision = excluded.base_revision, fields = excluded.fields, sealed = excluded.sealed,
         comment = excluded.comment, actor = excluded.actor, at = clock_timestamp()`,
      [uid, name, scope, operation, base, JSON.stringify(fields), sealed, comment, actor],
    );
  }

  async remove(uids: readonly string[]): Promise<void> {
    await this.uow.query('DELETE FROM config_draft WHERE uid = ANY ($1::uuid[])', [uids]);
  }
}
