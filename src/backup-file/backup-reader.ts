import { BACKUP, BackupFileError, FORMAT } from './backup-format.js';
import type { BackupEnd, BackupHead, BackupManifest, ColumnSpec, TableEnd, TableHead } from './backup-format.js';
import { BackupSums } from './backup-sums.js';
import { TextLines } from './text-lines.js';

/** Rows are handed on in so many letters, or so many at a time. */
const [BATCH_LETTERS, BATCH_ROWS] = [512 * 1024, 2000];

/** What a backup holds, in the order of the file. */
export type BackupPart =
  | { kind: 'head'; head: BackupHead }
  | { kind: 'table'; table: TableHead }
  | { kind: 'rows'; lines: string[] }
  | { kind: 'table-end'; end: TableEnd }
  | { kind: 'manifest'; manifest: BackupManifest };

/**
 * Reads a backup with flat memory and checks it on the way: what is not a whole, unaltered one ends with a
 * {@link BackupFileError}, at the latest where the manifest would be.
 */
export async function* readBackup(bytes: AsyncIterable<Buffer>): AsyncGenerator<BackupPart, void> {
  const reader = new BackupReader();
  const lines = new TextLines();
  try {
    for await (const chunk of bytes) {
      for (const line of lines.push(chunk)) yield* reader.take(line);
    }
  } catch (error) {
    throw damageOf(error, reader.place);
  }
  yield reader.finish(lines.rest);
}

/** Reads all of it for what it says of itself. */
export async function manifestOf(bytes: AsyncIterable<Buffer>): Promise<BackupManifest> {
  for await (const part of readBackup(bytes)) if (part.kind === 'manifest') return part.manifest;
  throw new BackupFileError('It has no end.');
}

class BackupReader {
  private readonly sums = new BackupSums();
  private head: BackupHead | undefined;
  private checksum: string | undefined;
  private batch: string[] = [];
  private letters = 0;

  /** How far it has come, for people. */
  get place(): string {
    if (this.head === undefined) return 'at its beginning';
    const { table, tables } = this.sums;
    if (table !== undefined) return `in ${table}, after ${this.sums.openRows + this.batch.length} rows of it`;
    const last = tables.at(-1)?.table;
    return last === undefined ? 'after its first line' : `after ${last}`;
  }

  *take(line: string): Generator<BackupPart, void> {
    if (this.checksum !== undefined) throw new BackupFileError('Something follows its end.');
    if (!line.startsWith('[')) {
      yield* this.flush();
      yield* this.control(line);
      return;
    }
    if (this.sums.table === undefined) throw new BackupFileError('A row stands in it where none may be.');
    this.batch.push(line);
    this.letters += line.length;
    if (this.letters >= BATCH_LETTERS || this.batch.length >= BATCH_ROWS) yield* this.flush();
  }

  finish(rest: string): BackupPart {
    if (this.head === undefined) throw new BackupFileError('It is no backup of a registry.');
    if (rest !== '' || this.checksum === undefined) throw new BackupFileError(cutOff(this.place));
    const { tables } = this.sums;
    const rows = tables.reduce((total, table) => total + table.rows, 0);
    return { kind: 'manifest', manifest: { head: this.head, tables, rows, checksum: this.checksum } };
  }

  private *flush(): Generator<BackupPart, void> {
    if (this.batch.length === 0) return;
    const lines = this.batch;
    this.sums.rows(lines);
    this.batch = [];
    this.letters = 0;
    yield { kind: 'rows', lines };
  }

  private *control(line: string): Generator<BackupPart, void> {
    const value = parsed(line, this.place);
    if (this.head === undefined) {
      this.head = headOf(value);
      this.sums.line(line);
      yield { kind: 'head', head: this.head };
    } else if ('table' in value) {
      const table = tableOf(value);
      if (this.sums.table !== undefined) throw new BackupFileError(`The end of ${this.sums.table} is missing.`);
      this.sums.line(line);
      this.sums.begin(table);
      yield { kind: 'table', table };
    } else if (value.end === null) this.end(value as unknown as BackupEnd);
    else yield this.tableEnd(line, value as unknown as TableEnd);
  }

  private tableEnd(line: string, told: TableEnd): BackupPart {
    const { table } = this.sums;
    if (table === undefined || told.end !== table) throw new BackupFileError('It is not in order: a table is missing.');
    const found = this.sums.endTable();
    if (found.rows !== told.rows || found.sha256 !== told.sha256)
      throw new BackupFileError(`It was altered or damaged: ${mismatch(found, told)}.`);
    this.sums.line(line);
    return { kind: 'table-end', end: found };
  }

  private end(told: BackupEnd): void {
    if (this.sums.table !== undefined) throw new BackupFileError(`The end of ${this.sums.table} is missing.`);
    const found = this.sums.end();
    const missing = this.head!.tables.filter((name) => !this.sums.tables.some(({ table }) => table === name));
    if (missing.length > 0) throw new BackupFileError(`It was altered or damaged: ${missing[0]} is missing.`);
    if (found.sha256 !== told.sha256 || found.rows !== told.rows || found.tables !== told.tables)
      throw new BackupFileError('It was altered or damaged: its checksum does not fit.');
    this.checksum = found.sha256;
  }
}

const cutOff = (place: string): string => `It is cut off ${place}: its end is missing.`;

function parsed(line: string, place: string): Record<string, unknown> {
  try {
    const value = JSON.parse(line) as unknown;
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below: what it is not.
  }
  throw new BackupFileError(`It is no backup of a registry, or a damaged one: a line of it cannot be read, ${place}.`);
}

const mismatch = ({ end, rows }: TableEnd, told: TableEnd): string =>
  rows === told.rows
    ? `the ${rows} rows of ${end} do not come to their checksum`
    : `${end} has ${rows} rows, not ${String(told.rows)}`;

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const areValues = (value: unknown, fits: (one: unknown) => boolean): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(fits);
const isNumber = (value: unknown): boolean => isText(value) && /^-?\d{1,19}$/.test(value);

function headOf(value: Record<string, unknown>): BackupHead {
  if (value.backup !== BACKUP) throw new BackupFileError('It is no backup of a registry.');
  if (value.format !== FORMAT)
    throw new BackupFileError(`It is of format ${String(value.format)}; this release reads format ${FORMAT}.`);
  const whole =
    [value.release, value.created_at, value.postgres].every(isText) &&
    [value.migrations, value.master_keys, value.tables].every(isTexts) &&
    [value.seq, value.unnumbered].every(isCount) &&
    areValues(value.sequences, isNumber) &&
    areValues(value.partitions, isTexts);
  if (!whole) throw new BackupFileError('It was altered or damaged: its first line is not whole.');
  return value as unknown as BackupHead;
}

function tableOf(value: Record<string, unknown>): TableHead {
  const { table, columns } = value;
  const fits = (one: unknown): one is ColumnSpec => isTexts(one) && one.length === 2;
  if (isText(table) && Array.isArray(columns) && columns.every(fits)) return { table, columns };
  throw new BackupFileError('It was altered or damaged: a table has no columns.');
}

/** What the inflation of a damaged file says is said in its words. */
function damageOf(error: unknown, place: string): unknown {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return new BackupFileError(cutOff(place), error);
  if (code.startsWith('Z_')) return new BackupFileError(`It was altered or damaged ${place}: ${message}.`, error);
  return error;
}
