// `npm run bench:scale [-- --entries 1000000 --relationships 50000000 --seconds 10 --texts FILE --only PATTERN --out FILE]`:
// fills a native PostgreSQL (an empty one at BENCH_DATABASE_URL, or a cluster of its own) with a catalog of that size, made
// from the texts of a package index FILE, and asks one service about it, one question at a time. What was measured is
// written as a section of its own into docs/performance.md, or FILE. `--only` picks questions by a regular
// expression on `group: title`. A catalog that is there already (BENCH_DATABASE_URL) is asked as it is.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { makeKey } from '../../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from '../../scripts/native-postgres.mjs';
import { ServiceProcess } from '../../scripts/service-process.mjs';
import { client as asking, measured } from './scale/clock.mjs';
import { loadCatalog } from './scale/load.mjs';
import { questions } from './scale/questions.mjs';
import { textsOf } from './scale/recipe.mjs';
import { writeReport } from './scale/report.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values: options } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000' },
    relationships: { type: 'string', default: '50000000' },
    seconds: { type: 'string', default: '10' },
    texts: { type: 'string', default: here('../fixtures/debian-sample.jsonl.gz') },
    only: { type: 'string', default: '' },
    out: { type: 'string', default: here('../../docs/performance.md') },
  },
});
const SETTINGS = {
  shared_buffers: '4GB',
  effective_cache_size: '12GB',
  maintenance_work_mem: '1GB',
  max_wal_size: '16GB',
  checkpoint_timeout: '30min',
  random_page_cost: '1.1',
};
const GRAPH_MEMORY = '4g';
const STATISTICS_MS = 3_600_000;
const adminKey = makeKey('admin_key');

/** An empty catalog is filled; one that is there is asked as it is. */
async function filled(database, url) {
  await promisify(execFile)(process.execPath, [here('../../dist/src/migrate.js'), 'run'], {
    env: { ...process.env, DATABASE_URL: url },
  });
  const { rows } = await database.query('SELECT EXISTS (SELECT FROM entry) AS there');
  if (rows[0].there) return {};
  const sizes = { entries: Number(options.entries), relationships: Number(options.relationships) };
  console.log(`${sizes.entries} entries and about ${sizes.relationships} relationships`);
  const { seconds } = await loadCatalog(database, { url, ...sizes, texts: textsOf(options.texts) });
  return seconds;
}

/** The service counts words and lexemes once the catalog rests. */
async function statisticsThere(database) {
  const began = performance.now();
  while (performance.now() - began < STATISTICS_MS) {
    const { rows } = await database.query(
      'SELECT refreshed_at IS NOT NULL AND worded_at IS NOT NULL AS there FROM search_corpus',
    );
    if (rows[0].there) return (performance.now() - began) / 1000;
    await pause(1000);
  }
  throw new Error('The statistics of the search were not there within an hour.');
}

const MEASURED_TABLES = ['entry', 'entry_document', 'entry_embedding', 'relationship', 'entry_degree', 'graph_metric', 'graph_community']; // prettier-ignore

/** Rows and mebibytes, by table; of a partitioned one all parts together. */
async function sizesOf(database) {
  const { rows } = await database.query(
    `SELECT t.name, sum(greatest(c.reltuples, 0))::bigint AS rows,
       round(sum(pg_table_size(c.oid)) / 1048576)::integer AS heap, round(sum(pg_indexes_size(c.oid)) / 1048576)::integer AS indexes
     FROM unnest($1::text[]) WITH ORDINALITY AS t (name, place)
     JOIN LATERAL (
       SELECT relid::oid AS relid FROM pg_partition_tree(to_regclass(t.name)) WHERE isleaf
       UNION SELECT c.oid FROM pg_class c WHERE c.oid = to_regclass(t.name) AND c.relkind = 'r'
     ) p ON true JOIN pg_class c ON c.oid = p.relid
     GROUP BY t.name, t.place ORDER BY t.place`,
    [MEASURED_TABLES],
  );
  return rows;
}

const memoryOf = (pid) => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024);
};

async function askAll(service, database) {
  const { ask, close } = asking(service.url, adminKey);
  const results = [];
  const all = await questions(database);
  for (const question of all.filter(({ group, title }) => new RegExp(options.only).test(`${group}: ${title}`))) {
    const result = await measured({ ask }, question, Number(options.seconds));
    if (!result) continue;
    const faults = [...result.faults].map(([fault, times]) => `${times} × ${fault}`).join(', ');
    console.log(`${question.group}: ${question.title}: median ${result.median.toFixed(1)} ms, p95 ${result.p95.toFixed(1)} ms, worst ${result.worst.toFixed(1)} ms of ${result.asked} ${faults}`); // prettier-ignore
    results.push({ ...question, ...result, faults, memory: memoryOf(service.pid) });
  }
  const { status, body } = await ask({ path: '/search/stats?sample=100' });
  close();
  return { results, searchStats: status === 200 ? body : undefined };
}

async function run(url) {
  const database = new Client({ connectionString: url });
  await database.connect();
  let service;
  try {
    const seconds = await filled(database, url);
    service = await ServiceProcess.start({
      DATABASE_URL: url,
      REGISTRY_ADMIN_KEY: adminKey,
      RATE_LIMIT_DEFAULT: 'off',
      GRAPH_MEMORY,
    });
    const counting = await statisticsThere(database);
    const { results, searchStats } = await askAll(service, database);
    const { rows } = await database.query("SELECT current_setting('server_version') AS version, current_setting('shared_buffers') AS buffers"); // prettier-ignore
    await database.query('ANALYZE');
    const machine = `${cpus()[0].model}, ${cpus().length} cores, ${Math.round(totalmem() / 1024 ** 3)} GiB; Node ${process.version}; PostgreSQL ${rows[0].version} with ${rows[0].buffers} of shared buffers`;
    const facts = { machine, seconds: { ...seconds, 'counting words, by the service': counting }, sizes: await sizesOf(database) }; // prettier-ignore
    await writeReport(options.out, { ...facts, results, searchStats, memory: memoryOf(service.pid) });
    console.log(`written to ${options.out}`);
    if (results.some(({ faults }) => faults)) process.exitCode = 1;
  } finally {
    await service?.stop();
    await database.end();
  }
}

const cluster = process.env.BENCH_DATABASE_URL ? undefined : await NativePostgres.start(SETTINGS);
try {
  await run(process.env.BENCH_DATABASE_URL ?? cluster.url);
} finally {
  await cluster?.stop();
}
