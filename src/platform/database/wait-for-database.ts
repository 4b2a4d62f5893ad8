import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { sqlStateOf } from './database-errors.js';

const MOST_TRIES = 30;
const PAUSE_MS = 1000;
const CONNECT_MS = 5000;
const OLDEST_VERSION = 150_000;
/** Wrong password, unknown user or database, no right: waiting does not help. */
const HOPELESS = /^(28|3D|42501)/;

/** The database cannot be used; the message is for people and holds no secret. */
export class DatabaseUnavailableError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'DatabaseUnavailableError';
  }
}

/** Resolves when the database answers and is new enough. It may be starting beside this process, so a while is given. */
export async function waitForDatabase(
  url: string,
  waiting: (message: string) => void,
  { tries = MOST_TRIES, pauseMs = PAUSE_MS } = {},
): Promise<void> {
  const where = placeOf(url);
  for (let attempt = 1; ; attempt++) {
    try {
      return await probe(url, where);
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      const reason = reasonOf(error);
      if (HOPELESS.test(sqlStateOf(error) ?? '')) {
        throw new DatabaseUnavailableError(`PostgreSQL at ${where} refuses this service: ${reason}.`, error);
      }
      if (attempt >= tries) {
        throw new DatabaseUnavailableError(
          `PostgreSQL at ${where} did not answer in ${tries} tries: ${reason}. Is DATABASE_URL right, and is it running?`,
          error,
        );
      }
      if (attempt % 5 === 1) waiting(`Waiting for PostgreSQL at ${where}: ${reason} (try ${attempt} of ${tries}).`);
      await pause(pauseMs);
    }
  }
}

async function probe(url: string, where: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  // A connection that breaks rejects the query below; without a listener it would also end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ number: number; text: string }>(
      `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS text`,
    );
    if (rows[0].number >= OLDEST_VERSION) return;
    throw new DatabaseUnavailableError(`PostgreSQL at ${where} is ${rows[0].text}; 15 or later is needed.`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Host, port and database: a connection string may hold a password. */
function placeOf(url: string): string {
  try {
    const { hostname, port, pathname, searchParams } = new URL(url);
    return `${searchParams.get('host') ?? hostname}:${port || 5432}${pathname}`;
  } catch {
    return 'DATABASE_URL';
  }
}

/** Node tries every address of a name and then tells of all of them, in a message that is empty. */
function reasonOf(error: unknown): string {
  const errors = error instanceof AggregateError ? (error.errors as Error[]) : [error as Error];
  return [...new Set(errors.map((one) => one.message))].join(', ');
}
