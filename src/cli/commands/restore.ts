import type { CommandContext } from '../core/context.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { grouped } from '../output/time.js';
import { column, type View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import { CHECKSUM_OPTION, damaged, DAMAGED, extentOf, readFile, sizeOf } from './backup-view.js';
import { DATA_DIR_OPTION, placeOf, TO_DATABASE_OPTION, type DatabasePlace } from './database-place.js';
import { runOffline, type OfflineDone } from './offline-program.js';

export interface RestoredRow extends OfflineDone {
  into: string;
  migrations: number;
  missing_master_keys: string[];
}

interface Difference {
  table: string;
  expected_rows: number;
  rows: number | null;
}

export const restoredView: View<RestoredRow> = {
  fields: ['into', 'created_at', 'release', 'seq', 'tables', 'rows', 'checksum', 'migrations', 'missing_master_keys'],
  columns: [column('INTO', 'into'), column('SEQ', 'seq'), column('ROWS', 'rows'), column('CHECKSUM', 'checksum')],
  name: ({ checksum }) => checksum,
};

const differenceView: View<Difference> = {
  fields: ['table', 'expected_rows', 'rows'],
  columns: [
    column('TABLE', 'table'),
    column('ROWS IN THE BACKUP', 'expected_rows', { right: true }),
    column('ROWS HERE', 'rows', { right: true }),
  ],
  name: ({ table }) => table,
};

export const restoreCommand: LeafSpec = {
  name: 'restore',
  summary: 'Restore a backup into an empty database that no service has open',
  description:
    'Reads the whole file first and refuses one that is not whole; writes all of it or nothing; compares every table with\n' +
    'the checksums of the backup before it is kept. A backup of an older release is brought up to date afterwards, one of\n' +
    'a newer release is refused. Secrets stay sealed: the service needs the same REGISTRY_MASTER_KEY (or master.key), and\n' +
    'keys the same API_KEY_PEPPER. --verify writes nothing and says whether the database is what the backup holds: 0 when\n' +
    'it is, 10 when not (a service that has run since has changed it).',
  arguments: [{ name: 'file', summary: 'file that "backup" wrote', required: true, completes: 'file' }],
  options: [
    TO_DATABASE_OPTION,
    DATA_DIR_OPTION,
    CHECKSUM_OPTION,
    { flags: '--verify', summary: 'compare only, table by table', common: true },
  ],
  examples: [
    { cmd: 'restore registry.ureg --data-dir ./restored', norun: 'makes a database' },
    {
      cmd: 'restore registry.ureg --to postgresql://registry@db.example.com/registry',
      norun: 'needs a database of yours',
    },
    { cmd: 'restore registry.ureg --data-dir ./restored --verify', norun: 'needs a database of yours' },
  ],
  effect: 'local-writes',
  view: restoredView,
  async run(context, { args, options }) {
    const file = String(args[0]);
    const place = placeOf(context, options);
    void context.format;
    sizeOf(file);
    const backup =
      context.dryRun || options.checksum !== undefined
        ? await readFile(context, file, { checksum: options.checksum, code: ExitCode.invalid })
        : undefined;
    if (context.dryRun) {
      const verb = options.verify === true ? 'compare' : 'restore';
      const where = verb === 'compare' ? `with ${place.text}` : `into ${place.text}, if that is empty`;
      return context.say(`would ${verb} ${extentOf(backup!)} ${where}`, {
        dry_run: true,
        action: verb,
        into: place.text,
        ...backup,
      });
    }
    if (options.verify === true) return compare(context, file, place);
    const row = (await ofFile(context, 'restore', file, place, backup?.rows)) as RestoredRow;
    await tellRestored(context, 'restored', { ...row, into: place.text });
  },
};

/** What was restored, and which master keys the service needs to open its secrets. */
export async function tellRestored(
  context: CommandContext,
  verb: string,
  row: RestoredRow,
  missing = row.missing_master_keys,
): Promise<void> {
  const newer = row.migrations > 0 ? `, then ran ${row.migrations} newer migrations` : '';
  const sentence = `${verb} ${extentOf(row)} into ${row.into}: every table comes to its checksum${newer}`;
  await context.changed(sentence, row, restoredView);
  if (missing.length > 0)
    context.notice(
      `its secrets stay sealed: they need the master key ${missing.join(', ')}, which is not here; set REGISTRY_MASTER_KEY before the service starts`,
    );
}

/** Runs it, and names the file where that is refused. */
async function ofFile(
  context: CommandContext,
  word: 'restore' | 'compare',
  file: string,
  { env }: DatabasePlace,
  rows?: number,
): Promise<OfflineDone> {
  return runOffline(context, [word, file], env, rows).catch((error: unknown) => {
    throw error instanceof CliError && error.code === DAMAGED ? damaged(file, error, ExitCode.invalid) : error;
  });
}

async function compare(context: CommandContext, file: string, place: DatabasePlace): Promise<void> {
  const found = (await ofFile(context, 'compare', file, place)) as OfflineDone & {
    same: boolean;
    differences: Difference[];
  };
  const { same, differences, rows } = found;
  if (!context.speaks) await context.one({ ...found, into: place.text } as unknown as RestoredRow, restoredView);
  else if (same) await context.write(`the same  ${extentOf(found)}: every table comes to its checksum\n`);
  else {
    await context.write(
      `different  ${differences.length} tables are not what the backup of ${grouped(rows)} rows holds\n`,
    );
    await context.list(differences, differenceView);
  }
  if (!same) context.exit(ExitCode.no);
}
