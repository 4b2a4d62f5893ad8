// Dependencies and impact of packages drawn at random, asked of a service that a package index was imported into, beside
// an independent reading of the same file; and how many relationships that were taken away are suggested again.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { transformFile } from '@swc/core';
import { Client } from 'pg';
import { makeKey } from '../../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from '../native-postgres.mjs';
import { ServiceProcess } from '../service-process.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const PACKAGES = 300;
const HIDDEN = 300;
const SEED = 41;

/** Compiles a module of the tests and reads it. */
async function moduleOfTests(name, folder) {
  const { code } = await transformFile(here(`../../test/support/${name}.ts`), {
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'es6' },
  });
  const compiled = join(folder, `${name}.mjs`);
  await writeFile(compiled, code);
  return import(pathToFileURL(compiled));
}

async function provePackages(get, oracle, random) {
  const differing = [];
  const times = [];
  let largest = 0;
  for (const name of random.some([...oracle.packages], PACKAGES)) {
    for (const [question, expected] of [
      ['dependencies', oracle.dependenciesOf(name)],
      ['impact', oracle.impactOf(name)],
    ]) {
      const began = performance.now();
      const { nodes, truncated } = await get(`/graph/${question}/resource_${encodeURIComponent(name)}?limit=100000`);
      times.push(performance.now() - began);
      const found = new Map(nodes.map((node) => [node.name, node.distance]));
      if (truncated || !isDeepStrictEqual(found, expected)) differing.push(`${question} of ${name}`);
      largest = Math.max(largest, found.size);
    }
  }
  times.sort((a, b) => a - b);
  console.log(`${PACKAGES} packages: dependencies and impact differ ${differing.length} times; the largest set has ${largest}; median ${times[PACKAGES].toFixed(0)} ms, worst ${times.at(-1).toFixed(0)} ms`); // prettier-ignore
  if (differing.length > 0) throw new Error(differing.slice(0, 5).join(', '));
}

/** Takes dependencies away, of packages that have others left, and looks for them among what is suggested. */
async function proveSuggestions(get, database) {
  const { rows } = await database.query(
    `WITH hidden AS (
       SELECT r.id, r.source_id, r.target_id FROM relationship r JOIN entry_degree d ON d.entry_id = r.source_id
       JOIN relationship_type t ON t.id = r.type
       WHERE t.name = 'depends_on' AND d.out_degree >= 3 ORDER BY md5(r.id::text) LIMIT $1
     ), gone AS (DELETE FROM relationship r USING hidden h WHERE r.id = h.id)
     SELECT s.uid AS source, t.uid AS target FROM hidden h JOIN entry s ON s.id = h.source_id JOIN entry t ON t.id = h.target_id`,
    [HIDDEN],
  );
  const places = [];
  for (const { source, target } of rows) {
    const suggested = await get(`/graph/suggestions/${source}?limit=100`);
    places.push(suggested.findIndex(({ entity }) => entity.id === target));
  }
  const within = (most) => `${places.filter((place) => place >= 0 && place < most).length} among the first ${most}`;
  console.log(`${rows.length} dependencies taken away: ${[1, 5, 20, 100].map(within).join(', ')} suggestions`);
}

export async function proveClosures(file) {
  const folder = await mkdtemp(join(tmpdir(), 'ureg-closures-'));
  const cluster = await NativePostgres.start({ shared_buffers: '512MB', max_wal_size: '4GB' });
  const adminKey = makeKey('admin_key');
  let service;
  const database = new Client({ connectionString: cluster.url });
  try {
    service = await ServiceProcess.start({
      DATABASE_URL: cluster.url,
      REGISTRY_ADMIN_KEY: adminKey,
      RATE_LIMIT_DEFAULT: 'off',
    });
    await promisify(execFile)(
      process.execPath,
      [here('../../dist/cli/main.mjs'), 'import', 'debian', file, '--server', service.url, '--key', adminKey],
      { maxBuffer: 1e8 },
    );
    await database.connect();
    await database.query('ANALYZE');
    const get = async (path) => {
      const response = await fetch(`${service.url}/api/v1${path}`, { headers: { 'x-api-key': adminKey } });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return response.json();
    };
    const { DebianOracle } = await moduleOfTests('debian-oracle', folder);
    const { Random } = await moduleOfTests('random', folder);
    await provePackages(get, DebianOracle.read(file), new Random(SEED));
    await proveSuggestions(get, database);
  } finally {
    await database.end().catch(() => undefined);
    await service?.stop();
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
