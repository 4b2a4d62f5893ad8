import { Client } from 'pg';

/** Where a PostgreSQL is, and as whom it is asked. */
export interface PostgresTarget {
  /** The address to connect to: nothing is resolved again. */
  address: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** The name its certificate is for; without TLS when left out. `verify` false takes any certificate. */
  secure?: { servername?: string; verify: boolean };
}

/** Whether a PostgreSQL that is not ours takes a connection and answers a question. Throws what it or the socket says. */
export async function askPostgres(target: PostgresTarget, timeoutMs: number): Promise<void> {
  const { address, port, user, password, database, secure } = target;
  const client = new Client({
    host: address,
    port,
    user,
    // As a function: an empty text would make the driver look for this service's own password in the environment.
    password: () => password,
    database,
    ssl: secure ? { servername: secure.servername, rejectUnauthorized: secure.verify } : false,
    application_name: 'universal-registry-probe',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
  });
  // A connection that breaks between two steps fails the next one; nobody else is to hear of it.
  client.on('error', () => undefined);
  const late = setTimeout(() => cut(client), timeoutMs);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    clearTimeout(late);
    cut(client);
  }
}

/** At once: a server that hangs would not answer a goodbye either. */
function cut(client: Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
