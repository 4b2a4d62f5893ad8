import type { DataSource } from 'typeorm';
import type { Logger } from '../logging/logger.js';
import { dataSource } from './data-source.js';
import type { DatabaseSchema } from './data-source.js';
import type { DatabaseSettings } from './database-settings.js';
import { PendingMigrationsError, listMigrations, runMigrations } from './migrations.js';
import { waitForDatabase } from './wait-for-database.js';

export interface ConnectOptions {
  settings: DatabaseSettings;
  schema: DatabaseSchema;
  /** Run what is pending; otherwise it is refused. */
  migrate: boolean;
  logger: Logger;
}

/** Waits for the database, brings its schema up to date or checks that it is, and gives the open data source. */
export async function connectDatabase({ settings, schema, migrate, logger }: ConnectOptions): Promise<DataSource> {
  await waitForDatabase(settings.url, (message) => logger.warn(message));
  const poolError = (error: Error): void => logger.warn({ reason: error.message }, 'a connection to PostgreSQL broke');
  const opened = await dataSource(settings, schema, poolError).initialize();
  try {
    const { pending, unknown } = await listMigrations(opened);
    if (unknown.length > 0) {
      logger.warn({ migrations: unknown }, 'the database is newer than this release');
    }
    if (pending.length > 0) {
      if (!migrate) throw new PendingMigrationsError(pending);
      await migrateApart(settings, schema, poolError, logger);
    }
    return opened;
  } catch (error) {
    await opened.destroy();
    throw error;
  }
}

/** On connections without time limits, past a pooler: an index over millions of rows is no runaway statement. */
async function migrateApart(
  settings: DatabaseSettings,
  schema: DatabaseSchema,
  poolError: (error: Error) => void,
  logger: Logger,
): Promise<void> {
  const started = Date.now();
  const patient = dataSource(
    { ...settings, url: settings.directUrl ?? settings.url, statementTimeout: 0, poolSize: 2 },
    schema,
    poolError,
  );
  await patient.initialize();
  try {
    const ran = await runMigrations(patient);
    if (ran.length > 0) logger.info({ migrations: ran.length, ms: Date.now() - started }, 'the database is up to date');
  } finally {
    await patient.destroy();
  }
}
