import { escapeIdentifier, escapeLiteral } from 'pg';
import type { ClientBase } from 'pg';
import type { BackupHead, TableHead } from '../../../backup-file/backup-format.js';
import { RestoreRefusedError } from './restore-refusal.js';
import type { CatalogTable } from './table-catalog.js';

/** What a statement takes at once. */
const BATCH_LETTERS = 1024 ** 2;

const TAKEN_APART = `
  SELECT format('ALTER TABLE %I DISABLE TRIGGER USER', c.relname) AS apart,
    format('ALTER TABLE %I ENABLE TRIGGER USER', c.relname) AS together, 3 AS step
  FROM pg_class c
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
  UNION ALL
  SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', c.relname, f.conname),
    format('ALTER TABLE %I ADD CONSTRAINT %I %s', c.relname, f.conname, pg_get_constraintdef(f.oid)), 2
  FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid
  WHERE c.relnamespace = current_schema()::regnamespace AND f.contype = 'f' AND f.conparentid = 0
  UNION ALL
  SELECT format('DROP INDEX %I', x.relname), pg_get_indexdef(i.indexrelid), 1
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
  WHERE c.relnamespace = current_schema()::regnamespace AND x.relkind = 'i' AND c.relkind = 'r'
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid)
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  ORDER BY step`;

/**
 * Takes away what would act on restored rows a second time (triggers) or row by row (foreign keys, indexes): rows come as
 * they were, and are checked and indexed at once. Gives what puts it back, which checks every reference.
 */
export async function takeApart(client: ClientBase): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ apart: string; together: string }>(TAKEN_APART);
  for (const { apart } of rows.toReversed()) await client.query(apart);
  return async () => {
    for (const { together } of rows) await client.query(together);
  };
}

/** What migrations put there is in the backup too. */
export async function emptied(client: ClientBase, tables: readonly CatalogTable[]): Promise<void> {
  for (const { name } of tables.toReversed()) await client.query(`DELETE FROM ${escapeIdentifier(name)}`);
}

/** Loads the rows of one table after another. */
export class Loader {
  private insert = '';
  private waiting: string[] = [];
  private letters = 0;

  constructor(
    private readonly client: ClientBase,
    private readonly tables: readonly CatalogTable[],
  ) {}

  begin({ table: name, columns }: TableHead): void {
    const table = this.tables.find((one) => one.name === name);
    if (!table) throw misfit(`There is no table ${name} at the version of its schema.`);
    for (const [column, type] of columns)
      if (!table.columns.some((one) => one.name === column && one.type === type))
        throw misfit(`${name}.${column} is no ${type} at the version of its schema.`);
    const names = columns.map(([column]) => escapeIdentifier(column)).join(', ');
    const values = columns.map(([, type], at) => `(r ->> ${at})::${type}`).join(', ');
    this.insert = `INSERT INTO ${escapeIdentifier(name)} (${names}) OVERRIDING SYSTEM VALUE
      SELECT ${values} FROM jsonb_array_elements($1::jsonb) AS r`;
  }

  async add(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      this.waiting.push(line);
      this.letters += line.length;
      if (this.letters >= BATCH_LETTERS) await this.flush();
    }
  }

  async flush(): Promise<void> {
    if (this.waiting.length === 0) return;
    const batch = `[${this.waiting.join(',')}]`;
    this.waiting = [];
    this.letters = 0;
    await this.client.query(this.insert, [batch]);
  }
}

const misfit = (message: string): RestoreRefusedError =>
  new RestoreRefusedError('restore.misfit', `The backup does not fit this release. ${message}`);

/** The next number of each sequence is the one it would have been where the backup was made: none is given twice. */
export async function setSequences(
  client: ClientBase,
  tables: readonly CatalogTable[],
  { sequences }: BackupHead,
): Promise<void> {
  for (const { name, columns } of tables)
    for (const { name: column } of columns.filter(({ identity }) => identity)) {
      const sequence = `pg_get_serial_sequence(${escapeLiteral(escapeIdentifier(name))}, ${escapeLiteral(column)})`;
      const last = sequences[`${name}.${column}`];
      if (last === undefined) await client.query(`SELECT setval(${sequence}, 1, false)`);
      else await client.query(`SELECT setval(${sequence}, $1, true)`, [last]);
    }
}
