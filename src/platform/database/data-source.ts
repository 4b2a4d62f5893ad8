import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import { DataSource } from 'typeorm';
import type { MigrationInterface } from 'typeorm';
import type { DatabaseSettings } from './database-settings.js';
import { SnakeNamingStrategy } from './snake-naming-strategy.js';

/** The row classes and the migrations, told by whoever knows them. */
export interface DatabaseSchema {
  entities: (new () => object)[];
  migrations: (new () => MigrationInterface)[];
}

const IDLE_IN_TRANSACTION_MS = 60_000;
const CONNECT_MS = 10_000;
/** What the client waits beyond the server's own limit before it takes the connection for dead. */
const GRACE_MS = 5000;

/**
 * A connection whose breaking is never an uncaught error. The pool listens while nobody uses it and TypeORM while a
 * transaction does, but between and after those the server's last words ("terminating connection …") and the end of the
 * socket would find nobody. What ran on it fails by itself.
 */
class HeardClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** A data source, not yet initialised. `poolError` hears of connections that break while nobody uses them. */
export function dataSource(
  settings: DatabaseSettings,
  schema: DatabaseSchema,
  poolError: (error: Error) => void,
): DataSource {
  return new DataSource({
    type: 'postgres',
    entities: schema.entities,
    migrations: schema.migrations,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    namingStrategy: new SnakeNamingStrategy(),
    // Ids are made in the service and migrations create the extensions: TypeORM must do neither.
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    synchronize: false,
    logging: false,
    // TypeORM's others print failures that are thrown as well; this one speaks when DEBUG=typeorm:* asks.
    logger: 'debug',
    poolErrorHandler: poolError,
    extra: poolOptions(settings),
  });
}

function poolOptions({ url, poolSize, statementTimeout, embedded }: DatabaseSettings): object {
  return {
    connectionString: url,
    Client: HeardClient,
    max: poolSize,
    application_name: 'universal-registry',
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // The embedded server knows no timers: there the client gives up, and the server is restarted (see EmbeddedPostgres).
    ...(!embedded && {
      statement_timeout: statementTimeout,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    }),
    ...(statementTimeout > 0 && { query_timeout: statementTimeout + GRACE_MS }),
  };
}
