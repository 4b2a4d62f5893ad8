import { join } from 'node:path';
import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Env } from '../env/env.js';
import { Logger } from '../logging/logger.js';
import { DatabaseSnapshots } from './backup/database-snapshots.js';
import { connectDatabase } from './connect-database.js';
import type { DatabaseSchema } from './data-source.js';
import { DatabaseListener } from './database-listener.js';
import { DATABASE_SETTINGS } from './database-settings.js';
import type { DatabaseSettings } from './database-settings.js';
import { EmbeddedPostgres } from './embedded/embedded-postgres.js';
import { UnitOfWork } from './unit-of-work.js';

const EMBEDDED = Symbol('EMBEDDED_POSTGRES');
/** Statements of the embedded database run one after the other: more connections would only wait. */
const EMBEDDED_POOL = 8;

/** The database: PostgreSQL at DATABASE_URL, or embedded in DATA_DIR. Everyone else asks {@link UnitOfWork}. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EMBEDDED) private readonly embedded: EmbeddedPostgres | undefined,
  ) {}

  static forRoot(schema: DatabaseSchema): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: EMBEDDED, inject: [Env, Logger], useFactory: startEmbedded },
        { provide: DATABASE_SETTINGS, inject: [Env, EMBEDDED], useFactory: settingsOf },
        {
          provide: DataSource,
          inject: [Env, DATABASE_SETTINGS, EMBEDDED, Logger],
          useFactory: (env: Env, settings: DatabaseSettings, embedded: EmbeddedPostgres | undefined, logger: Logger) =>
            openDatabase(schema, env, settings, embedded, logger.child('database')),
        },
        {
          provide: DatabaseSnapshots,
          inject: [DATABASE_SETTINGS, EMBEDDED],
          useFactory: (settings: DatabaseSettings, embedded: EmbeddedPostgres | undefined) =>
            new DatabaseSnapshots(settings, embedded),
        },
        UnitOfWork,
        DatabaseListener,
      ],
      exports: [DataSource, DatabaseSnapshots, UnitOfWork, DatabaseListener, DATABASE_SETTINGS],
    };
  }

  /** Last of all: until then somebody may still write. */
  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
    await this.embedded?.stop();
  }
}

async function startEmbedded(env: Env, logger: Logger): Promise<EmbeddedPostgres | undefined> {
  if (!env.embedded) return undefined;
  const log = logger.child('database');
  return EmbeddedPostgres.start({
    folder: join(env.dataDir, 'postgres'),
    log: (level, message) => log.log(level, message),
  });
}

const settingsOf = (env: Env, embedded: EmbeddedPostgres | undefined): DatabaseSettings => ({
  embedded: embedded !== undefined,
  url: embedded?.url ?? env.databaseUrl ?? '',
  ...(!embedded && env.databaseDirectUrl && { directUrl: env.databaseDirectUrl }),
  poolSize: embedded ? Math.min(env.poolSize, EMBEDDED_POOL) : env.poolSize,
  statementTimeout: env.statementTimeoutMs,
});

async function openDatabase(
  schema: DatabaseSchema,
  env: Env,
  settings: DatabaseSettings,
  embedded: EmbeddedPostgres | undefined,
  logger: Logger,
): Promise<DataSource> {
  try {
    const opened = await connectDatabase({ settings, schema, migrate: env.embedded || env.migrateOnStart, logger });
    // Not before: a migration may take its time.
    embedded?.limitStatements(env.statementTimeoutMs);
    return opened;
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
