import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupFileError } from './backup-file/backup-format.js';
import type { BackupManifest } from './backup-file/backup-format.js';
import { DATABASE_SCHEMA } from './database-schema.js';
import { masterKeyOf } from './platform/crypto/master-keys.js';
import { compareFile, moveDatabase, restoreFile } from './platform/database/backup/backup-commands.js';
import type { BackupContext, DatabasePlace } from './platform/database/backup/backup-commands.js';
import { RestoreRefusedError } from './platform/database/backup/restore-refusal.js';
import type { Env } from './platform/env/env.js';
import { readEnv } from './platform/env/load-env.js';
import { VERSION } from './platform/env/version.js';
import { redactText } from './platform/logging/redact.js';

/**
 * What `ureg restore` and `ureg migrate` run: the database is this process's alone, no service has it open. Where it is, say
 * DATABASE_URL and DATA_DIR, as for the service. Says what it does as JSON, a value a line:
 * `{ stage, rows }`, `{ note }`, and last `{ done }` or `{ failed }`.
 */
const say = (message: object): void => void process.stdout.write(`${JSON.stringify(message)}\n`);

const context: BackupContext = {
  schema: DATABASE_SCHEMA,
  release: VERSION,
  told: (stage, rows) => say({ stage, rows }),
  print: (note) => say({ note }),
};

/** Past a pooler, as migrations. */
const placeOf = ({ databaseUrl, databaseDirectUrl, dataDir }: Env): DatabasePlace =>
  databaseUrl ? { url: databaseDirectUrl ?? databaseUrl } : { dataDir };

/** Which master keys the service would have there. */
async function masterKeysAt({ masterKeys, dataDir, databaseUrl }: Env): Promise<Set<string>> {
  const given = masterKeys.map((key) => masterKeyOf(key).id);
  if (databaseUrl) return new Set(given);
  const text = await readFile(join(dataDir, 'master.key'), 'utf8').catch(() => undefined);
  return new Set(text === undefined ? given : [...given, masterKeyOf(Buffer.from(text.trim(), 'base64')).id]);
}

const shown = ({ head, tables, rows, checksum }: BackupManifest): object => ({
  created_at: head.created_at,
  release: head.release,
  seq: head.seq,
  unnumbered: head.unnumbered,
  tables: tables.length,
  rows,
  checksum,
});

async function run(env: Env, [command, file = '']: string[]): Promise<object> {
  if (command === 'compare') {
    const { manifest, differences } = await compareFile(context, file, placeOf(env));
    return { ...shown(manifest), same: differences.length === 0, differences };
  }
  const to = placeOf(env);
  const { manifest, migrated } =
    command === 'migrate'
      ? await moveDatabase(context, { dataDir: process.env.FROM_DATA_DIR ?? env.dataDir }, to)
      : await restoreFile(context, file, to);
  const given = await masterKeysAt(env);
  const missing = manifest.head.master_keys.filter((id) => !given.has(id));
  return { ...shown(manifest), migrations: migrated.length, missing_master_keys: missing };
}

function failureOf(error: unknown): object {
  if (error instanceof RestoreRefusedError) return { code: error.code, message: error.message, reason: error.reason };
  const { message, name } = error as Error;
  if (error instanceof BackupFileError) return { code: 'backup.damaged', message };
  if (name === 'DatabaseUnavailableError') return { code: 'database.unavailable', message };
  const extension = /^permission denied to create extension "(\w+)"/.exec(message)?.[1];
  if (extension !== undefined)
    return {
      code: 'restore.no_extension',
      message: `The database lacks the extension ${extension}, and its user may not create it; nothing was kept.`,
      reason: `a superuser makes it in that database: CREATE EXTENSION ${extension}`,
    };
  // Said by the database's own process, which has the folder's lock to look at.
  if (message.includes(' is in use by ')) return { code: 'database.in_use', message };
  return { code: 'restore.failed', message: redactText(message) };
}

try {
  say({ done: await run(readEnv(process.env), process.argv.slice(2)) });
  process.exitCode = 0;
} catch (error) {
  say({ failed: failureOf(error) });
  process.exitCode = 1;
}
