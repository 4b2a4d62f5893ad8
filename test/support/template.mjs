import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
// oxlint-disable-next-line no-restricted-imports -- it makes databases, which nobody else does
import { Client } from 'pg';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PREFIX = 'ureg-test-';
const OLD_MS = 7_200_000;
/** Users of one machine share its temporary folder, and may not touch each other's files there. */
const OWNER = process.getuid?.() ?? 0;

/** What the template's content hangs on: a changed migration makes another one. */
export function fingerprint() {
  const hash = createHash('sha256');
  const folder = join(ROOT, 'migrations');
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  hash.update(readFileSync(join(ROOT, 'node_modules/@electric-sql/pglite/package.json')));
  return hash.digest('hex').slice(0, 12);
}

/** A migrated folder of the embedded database, which test files copy. It stays for the next run of this user. */
export async function folderTemplate() {
  const folder = join(tmpdir(), `${PREFIX}template-${OWNER}-${fingerprint()}`);
  await sweep(folder);
  if (await stat(folder).catch(() => undefined)) {
    // Another checkout, whose migrations are others, sweeps what nobody has used of late.
    const now = new Date();
    await utimes(folder, now, now);
    return folder;
  }
  const { EmbeddedPostgres } = await import('../../dist/src/platform/database/embedded/embedded-postgres.js');
  const draft = `${folder}.${process.pid}`;
  const postgres = await EmbeddedPostgres.start({ folder: draft, fsync: false });
  try {
    await migrate(postgres.url, true);
  } finally {
    await postgres.stop();
  }
  // Whoever came first has made the same.
  await rename(draft, folder).catch(() => rm(draft, { recursive: true, force: true }));
  return folder;
}

/** Templates of migrations that have changed since, and what runs that were cut off left, are of no use to anyone. */
async function sweep(folder) {
  for (const name of await readdir(tmpdir())) {
    const path = join(tmpdir(), name);
    if (!name.startsWith(PREFIX) || path === folder) continue;
    const { mtimeMs, uid } = await stat(path).catch(() => ({ mtimeMs: Date.now(), uid: OWNER }));
    if (uid === OWNER && Date.now() - mtimeMs > OLD_MS) await rm(path, { recursive: true, force: true });
  }
}

/** A migrated database on a PostgreSQL server, which test files clone. */
export async function databaseTemplate(server) {
  const name = `ureg_test_template_${fingerprint()}`;
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount) return name;
    const draft = `${name}_${process.pid}`;
    await client.query(`CREATE DATABASE ${draft}`);
    const url = new URL(server);
    url.pathname = `/${draft}`;
    await migrate(url.toString(), false);
    await client.query(`ALTER DATABASE ${draft} RENAME TO ${name}`);
    return name;
  } finally {
    await client.end();
  }
}

/** Gives a lent server back what the run made. */
export async function dropDatabaseTemplate(server, name) {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${name}`);
  } finally {
    await client.end();
  }
}

async function migrate(url, embedded) {
  const { connectDatabase } = await import('../../dist/src/platform/database/connect-database.js');
  const { DATABASE_SCHEMA } = await import('../../dist/src/database-schema.js');
  const { Logger } = await import('../../dist/src/platform/logging/logger.js');
  const settings = { url, embedded, poolSize: 2, statementTimeout: 0 };
  const logger = Logger.create({ logLevel: 'silent' });
  await (await connectDatabase({ settings, schema: DATABASE_SCHEMA, migrate: true, logger })).destroy();
}
