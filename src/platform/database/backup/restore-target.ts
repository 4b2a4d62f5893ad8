import { escapeIdentifier } from 'pg';
import type { DataSource } from 'typeorm';
import type { BackupHead } from '../../../backup-file/backup-format.js';
import { dataSource } from '../data-source.js';
import type { DatabaseSchema } from '../data-source.js';
import type { DatabaseSettings } from '../database-settings.js';
import { listMigrations, revertMigrations, runMigrations } from '../migrations.js';
import { RestoreRefusedError } from './restore-refusal.js';

/** An empty database to restore into. */
export interface RestoreTarget {
  url: string;
  embedded: boolean;
}

/** Rows that migrations make: a database that holds nothing else has never been used. */
const MADE_BY_MIGRATIONS = new Set([
  'audit_head',
  'config_head',
  'embedding_index',
  'event_sequence',
  'grid_liveness',
  'mesh_head',
  'mesh_version',
  'migration',
  'relationship_type',
  'search_corpus',
  'search_reindex',
  'service_liveness',
]);

const nameOf = (migration: DatabaseSchema['migrations'][number]): string =>
  (new migration() as { name?: string }).name ?? migration.name;

/** What this release cannot read is refused before the database is looked at. */
export function assertKnown({ migrations, release }: BackupHead, schema: DatabaseSchema): void {
  const known = new Set(schema.migrations.map(nameOf));
  const unknown = migrations.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new RestoreRefusedError(
    'restore.newer',
    `The backup was made by a newer release (${release}): this one does not know ${unknown.length} of its migrations, first ${unknown[0]}.`,
    'restore it with that release or a later one',
  );
}

/** Brings an empty database to the schema that the backup was made at, and gives a data source over it. */
export async function preparedTarget(
  target: RestoreTarget,
  schema: DatabaseSchema,
  head: BackupHead,
): Promise<DataSource> {
  const source = await openedTarget(target, schema);
  try {
    await assertEmpty(source);
    const wanted = new Set(head.migrations);
    const { executed } = await listMigrations(source);
    const first = executed.findIndex((name) => !wanted.has(name));
    if (first >= 0) await revertMigrations(source, executed.length - first);
    const former = await openedTarget(target, {
      entities: [],
      migrations: schema.migrations.filter((migration) => wanted.has(nameOf(migration))),
    });
    try {
      await runMigrations(former);
    } finally {
      await former.destroy();
    }
    return source;
  } catch (error) {
    await source.destroy();
    throw error;
  }
}

/** Without limits of time. What breaks the connection fails what runs on it. */
export function openedTarget({ url, embedded }: RestoreTarget, schema: DatabaseSchema): Promise<DataSource> {
  const settings: DatabaseSettings = { url, embedded, poolSize: 2, statementTimeout: 0 };
  return dataSource(settings, schema, () => undefined).initialize();
}

async function assertEmpty(source: DataSource): Promise<void> {
  const tables = await source.query<{ name: string }[]>(`
    SELECT relname AS name FROM pg_class c
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY relname`);
  const used: string[] = [];
  for (const { name } of tables.filter((table) => !MADE_BY_MIGRATIONS.has(table.name))) {
    const [{ any }] = await source.query<{ any: boolean }[]>(
      `SELECT EXISTS (SELECT FROM ${escapeIdentifier(name)}) AS any`,
    );
    if (any) used.push(name);
  }
  if (used.length === 0) return;
  throw new RestoreRefusedError(
    'restore.not_empty',
    `The database is not empty: rows are in ${used.slice(0, 5).join(', ')}${used.length > 5 ? ` and ${used.length - 5} more tables` : ''}.`,
    'a backup is restored into a new database, or one that was only migrated',
  );
}
