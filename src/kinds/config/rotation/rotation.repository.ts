import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';

export interface RotationRow {
  key_version: number;
  total: number;
  done: number;
  failed: number;
  actor: string;
  started_at: Date;
  finished_at: Date | null;
  /** How long ago it was begun, by the database's clock. */
  age_ms: number;
}

/** A sealed value under an older key. */
export interface OldSeal {
  name: string;
  scope: string;
  sealed: string;
  /** Of a version its number, of a draft or an entry its public id. */
  place: string;
}

const IS_OLD = (alias: string): string => `split_part(${alias}.sealed, ':', 3)::integer < $1`;

/** The places that hold sealed values of configuration: those that hold, their versions, drafts. */
const SOURCES = {
  value: `SELECT e.name, e.version AS scope, s.sealed, e.uid::text AS place FROM entry_secret s
    JOIN entry e ON e.id = s.entry_id AND e.kind = 'config' WHERE s.field = 'spec/value' AND ${IS_OLD('s')}`,
  version: `SELECT v.name, v.scope, v.sealed, v.version::text AS place FROM config_version v
    WHERE v.sealed IS NOT NULL AND ${IS_OLD('v')}`,
  draft: `SELECT d.name, d.scope, d.sealed, d.uid::text AS place FROM config_draft d
    WHERE d.sealed IS NOT NULL AND ${IS_OLD('d')}`,
} as const;
export type SealSource = keyof typeof SOURCES;
export const SEAL_SOURCES = Object.keys(SOURCES) as SealSource[];

/** Only the text that was read: what somebody has written meanwhile is under the new key already. */
const RESEAL: Record<SealSource, string> = {
  value: `UPDATE entry_secret s SET sealed = $2 FROM entry e
    WHERE e.id = s.entry_id AND e.uid = $3::uuid AND s.field = 'spec/value' AND s.sealed = $1 RETURNING 1`,
  version: `UPDATE config_version SET sealed = $2
    WHERE name = $4 AND scope = $5 AND version = $3::integer AND sealed = $1 RETURNING 1`,
  draft: 'UPDATE config_draft SET sealed = $2 WHERE uid = $3::uuid AND sealed = $1 RETURNING 1',
};

const COLUMNS = '*, (extract(epoch FROM clock_timestamp() - started_at) * 1000)::float8 AS age_ms';

/** Rotations of the key that values are sealed with, and what is left under older ones. */
@Injectable()
export class RotationRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async latest(): Promise<RotationRow | undefined> {
    const [row] = await this.uow.query<RotationRow & object>(
      `SELECT ${COLUMNS} FROM config_rotation ORDER BY key_version DESC LIMIT 1`,
    );
    return row;
  }

  async insert(version: number, total: number, actor: string): Promise<RotationRow> {
    const [row] = await this.uow.query<RotationRow & object>(
      `INSERT INTO config_rotation (key_version, total, actor) VALUES ($1, $2, $3) RETURNING ${COLUMNS}`,
      [version, total, actor],
    );
    return row;
  }

  async advance(version: number, done: number): Promise<void> {
    await this.uow.query('UPDATE config_rotation SET done = done + $2 WHERE key_version = $1', [version, done]);
  }

  async finish(version: number, failed: number): Promise<void> {
    await this.uow.query(
      `UPDATE config_rotation SET failed = $2, total = done + $2, finished_at = clock_timestamp()
       WHERE key_version = $1 AND finished_at IS NULL`,
      [version, failed],
    );
  }

  async countOlder(version: number): Promise<number> {
    const all = SEAL_SOURCES.map((source) => `(SELECT count(*) FROM (${SOURCES[source]}) x)`).join(' + ');
    const [{ n }] = await this.uow.query<{ n: number }>(`SELECT (${all})::integer AS n`, [version]);
    return n;
  }

  /** Some that are sealed with an older key, after a place. */
  older(source: SealSource, version: number, after: OldSeal | undefined, limit: number): Promise<OldSeal[]> {
    return this.uow.query<OldSeal & object>(
      `SELECT * FROM (${SOURCES[source]}) x
       WHERE $2::text IS NULL OR (x.name, x.scope, x.place) > ($2, $3, $4) ORDER BY x.name, x.scope, x.place LIMIT $5`,
      [version, after?.name ?? null, after?.scope ?? null, after?.place ?? null, limit],
    );
  }

  /** False when it has changed meanwhile. */
  async reseal(source: SealSource, { name, scope, sealed, place }: OldSeal, next: string): Promise<boolean> {
    const values = [sealed, next, place, ...(source === 'version' ? [name, scope] : [])];
    return (await this.uow.query(RESEAL[source], values)).length > 0;
  }
}
