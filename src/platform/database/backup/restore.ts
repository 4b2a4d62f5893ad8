import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import type { BackupHead, BackupManifest } from '../../../backup-file/backup-format.js';
import type { BackupPart } from '../../../backup-file/backup-reader.js';
import type { DatabaseSchema } from '../data-source.js';
import { runMigrations } from '../migrations.js';
import { differencesFrom } from './comparison.js';
import { Loader, emptied, setSequences, takeApart } from './loading.js';
import { addPartitions } from './partitions.js';
import { RestoreRefusedError } from './restore-refusal.js';
import { assertKnown, preparedTarget } from './restore-target.js';
import type { RestoreTarget } from './restore-target.js';
import { columnsOf, tablesOf } from './table-catalog.js';

export type RestoreStage = 'loading' | 'checking' | 'migrating';

export interface RestoreOptions {
  target: RestoreTarget;
  schema: DatabaseSchema;
  /** Hears what is done, and of how many rows. */
  told?: (stage: RestoreStage, rows: number) => void;
}

export interface Restored {
  manifest: BackupManifest;
  /** Migrations that the backup was too old for, run after it. */
  migrated: string[];
}

/**
 * Restores a backup into an empty database: the schema of the backup, its rows in one transaction, which commits when every
 * table comes to the checksum of the backup, then the migrations that are newer. A failure leaves the database empty.
 */
export async function restoreDatabase(
  parts: AsyncGenerator<BackupPart, void>,
  options: RestoreOptions,
): Promise<Restored> {
  try {
    return await restored(parts, options);
  } finally {
    await parts.return();
  }
}

async function restored(
  parts: AsyncGenerator<BackupPart, void>,
  { target, schema, told = () => undefined }: RestoreOptions,
): Promise<Restored> {
  const first = await parts.next();
  if (first.done || first.value.kind !== 'head') throw new Error('A backup begins with its head.');
  const { head } = first.value;
  assertKnown(head, schema);
  const source = await preparedTarget(target, schema, head);
  try {
    const manifest = await inTransaction(source, async (client) => {
      // Room for building indexes; the embedded database has what it has.
      if (!target.embedded) await client.query(`SET LOCAL maintenance_work_mem = '256MB'`);
      return load(client, parts, head, told);
    });
    told('migrating', 0);
    return { manifest, migrated: await runMigrations(source) };
  } finally {
    await source.destroy();
  }
}

async function load(
  client: PoolClient,
  parts: AsyncGenerator<BackupPart, void>,
  head: BackupHead,
  told: NonNullable<RestoreOptions['told']>,
): Promise<BackupManifest> {
  await addPartitions(client, head.partitions);
  const tables = await tablesOf(client);
  const putTogether = await takeApart(client);
  await emptied(client, tables);
  const manifest = await loadRows(new Loader(client, tables), parts, (rows) => told('loading', rows));
  await setSequences(client, tables, head);
  await putTogether();
  await client.query(`ANALYZE ${tables.map(({ name }) => `"${name}"`).join(', ')}`);
  const differences = await differencesFrom(client, manifest, (_, rows) => told('checking', rows));
  const [wrong] = differences;
  if (wrong)
    throw new RestoreRefusedError(
      'restore.differs',
      `${wrong.table} does not come to the checksum of the backup (${wrong.rows} rows of ${wrong.expected_rows}); nothing was kept.`,
    );
  assertWhole(
    tables.map((table) => [table.name, columnsOf(table).length]),
    manifest,
  );
  await recordRestore(client, manifest);
  return manifest;
}

async function loadRows(
  loader: Loader,
  parts: AsyncGenerator<BackupPart, void>,
  told: (rows: number) => void,
): Promise<BackupManifest> {
  for await (const part of parts) {
    if (part.kind === 'table') loader.begin(part.table);
    else if (part.kind === 'rows') {
      await loader.add(part.lines);
      told(part.lines.length);
    } else if (part.kind === 'table-end') await loader.flush();
    else if (part.kind === 'manifest') return part.manifest;
  }
  throw new Error('A backup ends with its manifest.');
}

/** A table that the backup leaves out, though its schema has it, would be empty without a word. */
function assertWhole(tables: readonly (readonly [string, number])[], manifest: BackupManifest): void {
  for (const [name, columns] of tables) {
    const has = manifest.tables.find(({ table }) => table === name);
    if (has?.columns.length !== columns)
      throw new RestoreRefusedError('restore.misfit', `The backup lacks the table ${name}, or a column of it.`);
  }
}

/** Whoever reads the trail sees that what follows was done to what a backup held. */
async function recordRestore(client: PoolClient, { head, rows, checksum }: BackupManifest): Promise<void> {
  const details = { created_at: head.created_at, release: head.release, seq: head.seq, rows, checksum };
  await client.query(
    `INSERT INTO audit (actor, actor_type, action, outcome, details) VALUES ('system', 'system', 'backup.restore', 'success', $1)`,
    [JSON.stringify(details)],
  );
}

async function inTransaction<T>(source: DataSource, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const runner = source.createQueryRunner();
  try {
    const client = (await runner.connect()) as PoolClient;
    await client.query('BEGIN');
    try {
      await client.query('SET LOCAL statement_timeout = 0');
      await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      const done = await work(client);
      await client.query('COMMIT');
      return done;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  } finally {
    await runner.release();
  }
}
