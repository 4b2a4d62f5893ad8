import { escapeIdentifier } from 'pg';
import type { ClientBase } from 'pg';
import type { ColumnSpec } from '../../../backup-file/backup-format.js';

export interface CatalogColumn {
  name: string;
  type: string;
  /** In an order of its own, by the database's collation, when it is a text. */
  text: boolean;
  /** Numbered by a sequence. */
  identity: boolean;
  /** A transaction's number, which is of no meaning in another cluster. */
  clusters: boolean;
}

export interface CatalogTable {
  name: string;
  columns: CatalogColumn[];
  /** Of the primary key. */
  key: string[];
  /** Tables that it refers to. */
  needs: string[];
}

/** Of TypeORM: which migrations have run stands in the head of a backup. */
const NOT_OURS = ['migration', 'typeorm_metadata'];

/**
 * By the numbers of transactions events and the audit trail are put in order, also where they are restored. Elsewhere such a
 * number says which changes a process has not heard of yet: there a restored row is a new one, and gets the number it is given.
 */
const IN_ORDER = ['event', 'audit'];

const TABLES = `
  SELECT c.relname AS name, (
      SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
          'text', t.typcategory = 'S', 'identity', a.attidentity <> '',
          'clusters', coalesce(pg_get_expr(d.adbin, d.adrelid) = 'pg_current_xact_id()', false)
            AND c.relname <> ALL ($2)) ORDER BY a.attnum)
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns, (
      SELECT coalesce(json_agg(a.attname ORDER BY k.n), '[]')
      FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
      WHERE i.indrelid = c.oid AND i.indisprimary) AS key, (
      SELECT coalesce(json_agg(DISTINCT r.relname), '[]')
      FROM pg_constraint f JOIN pg_class r ON r.oid = f.confrelid
      WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS needs
  FROM pg_class c
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND c.relname <> ALL ($1) AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  ORDER BY c.relname COLLATE "C"`;

/** Every table of the registry, each after those that it refers to. */
export async function tablesOf(client: ClientBase): Promise<CatalogTable[]> {
  const { rows } = await client.query<CatalogTable>(TABLES, [NOT_OURS, IN_ORDER]);
  return inOrder(rows);
}

function inOrder(tables: readonly CatalogTable[]): CatalogTable[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const done = new Set<CatalogTable>();
  const visit = (table: CatalogTable, above: readonly string[]): void => {
    if (done.has(table) || above.includes(table.name)) return;
    for (const name of table.needs) {
      const needed = byName.get(name);
      if (needed) visit(needed, [...above, table.name]);
    }
    done.add(table);
  };
  for (const table of tables) visit(table, []);
  return [...done];
}

/** What a backup has of a table: no number of the cluster it comes from. */
export const columnsOf = ({ columns }: CatalogTable): ColumnSpec[] =>
  columns.filter(({ clusters }) => !clusters).map(({ name, type }) => [name, type]);

export interface RowQueries {
  /** Gives `line`: the row. */
  rows: string;
  /** Gives `stored`: what the row takes on disk, packed as it is there, and read without what is kept apart from it. */
  sizes: string;
}

/**
 * Rows as a backup has them, in an order that is the same everywhere: that of the key, texts by their bytes. Values are
 * PostgreSQL's own texts, which it takes back without loss: numbers, JSON and vectors alike.
 */
export function rowQueries(table: CatalogTable, columns: readonly ColumnSpec[], where = ''): RowQueries {
  const names = columns.map(([name]) => escapeIdentifier(name));
  const line = `array_to_json(ARRAY[${names.map((name) => `${name}::text`).join(', ')}]::text[])::text`;
  const stored = names.map((name) => `coalesce(pg_column_size(${name}), 0)`).join(' + ');
  const isText = (name: string): boolean => table.columns.find((column) => column.name === name)?.text === true;
  const key = table.key.map((name) => `${escapeIdentifier(name)}${isText(name) ? ' COLLATE "C"' : ''}`).join(', ');
  const from = `FROM ${escapeIdentifier(table.name)} ${where} ORDER BY ${key || line}`;
  return { rows: `SELECT ${line} AS line ${from}`, sizes: `SELECT ${stored || '0'} AS stored ${from}` };
}
