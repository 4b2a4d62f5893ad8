import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { dataSource } from './data-source.js';
import type { DatabaseSchema } from './data-source.js';
import { EmbeddedPostgres } from './embedded/embedded-postgres.js';
import { listMigrations, revertMigrations, runMigrations } from './migrations.js';
import { leftovers, migrationSource, schemaDifference } from './schema-difference.js';
import { scratchDatabase } from './scratch-database.js';
import { waitForDatabase } from './wait-for-database.js';

export interface MigrationContext {
  schema: DatabaseSchema;
  /** DATABASE_URL; without it the database embedded in `dataDir`. */
  url?: string;
  dataDir: string;
  print: (line: string) => void;
}

/** Gives the exit code. */
type Command = (context: MigrationContext, args: string[]) => Promise<number>;

const USAGE = `usage: npm run migration:<command>
  run            run what is pending
  revert -- [n]  undo the last migration, or the last n
  show           list what has run and what is pending
  generate -- <name>  write a migration that brings the tables to the row classes
  check          on an empty database: run all, compare with the row classes, undo all, run all again`;

const COMMANDS: Record<string, Command> = { run, revert, show, generate, check };

/** One of the `npm run migration:*` commands; gives the exit code. */
export async function migrationCommand(context: MigrationContext, [name = '', ...args]: string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command(context, args);
  context.print(USAGE);
  return 2;
}

async function run(context: MigrationContext): Promise<number> {
  const ran = await withDatabase(context, runMigrations);
  for (const name of ran) context.print(`ran ${name}`);
  if (ran.length === 0) context.print('Nothing is pending.');
  return 0;
}

async function revert(context: MigrationContext, [count = '1']: string[]): Promise<number> {
  if (!/^[1-9]\d{0,5}$/.test(count)) {
    context.print(USAGE);
    return 2;
  }
  const [before, left] = await withDatabase(context, async (source) => {
    const { executed } = await listMigrations(source);
    return [executed, await revertMigrations(source, Number(count))];
  });
  for (const name of before.filter((one) => !left.includes(one)).toReversed()) context.print(`undid ${name}`);
  if (before.length === 0) context.print('Nothing has run.');
  return 0;
}

async function show(context: MigrationContext): Promise<number> {
  const { executed, pending, unknown } = await withDatabase(context, listMigrations);
  for (const name of executed)
    context.print(`[x] ${name}${unknown.includes(name) ? ' (unknown to this release)' : ''}`);
  for (const name of pending) context.print(`[ ] ${name}`);
  return 0;
}

async function generate(context: MigrationContext, [name = '']: string[]): Promise<number> {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    context.print(USAGE);
    return 2;
  }
  const difference = await migrated(context, schemaDifference);
  if (difference.up.length === 0) {
    context.print('The tables fit the row classes: there is nothing to generate.');
    return 0;
  }
  const stamp = Date.now();
  const words = name.split('-').map((word) => word[0].toUpperCase() + word.slice(1));
  const file = join('migrations', `${stamp}-${name}.ts`);
  await writeFile(file, migrationSource(`${words.join('')}${stamp}`, difference), { flag: 'wx' });
  context.print(`wrote ${file}: read it, shape it, and add its class to migrations/index.ts`);
  return 0;
}

async function check(context: MigrationContext): Promise<number> {
  return migrated(context, async (source) => {
    const count = source.migrations.length;
    context.print(`ran ${count} migrations on an empty database`);
    const { up } = await schemaDifference(source);
    for (const { sql } of up) context.print(`the tables differ from the row classes: ${sql}`);
    await revertMigrations(source, count);
    const left = await leftovers(source);
    if (left.length > 0) context.print(`undoing all migrations leaves behind: ${left.join(', ')}`);
    else context.print('undid them all');
    if (up.length > 0 || left.length > 0) return 1;
    await runMigrations(source);
    context.print('ran them all again: the migrations are in order');
    return 0;
  });
}

/** On a database of its own, fully migrated, which is gone afterwards. */
async function migrated<T>(context: MigrationContext, work: (source: DataSource) => Promise<T>): Promise<T> {
  const scratch = await scratchDatabase(context.url);
  try {
    return await opened(context.schema, scratch.url, context.url === undefined, async (source) => {
      await runMigrations(source);
      return work(source);
    });
  } finally {
    await scratch.drop();
  }
}

async function withDatabase<T>(context: MigrationContext, work: (source: DataSource) => Promise<T>): Promise<T> {
  const { schema, url, dataDir } = context;
  if (url) {
    await waitForDatabase(url, context.print);
    return opened(schema, url, false, work);
  }
  const postgres = await EmbeddedPostgres.start({ folder: join(dataDir, 'postgres') });
  try {
    return await opened(schema, postgres.url, true, work);
  } finally {
    await postgres.stop();
  }
}

async function opened<T>(
  schema: DatabaseSchema,
  url: string,
  embedded: boolean,
  work: (source: DataSource) => Promise<T>,
): Promise<T> {
  // A connection that breaks makes the statement on it fail, and that is told.
  const source = dataSource({ url, embedded, poolSize: 2, statementTimeout: 0 }, schema, () => undefined);
  await source.initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}
