import type { ClientBase } from 'pg';
import type { BackupManifest, TableSum } from '../../../backup-file/backup-format.js';
import { RowSum } from '../../../backup-file/backup-sums.js';
import { tablesOf } from './table-catalog.js';
import type { CatalogTable } from './table-catalog.js';
import { SAME_TEXT, rowsOf } from './table-rows.js';

/** A table that is not what a backup says. */
export interface TableDifference {
  table: string;
  /** Of the backup, and of the database; null where the table, or a column of it, is not there. */
  expected_rows: number;
  rows: number | null;
}

/** Compares every table with what a backup says of it, within the running transaction. `looked` hears of each. */
export async function differencesFrom(
  client: ClientBase,
  manifest: BackupManifest,
  looked: (table: string, rows: number) => void = () => undefined,
): Promise<TableDifference[]> {
  await client.query(SAME_TEXT);
  const tables = await tablesOf(client);
  const differences: TableDifference[] = [];
  for (const expected of manifest.tables) {
    const table = tables.find(({ name }) => name === expected.table);
    const found = table && fits(table, expected) ? await sumOf(client, table, expected, manifest) : undefined;
    if (found?.sha256 !== expected.sha256 || found.rows !== expected.rows)
      differences.push({ table: expected.table, expected_rows: expected.rows, rows: found?.rows ?? null });
    looked(expected.table, expected.rows);
  }
  return differences;
}

const fits = ({ columns }: CatalogTable, { columns: wanted }: TableSum): boolean =>
  wanted.every(([name, type]) => columns.some((column) => column.name === name && column.type === type));

async function sumOf(
  client: ClientBase,
  table: CatalogTable,
  { columns }: TableSum,
  { head }: BackupManifest,
): Promise<{ rows: number; sha256: string }> {
  // That it was restored stands in the trail, behind all that was.
  const where = table.name === 'audit' ? `WHERE id <= ${BigInt(head.sequences['audit.id'] ?? 0)}` : '';
  const sum = new RowSum();
  for await (const lines of rowsOf(client, table, columns, where)) sum.add(lines);
  return { rows: sum.rows, sha256: sum.sha256() };
}
