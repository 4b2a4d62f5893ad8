import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { EmbeddedPostgres } from './embedded/embedded-postgres.js';

/** An empty database for a moment: on the server of `url`, or embedded in a temporary folder. */
export interface ScratchDatabase {
  url: string;
  drop(): Promise<void>;
}

export async function scratchDatabase(url: string | undefined): Promise<ScratchDatabase> {
  return url ? onServer(url) : embedded();
}

async function embedded(): Promise<ScratchDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'ureg-scratch-'));
  const postgres = await EmbeddedPostgres.start({ folder: join(folder, 'postgres'), fsync: false });
  const drop = async (): Promise<void> => {
    await postgres.stop();
    await rm(folder, { recursive: true });
  };
  return { url: postgres.url, drop };
}

async function onServer(server: string): Promise<ScratchDatabase> {
  const name = `ureg_scratch_${randomBytes(4).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await execute(server, `CREATE DATABASE ${name}`);
  return { url: url.toString(), drop: () => execute(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
