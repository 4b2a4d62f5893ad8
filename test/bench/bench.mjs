// `npm run bench [-- FILE]`: the service against a bare node:http + pg handler that runs the same SQL, on native
// PostgreSQL (BENCH_DATABASE_URL, or a cluster of its own), with the package index FILE imported. BENCH_ONLY is a part of a
// question's title, or `config` for what configuration costs alone.
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { makeKey } from '../../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from '../../scripts/native-postgres.mjs';
import { ServiceProcess } from '../../scripts/service-process.mjs';
import { configCost, configLines } from './config-cost.mjs';
import { gatewayCost } from './gateway-cost.mjs';
import { load, median } from './load-process.mjs';
import { questions } from './questions.mjs';
import { record } from './recorder.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const FIXTURE = here('../fixtures/debian-sample.jsonl.gz');
const SETTINGS = { shared_buffers: '1GB', max_wal_size: '8GB', effective_cache_size: '8GB', random_page_cost: '1.1' };
const POOL = 10;
const seconds = Number(process.env.BENCH_SECONDS ?? 8);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const [file = FIXTURE] = process.argv.slice(2);
const adminKey = makeKey('admin_key');
const env = (databaseUrl) => ({ DATABASE_URL: databaseUrl, REGISTRY_ADMIN_KEY: adminKey });

async function bareServer(folder, question, recordings, databaseUrl) {
  const recording = join(folder, 'statements.json');
  await writeFile(recording, JSON.stringify(recordings));
  const child = fork(here('bare-server.mjs'), [recording, databaseUrl, String(POOL)]);
  const [{ port }] = await once(child, 'message');
  return {
    url: `http://127.0.0.1:${port}`,
    question: { ...question, requests: question.requests.map((_, n) => ({ path: `/${n}` })) },
    stop: () => child.kill(),
  };
}

/** Service and bare handler by turns, so that a slow minute of the machine meets both. */
async function measure(question, folder, databaseUrl) {
  const bodies = question.requests.map((request) => ({
    ...request,
    body: request.body && ((n) => ({ ...request.body, name: `recorded-${Date.now()}-${n}` })),
  }));
  const recordings = await record(bodies, { databaseUrl, adminKey });
  const service = await ServiceProcess.start({ ...env(databaseUrl), DATABASE_POOL_SIZE: String(POOL) });
  const bare = await bareServer(folder, question, recordings, databaseUrl);
  const results = { service: [], bare: [] };
  try {
    for (let round = 0; round <= rounds; round++) {
      const both = {
        service: await load(service.url, question, {
          seconds,
          headers: { 'x-api-key': adminKey, 'content-type': 'application/json' },
        }),
        bare: await load(bare.url, bare.question, { seconds }),
      };
      // The first round warms both up.
      if (round > 0) for (const name of ['service', 'bare']) results[name].push(both[name]);
    }
  } finally {
    await service.stop();
    bare.stop();
  }
  const of = (name, figure) => median(results[name].map((result) => result[figure]));
  return { title: question.title, connections: question.connections, of };
}

function row({ title, connections, of }) {
  const ms = (value) => value.toFixed(1);
  const figures = ['service', 'bare'].flatMap((name) => [
    Math.round(of(name, 'perSecond')),
    ms(of(name, 'median')),
    ms(of(name, 'p95')),
  ]);
  return `| ${[title, connections, ...figures, (of('service', 'perSecond') / of('bare', 'perSecond')).toFixed(2)].join(' | ')} |`;
}

async function importData(databaseUrl) {
  const service = await ServiceProcess.start(env(databaseUrl));
  const started = performance.now();
  await promisify(execFile)(
    process.execPath,
    [here('../../dist/cli/main.mjs'), 'import', 'debian', file, '--server', service.url, '--key', adminKey],
    { maxBuffer: 1e8 },
  );
  const took = (performance.now() - started) / 1000;
  await service.stop();
  return took;
}

const cluster = process.env.BENCH_DATABASE_URL ? undefined : await NativePostgres.start(SETTINGS);
const databaseUrl = process.env.BENCH_DATABASE_URL ?? cluster.url;
const folder = await mkdtemp(join(tmpdir(), 'ureg-bench-'));

async function requests() {
  const took = await importData(databaseUrl);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('VACUUM ANALYZE');
  const [{ entries, version }] = (
    await client.query("SELECT count(*) AS entries, current_setting('server_version') AS version FROM entry")
  ).rows;
  const asked = await questions(client);
  await client.end();
  console.log(
    `${cpus()[0].model}, ${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB; Node ${process.version}; PostgreSQL ${version}; ${entries} entries, imported in ${took.toFixed(1)} s`,
  );
  console.log(`median of ${rounds} rounds of ${seconds} s; load, service and database share the machine\n`);
  console.log('| question | connections | service/s | median ms | p95 ms | bare/s | median ms | p95 ms | ratio |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
  const only = process.env.BENCH_ONLY;
  for (const question of asked.filter(({ title }) => !only || title.includes(only)))
    console.log(row(await measure(question, folder, databaseUrl)));
  const [byId] = asked;
  const gateway = await gatewayCost(byId, { databaseUrl, pool: POOL, seconds, rounds });
  console.log(
    `\nthe gateway's share, ${byId.title}: ${Math.round(gateway.guarded)}/s with a key that is counted, ${Math.round(gateway.open)}/s without the gateway: ${(100 * (1 - gateway.guarded / gateway.open)).toFixed(1)} %`,
  );
}

try {
  if (process.env.BENCH_ONLY !== 'config') await requests();
  console.log(configLines(await configCost({ databaseUrl, postmaster: cluster?.pid, seconds, rounds })));
} finally {
  await rm(folder, { recursive: true, force: true });
  await cluster?.stop();
}
