import { execFile, execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { makeKey } from '../../src/gateway/keys/key-format.js';
import { ApiClient } from '../support/api-client.js';
import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { ServiceProcess } from '../support/service-process.js';

const run = promisify(execFile);
const TABLES = `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
  WHERE c.relkind = 'r' AND s.nspname = 'public' ORDER BY 1`;

/** Where the server's own programs are, whatever links lead there: a client of another release may refuse it. */
function binaries(): string {
  const script = `import('./scripts/native-postgres.mjs').then((found) => process.stdout.write(found.postgresBinaries()))`;
  const found = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  return dirname(realpathSync(join(found, 'postgres')));
}

/** Count and checksum of every table, row by row, whatever their order. */
async function checksums(client: Client): Promise<Record<string, string>> {
  const { rows: tables } = await client.query<{ name: string }>(TABLES);
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    const { rows } = await client.query<{ sum: string }>(
      `SELECT count(*) || ' ' || md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) AS sum FROM ${name} t`,
    );
    sums[name] = rows[0].sum;
  }
  return sums;
}

(isNative() ? describe : describe.skip)('pg_dump under write load', () => {
  const key = makeKey('admin_key');
  const env = { REGISTRY_ADMIN_KEY: key, LOG_FORMAT: 'json' };
  let places: TestPlace[];
  let folder: string;
  const services: ServiceProcess[] = [];

  beforeAll(async () => {
    places = [await testPlace(), await testPlace({ empty: true })];
    folder = await mkdtemp(join(tmpdir(), 'ureg-dump-'));
  });
  afterAll(async () => {
    await Promise.all(services.map((service) => service.kill()));
    for (const place of places) await place.drop();
    await rm(folder, { recursive: true, force: true });
  });

  async function serve(place: TestPlace): Promise<ApiClient> {
    const service = new ServiceProcess({ ...place.env, ...env });
    services.push(service);
    return new ApiClient(await service.url(), key);
  }

  it('restored elsewhere is equal in every table at the moment of the dump, and serves with its audit trail whole', async () => {
    const [here, there] = places.map(({ env: { DATABASE_URL } }) => DATABASE_URL);
    const api = await serve(places[0]);
    const done = new AbortController();
    let written = 0;
    const writers = Array.from({ length: 4 }, async (_, n) => {
      while (!done.signal.aborted) {
        await api.post('/api/v1/entities', { type: 'service', name: `dumped-${n}-${written++}` });
        await api.put(`/api/v1/config/dumped.n${n}`, { value: written });
      }
    });
    await eventually('the writers are under way', () => written >= 40);

    // The dump sees what this transaction sees.
    const client = new Client({ connectionString: here });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await client.query<{ id: string }>('SELECT pg_export_snapshot() AS id');
    const file = join(folder, 'registry.dump');
    const programs = binaries();
    const pg = (name: string, ...args: string[]): Promise<unknown> => run(join(programs, name), args);
    let dumped: Record<string, string>;
    try {
      await pg('pg_dump', '--format=custom', '--no-owner', `--snapshot=${rows[0].id}`, `--file=${file}`, here);
      dumped = await checksums(client);
    } finally {
      done.abort();
      await Promise.all(writers);
      await client.end();
    }

    await pg('pg_restore', '--no-owner', '--exit-on-error', `--dbname=${there}`, file);
    const restored = new Client({ connectionString: there });
    await restored.connect();
    expect(await checksums(restored)).toEqual(dumped);
    await restored.end();
    expect(Object.keys(dumped).length).toBeGreaterThan(50);

    const copy = await serve(places[1]);
    const entries = Number(dumped.entry.split(' ')[0]);
    expect((await copy.get('/api/v1/stats')).body.total_entities).toBe(entries);
    expect((await copy.post('/api/v1/entities', { type: 'service', name: 'afterwards' })).status).toBe(201);
    expect((await copy.get('/api/v1/gateway/audit/verify')).body).toMatchObject({ intact: true });
  }, 180_000);
});
