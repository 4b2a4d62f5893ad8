import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import type { LeafSpec } from '../spec/types.js';
import { placeText, serverEnv } from './database-place.js';
import { runOffline } from './offline-program.js';
import { restoredView, tellRestored, type RestoredRow } from './restore.js';

export const migrateCommand: LeafSpec = {
  name: 'migrate',
  summary: 'Move an embedded registry to a PostgreSQL server, everything and exactly',
  description:
    'Stop the service first: what it acknowledged after the move would stay behind, so a folder in use is refused. The\n' +
    'database must be empty; it gets all or nothing, and every table is compared by checksum before it is kept. The folder\n' +
    'is only read. Afterwards start the service with DATABASE_URL, and with what master.key in the folder holds as\n' +
    'REGISTRY_MASTER_KEY.',
  options: [
    {
      flags: '--to <url>',
      summary: 'PostgreSQL database, postgresql://user:password@host:5432/name (default: DATABASE_URL)',
      common: true,
    },
    { flags: '--data-dir <folder>', summary: 'folder to move from (default: DATA_DIR, else ./data)', common: true },
  ],
  examples: [
    { cmd: 'migrate --to postgresql://registry@db.example.com/registry', norun: 'needs a database of yours' },
    {
      cmd: 'migrate --to postgresql://registry@localhost/registry --data-dir ./data -n',
      norun: 'needs a registry of yours',
    },
  ],
  effect: 'local-writes',
  view: restoredView,
  async run(context, { options }) {
    const { env } = context.terminal;
    const url = (options.to as string | undefined) ?? env.DATABASE_URL;
    if (!url) throw usageError('missing where: --to <url>', { reason: 'DATABASE_URL is not set either' });
    const to = serverEnv(url, options.to !== undefined);
    const into = placeText(url);
    const from = resolve((options.dataDir as string | undefined) ?? (env.DATA_DIR || 'data'));
    void context.format;
    if (context.dryRun)
      return context.say(`would move the registry in ${from} to ${into}`, {
        dry_run: true,
        action: 'migrate',
        from,
        into,
      });
    if (!existsSync(join(from, 'postgres', 'PG_VERSION')))
      throw new CliError('restore.no_database', `there is no registry in ${from}`, {
        exitCode: ExitCode.notFound,
        next: `${context.program} migrate --to <url> --data-dir <folder>`,
      });
    const row = (await runOffline(context, ['migrate'], { ...to, FROM_DATA_DIR: from })) as RestoredRow;
    const key = join(from, 'master.key');
    const kept = existsSync(key);
    await tellRestored(context, 'moved', { ...row, into }, kept ? [] : row.missing_master_keys);
    if (kept) context.notice(`the service there needs REGISTRY_MASTER_KEY="$(cat ${key})"`);
  },
};
