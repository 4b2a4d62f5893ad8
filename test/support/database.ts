import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { DATABASE_SCHEMA } from '../../src/database-schema.js';
import { dataSource } from '../../src/platform/database/data-source.js';
import type { DatabaseSchema } from '../../src/platform/database/data-source.js';
import type { DatabaseSettings } from '../../src/platform/database/database-settings.js';
import { copyFolder } from '../../src/platform/database/embedded/data-folder.js';
import { EmbeddedPostgres } from '../../src/platform/database/embedded/embedded-postgres.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';

/** Where an application of its own finds a database of its own. */
export interface TestPlace {
  /** `DATABASE_URL` or `DATA_DIR`. */
  env: Record<string, string>;
  drop(): Promise<void>;
}

/** A migrated database of its own, open. */
export interface TestDatabase {
  url: string;
  settings: DatabaseSettings;
  dataSource: DataSource;
  uow: UnitOfWork;
  /** Every connection breaks: the embedded database is killed and comes back, a server's sessions are terminated. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export interface TestDatabaseOptions {
  schema?: DatabaseSchema;
  poolSize?: number;
  statementTimeout?: number;
  /** Without the registry's tables. */
  empty?: boolean;
}

/** True when the suite runs on the PostgreSQL of `DATABASE_URL`. */
export const isNative = (): boolean => Boolean(process.env.DATABASE_URL);

/** A folder, or the name of a database: the global set-up made it. */
function template(): string {
  const made = process.env.TEST_TEMPLATE;
  if (!made) throw new Error('There is no template: run this file in the jest project medium or e2e.');
  return made;
}

/** The same server, another database. */
function onDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}

/** A clone of the migrated template, for a process or an application that opens it itself. */
export async function testPlace({ empty = false } = {}): Promise<TestPlace> {
  if (process.env.DATABASE_URL) return nativePlace(process.env.DATABASE_URL, empty);
  const folder = await mkdtemp(join(tmpdir(), 'ureg-test-'));
  if (!empty) await copyFolder(template(), join(folder, 'postgres'));
  return { env: { DATA_DIR: folder }, drop: () => rm(folder, { recursive: true, force: true }) };
}

async function nativePlace(server: string, empty: boolean): Promise<TestPlace> {
  const name = `ureg_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name}${empty ? '' : ` TEMPLATE ${template()}`}`);
  return {
    env: { DATABASE_URL: onDatabase(server, name) },
    drop: () => onServer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

const terminateSessions = (url: string): Promise<void> =>
  onServer(
    process.env.DATABASE_URL!,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${new URL(url).pathname.slice(1)}'`,
  );

/** A clone of the template with a `UnitOfWork` over it: for a repository or a service without an application. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const place = await testPlace(options);
  const { DATA_DIR, DATABASE_URL } = place.env;
  const embedded = DATA_DIR
    ? await EmbeddedPostgres.start({ folder: join(DATA_DIR, 'postgres'), fsync: false })
    : undefined;
  const settings: DatabaseSettings = {
    embedded: embedded !== undefined,
    url: embedded?.url ?? DATABASE_URL,
    poolSize: options.poolSize ?? 8,
    statementTimeout: options.statementTimeout ?? 30_000,
  };
  // A connection that a test breaks is the test's business.
  const source = await dataSource(settings, options.schema ?? DATABASE_SCHEMA, () => undefined).initialize();
  return {
    url: settings.url,
    settings,
    dataSource: source,
    uow: new UnitOfWork(source, settings),
    crash: async () => {
      if (embedded) process.kill(embedded.pid!, 'SIGKILL');
      else await terminateSessions(DATABASE_URL);
    },
    close: async () => {
      await source.destroy();
      await embedded?.stop();
      await place.drop();
    },
  };
}
