import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { backupBytes } from '../../../backup-file/backup-bytes.js';
import type { BackupManifest } from '../../../backup-file/backup-format.js';
import { manifestOf, readBackup } from '../../../backup-file/backup-reader.js';
import type { DatabaseSchema } from '../data-source.js';
import { EmbeddedPostgres } from '../embedded/embedded-postgres.js';
import { waitForDatabase } from '../wait-for-database.js';
import { differencesFrom } from './comparison.js';
import type { TableDifference } from './comparison.js';
import { dumpDatabase } from './dump.js';
import { restoreDatabase } from './restore.js';
import type { Restored, RestoreStage } from './restore.js';
import { RestoreRefusedError } from './restore-refusal.js';
import type { RestoreTarget } from './restore-target.js';

/** A database: of a server, or embedded in a folder. */
export type DatabasePlace = { url: string } | { dataDir: string };

export interface BackupContext {
  schema: DatabaseSchema;
  release: string;
  told: (stage: RestoreStage, rows: number) => void;
  /** Hears of what takes its time, for people. */
  print: (line: string) => void;
}

const PATIENCE_MS = 86_400_000;

const folderOf = ({ dataDir }: { dataDir: string }): string => join(dataDir, 'postgres');

/** Restores the backup of a file into an empty database. */
export async function restoreFile(context: BackupContext, file: string, place: DatabasePlace): Promise<Restored> {
  // Before anything is made or written: all of it is read, and what is not whole is refused.
  await manifestOf(backupBytes(file));
  const { schema, told } = context;
  return opened(place, context, (target) => restoreDatabase(readBackup(backupBytes(file)), { target, schema, told }));
}

/** Compares a database with the backup of a file; writes nothing. */
export async function compareFile(
  context: BackupContext,
  file: string,
  place: DatabasePlace,
): Promise<{ manifest: BackupManifest; differences: TableDifference[] }> {
  const manifest = await manifestOf(backupBytes(file));
  assertThere(place);
  return opened(place, context, ({ url }) =>
    connected(url, async (client) => {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const differences = await differencesFrom(client, manifest, (_, rows) => context.told('checking', rows));
      await client.query('ROLLBACK');
      return { manifest, differences };
    }),
  );
}

/** Moves everything from one database, which no service may have open, into another one that is empty. */
export function moveDatabase(context: BackupContext, from: DatabasePlace, to: DatabasePlace): Promise<Restored> {
  const { schema, told, release } = context;
  assertThere(from);
  return opened(from, context, (source) =>
    connected(source.url, (client) =>
      opened(to, context, (target) =>
        restoreDatabase(readBackup(bytesOf(dumpDatabase(client, release))), { target, schema, told }),
      ),
    ),
  );
}

async function* bytesOf(pieces: AsyncGenerator<string, void>): AsyncGenerator<Buffer, void> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

/** A folder without a database would be made into one. */
function assertThere(place: DatabasePlace): void {
  if ('url' in place || existsSync(join(folderOf(place), 'PG_VERSION'))) return;
  throw new RestoreRefusedError('restore.no_database', `There is no registry in ${place.dataDir}.`);
}

async function opened<T>(
  place: DatabasePlace,
  { print }: BackupContext,
  work: (target: RestoreTarget) => Promise<T>,
): Promise<T> {
  if ('url' in place) {
    await waitForDatabase(place.url, print, { tries: 5 });
    return work({ url: place.url, embedded: false });
  }
  const postgres = await EmbeddedPostgres.start({ folder: folderOf(place), idleInTransactionMs: PATIENCE_MS });
  try {
    return await work({ url: postgres.url, embedded: true });
  } finally {
    await postgres.stop();
  }
}

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, application_name: 'universal-registry backup' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
