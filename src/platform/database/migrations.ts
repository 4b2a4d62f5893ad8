import { setTimeout as pause } from 'node:timers/promises';
import { MigrationExecutor } from 'typeorm';
import type { DataSource, Migration, QueryRunner } from 'typeorm';

/** Key of the advisory lock that whoever migrates holds: 'ureg' in ASCII. */
const LOCK = 0x75726567;
const LOOK_MS = 250;
const MOST_WAIT_MS = 600_000;

/** The database lacks migrations and this process may not run them. */
export class PendingMigrationsError extends Error {
  constructor(names: string[]) {
    super(
      `The database lacks ${names.length} ${names.length === 1 ? 'migration' : 'migrations'} (first: ${names[0]}). ` +
        'Run `npm run migration:run`, or start with MIGRATE_ON_START=true.',
    );
    this.name = 'PendingMigrationsError';
  }
}

/** Runs what is pending and gives its names. Of many processes that ask at once, one works and the others wait. */
export function runMigrations(dataSource: DataSource): Promise<string[]> {
  return locked(dataSource, async (runner) => names(await executor(dataSource, runner).executePendingMigrations()));
}

/** Undoes the last `count` migrations and gives the names that are left. */
export function revertMigrations(dataSource: DataSource, count: number): Promise<string[]> {
  return locked(dataSource, async (runner) => {
    const migrations = executor(dataSource, runner);
    for (let left = count; left > 0; left--) await migrations.undoLastMigration();
    return names(await migrations.getExecutedMigrations());
  });
}

/** What has run and what has not, in order, and what this release does not know. */
export async function listMigrations(
  dataSource: DataSource,
): Promise<{ executed: string[]; pending: string[]; unknown: string[] }> {
  const table = await dataSource.query<{ there: boolean }[]>(`SELECT to_regclass('migration') IS NOT NULL AS there`);
  // Only looks: a service that may not migrate may not have the right to make the table either.
  const rows = table[0].there
    ? await dataSource.query<{ name: string }[]>('SELECT name FROM migration ORDER BY id')
    : [];
  const executed = rows.map((row) => row.name);
  const known = dataSource.migrations.map((one) => one.name ?? one.constructor.name);
  return {
    executed,
    pending: known.filter((name) => !executed.includes(name)),
    unknown: executed.filter((name) => !known.includes(name)),
  };
}

const names = (migrations: Migration[]): string[] => migrations.map((one) => one.name);

function executor(dataSource: DataSource, runner: QueryRunner): MigrationExecutor {
  const migrations = new MigrationExecutor(dataSource, runner);
  migrations.transaction = 'each';
  return migrations;
}

/** The lock belongs to the connection that works: when that breaks, both end together. */
async function locked<T>(dataSource: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    for (const until = Date.now() + MOST_WAIT_MS; ; await pause(LOOK_MS)) {
      const [{ got }] = (await runner.query('SELECT pg_try_advisory_lock($1) AS got', [LOCK])) as [{ got: boolean }];
      if (got) break;
      if (Date.now() > until) throw new Error('Another process has been migrating the database for ten minutes.');
    }
    try {
      // The role or the database may have a limit of its own, and an index over millions of rows is no runaway statement.
      await runner.query('SET statement_timeout = 0');
      return await work(runner);
    } finally {
      await runner.query('RESET statement_timeout');
      await runner.query('SELECT pg_advisory_unlock($1)', [LOCK]);
    }
  } finally {
    await runner.release();
  }
}
