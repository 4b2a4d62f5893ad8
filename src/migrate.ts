import 'reflect-metadata';
import { DATABASE_SCHEMA } from './database-schema.js';
import { migrationCommand } from './platform/database/migration-commands.js';
import { loadEnv } from './platform/env/load-env.js';

/** `npm run migration:*`. */
try {
  const { databaseUrl, databaseDirectUrl, dataDir } = loadEnv();
  // Without DATABASE_URL it is the embedded database, whatever else is said.
  const url = databaseUrl && (databaseDirectUrl ?? databaseUrl);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  process.exit(await migrationCommand({ schema: DATABASE_SCHEMA, url, dataDir, print }, process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
