import { randomBytes } from 'node:crypto';
import { rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Client } from 'pg';
import { UnavailableError } from '../../errors/registry-error.js';
import type { DatabaseSettings } from '../database-settings.js';
import { sizeOfFolder } from '../embedded/data-folder.js';
import { EmbeddedPostgres } from '../embedded/embedded-postgres.js';
import { dumpDatabase } from './dump.js';

/** What everything was at one moment. */
export interface DatabaseSnapshot {
  /** As the text of a backup; once. */
  pieces(release: string): AsyncGenerator<string, void>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;
/** A client of a backup may read slowly. */
const PATIENCE_MS = 86_400_000;

/**
 * Opens the database as it is now, beside everyone else's work. On a server by a transaction that sees one moment. The
 * embedded database has one session, which such a transaction would keep from everyone for as long as the backup lasts:
 * there the folder is copied between two requests, and the copy read by a second process.
 */
export class DatabaseSnapshots {
  constructor(
    private readonly settings: DatabaseSettings,
    private readonly embedded: EmbeddedPostgres | undefined,
  ) {}

  /** @throws UnavailableError `backup.no_space` where the embedded database cannot be copied */
  async open(): Promise<DatabaseSnapshot> {
    // Past a pooler, from which a transaction as long as a client reads would keep a connection that others wait for.
    if (!this.embedded) return connected(this.settings.directUrl ?? this.settings.url, () => Promise.resolve());
    const { folder } = this.embedded;
    await assertRoom(folder);
    const copy = `${folder}.copy-${process.pid}-${randomBytes(4).toString('hex')}`;
    const remove = (): Promise<void> => rm(copy, { recursive: true, force: true });
    try {
      await this.embedded.copyTo(copy);
      const reader = await EmbeddedPostgres.start({
        folder: copy,
        fsync: false,
        idleInTransactionMs: PATIENCE_MS,
        upkeepMs: PATIENCE_MS,
      });
      return await connected(reader.url, async () => {
        await reader.stop();
        await remove();
      });
    } catch (error) {
      await remove();
      throw error;
    }
  }
}

/** Half as much again: what is written meanwhile needs room too. */
async function assertRoom(folder: string): Promise<void> {
  const [{ bavail, bsize }, size] = await Promise.all([statfs(dirname(folder)), sizeOfFolder(folder)]);
  if (bavail * bsize > size * 1.5) return;
  const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MiB`;
  throw new UnavailableError(
    'backup.no_space',
    `A backup of the embedded database needs ${mebibytes(size * 1.5)} beside its folder for a while; ${mebibytes(bavail * bsize)} are free.`,
    undefined,
    60,
  );
}

async function connected(url: string, release: () => Promise<void>): Promise<DatabaseSnapshot> {
  const client = new Client({
    connectionString: url,
    application_name: 'universal-registry backup',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  });
  // What runs on a connection that breaks fails by itself.
  client.on('error', () => undefined);
  const close = async (): Promise<void> => {
    await client.end().catch(() => undefined);
    await release();
  };
  try {
    await client.connect();
  } catch (error) {
    await close();
    throw error;
  }
  return { pieces: (version) => dumpDatabase(client, version), close };
}
