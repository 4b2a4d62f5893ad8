import { BackupFileError, type BackupManifest } from '../../backup-file/backup-format.js';
import { manifestOf } from '../../backup-file/backup-reader.js';
import { backupBytes } from '../../backup-file/backup-bytes.js';
import { statSync } from 'node:fs';
import type { CommandContext } from '../core/context.js';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { grouped } from '../output/time.js';
import { column, type View } from '../output/view.js';
import type { OptionSpec } from '../spec/types.js';

/** What a backup says of itself. */
export interface BackupRow extends Record<string, unknown> {
  file: string;
  bytes: number;
  created_at: string;
  release: string;
  seq: number;
  unnumbered: number;
  rows: number;
  checksum: string;
  tables: { table: string; rows: number; sha256: string }[];
}

export const backupView: View<BackupRow> = {
  fields: ['file', 'bytes', 'created_at', 'release', 'seq', 'unnumbered', 'rows', 'checksum', 'tables', 'master_keys'],
  columns: [
    column('FILE', 'file'),
    column('CREATED', 'created_at'),
    column('SEQ', 'seq', { right: true }),
    column('ROWS', 'rows', { right: true }),
    column('CHECKSUM', 'checksum'),
  ],
  name: ({ checksum }) => checksum,
};

export const CHECKSUM_OPTION: OptionSpec = {
  flags: '--checksum <sha256>',
  summary: 'what the backup must come to, as it was told when it was made',
  common: true,
};

/** Code of a refusal of the file. */
export const DAMAGED = 'backup.damaged';

/** Reads all of a backup, refusing what is not a whole one; `code` is the exit code then, `as` its name to come. */
export async function readFile(
  context: CommandContext,
  file: string,
  { checksum, code, as = file }: { checksum?: unknown; code: ExitCode; as?: string },
): Promise<BackupRow> {
  const progress = context.progress();
  try {
    const bytes = sizeOf(file);
    progress.stage('reading bytes', bytes);
    const manifest = await manifestOf(backupBytes(file, (read) => progress.advance(read)));
    if (checksum !== undefined && checksum !== manifest.checksum)
      throw new BackupFileError(`It comes to ${manifest.checksum}: it is another backup than that one.`);
    return rowOf(as, bytes, manifest);
  } catch (error) {
    if (!(error instanceof BackupFileError)) throw error;
    throw damaged(as, error, code);
  } finally {
    progress.stop();
  }
}

export const damaged = (file: string, cause: Error, exitCode: ExitCode): CliError =>
  new CliError(DAMAGED, `${JSON.stringify(file)} is not the whole backup it should be`, {
    exitCode,
    reason: cause.message,
    cause,
  });

/** Refuses what is no file that can be read, before anything is begun with it. */
export function sizeOf(file: string): number {
  try {
    const found = statSync(file);
    if (found.isFile()) return found.size;
  } catch (cause) {
    throw usageError(`cannot read ${JSON.stringify(file)}`, { reason: (cause as Error).message, cause });
  }
  throw usageError(`cannot read ${JSON.stringify(file)}`, { reason: 'it is no file' });
}

const rowOf = (file: string, bytes: number, { head, tables, rows, checksum }: BackupManifest): BackupRow => ({
  file,
  bytes,
  created_at: head.created_at,
  release: head.release,
  seq: head.seq,
  unnumbered: head.unnumbered,
  rows,
  checksum,
  tables: tables.map(({ table, rows: count, sha256 }) => ({ table, rows: count, sha256 })),
  master_keys: head.master_keys,
});

/** `12,345 rows of 63 tables as of event 1,234`. */
export const extentOf = ({ rows, tables, seq }: { rows: number; tables: unknown[] | number; seq: number }): string =>
  `${grouped(rows)} rows of ${typeof tables === 'number' ? tables : tables.length} tables as of event ${grouped(seq)}`;
