import type { ClientBase } from 'pg';
import type { ColumnSpec } from '../../../backup-file/backup-format.js';
import { rowsSql } from './table-catalog.js';
import type { CatalogTable } from './table-catalog.js';

/** What is fetched at once, as far as the rows before tell. */
const AT_ONCE_LETTERS = 512 * 1024;
const [FEWEST, MOST] = [1, 2000];

/** So that a value has the same text in every session. */
export const SAME_TEXT = `
  SET LOCAL TimeZone = 'UTC';
  SET LOCAL DateStyle = 'ISO, MDY';
  SET LOCAL IntervalStyle = 'postgres';
  SET LOCAL bytea_output = 'hex';
  SET LOCAL extra_float_digits = 1;
  SET LOCAL jit = off`;

/** The rows of a table within the running transaction, a handful at a time: as many as are half a megabyte. */
export async function* rowsOf(
  client: ClientBase,
  table: CatalogTable,
  columns: readonly ColumnSpec[],
  where = '',
): AsyncGenerator<string[], void> {
  await client.query(`DECLARE backup_rows NO SCROLL CURSOR FOR ${rowsSql(table, columns, where)}`);
  let count = 50;
  for (;;) {
    const { rows } = await client.query<{ line: string }>(`FETCH FORWARD ${count} FROM backup_rows`);
    if (rows.length > 0) yield rows.map(({ line }) => line);
    if (rows.length < count) break;
    const letters = rows.reduce((sum, { line }) => sum + line.length, 0);
    count = Math.max(FEWEST, Math.min(MOST, Math.floor((AT_ONCE_LETTERS * rows.length) / Math.max(1, letters))));
  }
  await client.query('CLOSE backup_rows');
}
