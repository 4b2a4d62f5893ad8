import { Injectable } from '@nestjs/common';
import { currentViewer } from '../../../entries/visibility.js';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import type { ConfigValidation, ValueType } from '../config.kind.js';

/** One version of a key in one scope, as it is stored: of an encrypted one the sealed value only. */
export interface ConfigVersionRow {
  name: string;
  scope: string;
  version: number;
  operation: 'set' | 'delete';
  /** Public id of the entry it was made of. */
  uid: string;
  revision: number;
  type: ValueType;
  value: unknown;
  sealed: string | null;
  fingerprint: string | null;
  encrypted: boolean;
  validation: ConfigValidation | null;
  fallback: unknown;
  /** Who may see it; null for everyone. */
  readers: string[] | null;
  origin: string;
  comment: string | null;
  actor: string;
  at: Date;
}

export type NewConfigVersion = Omit<ConfigVersionRow, 'readers' | 'at'>;

const COLUMNS = `v.name, v.scope, v.version, v.operation, v.uid, v.revision, v.type, v.value, v.sealed, v.fingerprint, v.encrypted,
  v.validation, v.fallback, v.readers, v.origin, v.comment, v.actor, v.at`;

/** With the names of the caller; null for who sees everything. */
const SEEN = (parameter: string): string =>
  `(${parameter}::text[] IS NULL OR v.readers IS NULL OR v.readers && ${parameter}::text[])`;

/** The histories of keys, one for each scope. Nothing in them is ever changed but the key a secret is sealed with. */
@Injectable()
export class ConfigVersionRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async latest(name: string, scope: string): Promise<ConfigVersionRow | undefined> {
    const [row] = await this.uow.query<ConfigVersionRow & object>(
      `SELECT ${COLUMNS} FROM config_version v WHERE v.name = $1 AND v.scope = $2 ORDER BY v.version DESC LIMIT 1`,
      [name, scope],
    );
    return row;
  }

  /** Undefined also for what the caller may not see: a value may have been restricted, removed and set anew. */
  async find(name: string, scope: string, version: number): Promise<ConfigVersionRow | undefined> {
    const [row] = await this.uow.query<ConfigVersionRow & object>(
      `SELECT ${COLUMNS} FROM config_version v WHERE v.name = $1 AND v.scope = $2 AND v.version = $3 AND ${SEEN('$4')}`,
      [name, scope, version, currentViewer() ?? null],
    );
    return row;
  }

  /** The newest first, those before `before`; of all scopes without `scope`, then by time. */
  list(
    name: string,
    scope: string | undefined,
    page: { before?: number; limit: number; offset: number },
  ): Promise<ConfigVersionRow[]> {
    return this.uow.query<ConfigVersionRow & object>(
      `SELECT ${COLUMNS} FROM config_version v
       WHERE v.name = $1 AND ($2::text IS NULL OR v.scope = $2) AND ($3::integer IS NULL OR v.version < $3)
         AND ${SEEN('$6')}
       ORDER BY ${scope === undefined ? 'v.at DESC, v.scope, v.version DESC' : 'v.version DESC'} LIMIT $4 OFFSET $5`,
      [name, scope ?? null, page.before ?? null, page.limit, page.offset, currentViewer() ?? null],
    );
  }

  /** Readers are those of the entry now. */
  async insert(version: NewConfigVersion): Promise<void> {
    const { value, validation, fallback, ...rest } = version;
    await this.uow.query(
      `INSERT INTO config_version (name, scope, version, operation, uid, revision, type, value, sealed, fingerprint, encrypted,
         validation, fallback, readers, origin, comment, actor)
       SELECT $1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12::jsonb, $13::jsonb,
         (SELECT x.readers FROM entry_restriction x JOIN entry e ON e.id = x.entry_id WHERE e.uid = $5), $14, $15, $16`,
      [
        rest.name, rest.scope, rest.version, rest.operation, rest.uid, rest.revision, rest.type, jsonOf(value), rest.sealed,
        rest.fingerprint, rest.encrypted, jsonOf(validation), jsonOf(fallback), rest.origin, rest.comment, rest.actor,
      ], // prettier-ignore
    );
  }

  /** Numbers of the newest versions, by name and scope put together. */
  async currentOf(places: readonly { name: string; version: string }[]): Promise<Map<string, number>> {
    const rows = await this.uow.query<{ name: string; scope: string; version: number }>(
      `SELECT v.name, v.scope, max(v.version) AS version FROM config_version v
       WHERE (v.name, v.scope) IN (SELECT * FROM unnest($1::text[], $2::text[])) GROUP BY v.name, v.scope`,
      [places.map(({ name }) => name), places.map(({ version }) => version)],
      'config-current-versions',
    );
    return new Map(rows.map(({ name, scope, version }) => [`${name}@${scope}`, version]));
  }
}

const jsonOf = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);
