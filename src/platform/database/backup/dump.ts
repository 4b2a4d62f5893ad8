import { escapeIdentifier } from 'pg';
import type { ClientBase } from 'pg';
import { BACKUP, FORMAT } from '../../../backup-file/backup-format.js';
import type { BackupHead } from '../../../backup-file/backup-format.js';
import { BackupWriter } from '../../../backup-file/backup-writer.js';
import { partitionsOf } from './partitions.js';
import { columnsOf, tablesOf } from './table-catalog.js';
import type { CatalogTable } from './table-catalog.js';
import { SAME_TEXT, rowsOf } from './table-rows.js';

const LOCKED = `
  SET LOCAL statement_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = 0;
  SET LOCAL lock_timeout = '10s'`;

/**
 * Everything that the database holds at one moment, as the text of a backup. The connection is this one's until the end.
 * Nobody waits for it but who drops a table or a part of one.
 */
export async function* dumpDatabase(client: ClientBase, release: string): AsyncGenerator<string, void> {
  const writer = new BackupWriter();
  const known = await tablesOf(client);
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  try {
    await client.query(LOCKED);
    // Before the moment is fixed: what is dropped after it would be missing, snapshot or not.
    await client.query(`LOCK TABLE ${known.map(({ name }) => escapeIdentifier(name)).join(', ')} IN ACCESS SHARE MODE`);
    await client.query(SAME_TEXT);
    const tables = await tablesOf(client);
    yield writer.head(await headOf(client, tables, release));
    for (const table of tables) {
      const columns = columnsOf(table);
      yield writer.table({ table: table.name, columns });
      for await (const lines of rowsOf(client, table, columns)) yield writer.rows(lines);
      yield writer.endTable();
    }
    yield writer.end();
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}

const FACTS = `
  SELECT current_setting('server_version') AS postgres, s.seq::text AS seq,
    (SELECT count(*)::integer FROM event e WHERE e.seq IS NULL) AS unnumbered,
    (SELECT json_agg(m.name ORDER BY m.id) FROM migration m) AS migrations,
    (SELECT coalesce(json_agg(DISTINCT k.master_key_id), '[]') FROM data_key k) AS master_keys
  FROM event_sequence s`;

interface Facts {
  postgres: string;
  seq: string;
  unnumbered: number;
  migrations: string[];
  master_keys: string[];
}

async function headOf(client: ClientBase, tables: readonly CatalogTable[], release: string): Promise<BackupHead> {
  const { rows } = await client.query<Facts>(FACTS);
  const { seq, ...facts } = rows[0];
  return {
    backup: BACKUP,
    format: FORMAT,
    release,
    created_at: new Date().toISOString(),
    ...facts,
    seq: Number(seq),
    sequences: await sequencesOf(client, tables),
    partitions: await partitionsOf(client),
    tables: tables.map(({ name }) => name),
  };
}

/**
 * The last number that each sequence gave; those that gave none are left out. Sequences know no snapshot: read after it was
 * taken, they are never behind a row of it.
 */
async function sequencesOf(client: ClientBase, tables: readonly CatalogTable[]): Promise<Record<string, string>> {
  // Of an older schema, which its owner reads.
  const { rows: found } = await client.query<{ there: boolean }>(
    `SELECT to_regproc('sequence_positions') IS NOT NULL AS there`,
  );
  const positions = found[0].there
    ? 'sequence_positions()'
    : '(SELECT sequencename::text AS name, last_value AS given FROM pg_sequences WHERE schemaname = current_schema())';
  const { rows } = await client.query<{ name: string; given: string | null }>(
    `SELECT p.name, p.given::text FROM ${positions} p`,
  );
  const byName = new Map(rows.map(({ name, given }) => [name, given]));
  const numbered = tables.flatMap(({ name, columns }) =>
    columns.filter(({ identity }) => identity).map((column) => ({ table: name, column: column.name })),
  );
  const sequences: Record<string, string> = {};
  for (const { table, column } of numbered) {
    const { rows: own } = await client.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c WHERE c.oid = pg_get_serial_sequence($1, $2)::regclass`,
      [escapeIdentifier(table), column],
    );
    const given = byName.get(own[0].name);
    if (given) sequences[`${table}.${column}`] = given;
  }
  return sequences;
}
