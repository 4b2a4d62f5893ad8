import type { ClientBase } from 'pg';
import type { ColumnSpec } from '../../../backup-file/backup-format.js';
import { rowQueries } from './table-catalog.js';
import type { CatalogTable } from './table-catalog.js';

/** What is fetched at once: as text it is twice as much and, of what is packed well, many times as much. */
const AT_ONCE_BYTES = 128 * 1024;
const AT_ONCE_ROWS = 2000;
const SIZES_AT_ONCE = 5000;

/** So that a value has the same text in every session. */
export const SAME_TEXT = `
  SET LOCAL TimeZone = 'UTC';
  SET LOCAL DateStyle = 'ISO, MDY';
  SET LOCAL IntervalStyle = 'postgres';
  SET LOCAL bytea_output = 'hex';
  SET LOCAL extra_float_digits = 1;
  SET LOCAL jit = off`;

/**
 * The rows of a table within the running transaction, a handful at a time. Their sizes are asked for before: rows that
 * were small say nothing of those that follow, and two thousand of a megabyte each fit into no process.
 */
export async function* rowsOf(
  client: ClientBase,
  table: CatalogTable,
  columns: readonly ColumnSpec[],
  where = '',
): AsyncGenerator<string[], void> {
  const { rows: lines, sizes } = rowQueries(table, columns, where);
  await client.query(`DECLARE backup_sizes NO SCROLL CURSOR FOR ${sizes}`);
  await client.query(`DECLARE backup_rows NO SCROLL CURSOR FOR ${lines}`);
  for await (const count of countsOf(client)) {
    const { rows } = await client.query<{ line: string }>(`FETCH FORWARD ${count} FROM backup_rows`);
    yield rows.map(({ line }) => line);
  }
  await client.query('CLOSE backup_rows; CLOSE backup_sizes');
}

/** How many rows to fetch, time after time. */
async function* countsOf(client: ClientBase): AsyncGenerator<number, void> {
  let [count, bytes] = [0, 0];
  for (;;) {
    const { rows } = await client.query<{ stored: number }>(`FETCH FORWARD ${SIZES_AT_ONCE} FROM backup_sizes`);
    for (const { stored } of rows) {
      if (count === AT_ONCE_ROWS || (count > 0 && bytes + stored > AT_ONCE_BYTES)) {
        yield count;
        [count, bytes] = [0, 0];
      }
      count++;
      bytes += stored;
    }
    if (rows.length < SIZES_AT_ONCE) break;
  }
  if (count > 0) yield count;
}
