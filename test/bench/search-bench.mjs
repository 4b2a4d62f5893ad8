// `npm run bench:search -- --packages FILE [--first N] [--questions 150] [--wordnet FOLDER]`: how well search finds what a
// golden set asks for, and how quickly, on native PostgreSQL (BENCH_DATABASE_URL, or a cluster of its own) with the packages
// imported and embedded. `--first` takes so many packages, spread over all, and those that the paraphrases ask for.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { Client } from 'pg';
import { makeKey } from '../../dist/src/gateway/keys/key-format.js';
import { linesOf, readPackages } from '../../scripts/model/packages.mjs';
import { PARAPHRASES } from '../../scripts/model/paraphrases.mjs';
import { NativePostgres } from '../../scripts/native-postgres.mjs';
import { ServiceProcess } from '../../scripts/service-process.mjs';
import { COMPLETIONS, SYSTEMS } from './search-systems.mjs';
import { goldenSet } from './search-tasks.mjs';

const { values: options } = parseArgs({
  options: {
    packages: { type: 'string' },
    first: { type: 'string' },
    questions: { type: 'string', default: '150' },
    wordnet: { type: 'string' },
  },
});
const SETTINGS = { shared_buffers: '1GB', max_wal_size: '8GB', effective_cache_size: '8GB', random_page_cost: '1.1' };
const TOP = 10;
const SUCCESS = 5;
const adminKey = makeKey('admin_key');
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The packages to be imported, as a file. */
async function chosenPackages(folder) {
  if (!options.first) return options.packages;
  const asked = new Set(PARAPHRASES.flatMap(([, names]) => names));
  const lines = [];
  for await (const line of linesOf(options.packages)) {
    const { name } = JSON.parse(line);
    lines.push({ line, place: asked.has(name) ? '' : createHash('sha256').update(name).digest('hex') });
  }
  lines.sort((a, b) => (a.place < b.place ? -1 : 1));
  const file = join(folder, 'packages.jsonl');
  await writeFile(
    file,
    `${lines
      .slice(0, Number(options.first))
      .map(({ line }) => line)
      .join('\n')}\n`,
  );
  return file;
}

/** The running service, and the database beside it. */
class Service {
  constructor(process_, database) {
    Object.assign(this, { process: process_, database });
  }

  async ask(path, init = {}) {
    const headers = { 'x-api-key': adminKey, 'content-type': 'application/json' };
    const answer = await fetch(this.process.url + path, { headers, ...init });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  get = (path) => this.ask(path);
  post = (path, body) => this.ask(path, { method: 'POST', body: JSON.stringify(body) });
}

/** Milliseconds of a search by words and an entry by id, by turns, one client, for so many seconds. */
async function answerTimes(service, seconds) {
  const { rows } = await service.database.query('SELECT uid FROM entry ORDER BY popularity DESC LIMIT 100');
  const paths = [
    ...rows.map(({ uid }) => `/api/v1/entities/${uid}`),
    ...['image viewer', 'web server', 'mail client'].map((q) => `/api/v1/search?mode=text&limit=10&q=${q}`),
  ];
  const times = [];
  for (const until = performance.now() + 1000 * seconds; performance.now() < until;) {
    const started = performance.now();
    await service.get(paths[times.length % paths.length]);
    times.push(performance.now() - started);
  }
  return times;
}

/** Imports, waits until every entry has a vector, and answers how long that took and what others waited meanwhile. */
async function filled(service, file) {
  const started = performance.now();
  const since = () => (performance.now() - started) / 1000;
  await promisify(execFile)(
    process.execPath,
    [here('../../dist/cli/main.mjs'), 'import', 'debian', file, '--server', service.process.url, '--key', adminKey],
    { maxBuffer: 1e8 },
  );
  const imported = since();
  const meanwhile = [];
  for (;;) {
    const { vectors } = await service.get('/api/v1/search/stats');
    if (vectors.state === 'serving' && vectors.indexes[0].backlog === 0) break;
    meanwhile.push(...(await answerTimes(service, 5)));
    console.error(`${vectors.indexes[0]?.vectors ?? 0} vectors after ${since().toFixed(0)} s`);
  }
  const embedded = since();
  await service.post('/api/v1/search/reindex', {});
  while ((await service.get('/api/v1/search/stats')).reindex.done_at === null) await pause(1000);
  await service.database.query('VACUUM ANALYZE');
  await pause(5000);
  const afterwards = await answerTimes(service, 10);
  const p95 = (times) => `${percentile(times, 0.95).toFixed(1)} ms`;
  return `imported in ${imported.toFixed(0)} s, embedded ${(embedded - imported).toFixed(0)} s later; p95 of other requests ${p95(meanwhile)} meanwhile, ${p95(afterwards)} afterwards`;
}

function judged(found, right) {
  const wanted = new Set(right);
  const rank = found.findIndex((name) => wanted.has(name)) + 1;
  const hits = found.slice(0, TOP).filter((name) => wanted.has(name)).length;
  return {
    mrr: rank > 0 ? 1 / rank : 0,
    recall: hits / Math.min(TOP, wanted.size),
    success: rank > 0 && rank <= SUCCESS ? 1 : 0,
    found: found.length,
  };
}

const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / Math.max(1, numbers.length);
const percentile = (numbers, share) => numbers.toSorted((a, b) => a - b)[Math.floor(share * (numbers.length - 1))];
const three = (value) => value.toFixed(3).replace(/^0/, '');
const percent = (value) => String(Math.round(100 * value));

/** Figures of one way over the tasks, and the milliseconds of every question. */
async function measured(service, ask, tasks) {
  const times = [];
  const byTask = {};
  for (const [task, questions] of Object.entries(tasks)) {
    const judgements = [];
    for (const question of questions) {
      const started = performance.now();
      const found = await ask(service, question);
      times.push(performance.now() - started);
      judgements.push(judged(found, question.right));
    }
    byTask[task] = Object.fromEntries(
      ['mrr', 'recall', 'success', 'found'].map((name) => [name, mean(judgements.map((one) => one[name]))]),
    );
  }
  return { byTask, p50: percentile(times, 0.5), p95: percentile(times, 0.95) };
}

function printed(title, tasks, rows) {
  const names = Object.keys(tasks);
  console.log(`\n| ${title} | ${names.join(' | ')} | mean MRR | p50 ms | p95 ms |`);
  console.log(`| --- | ${names.map(() => '---').join(' | ')} | ---: | ---: | ---: |`);
  for (const [name, { byTask, p50, p95 }] of rows) {
    const cells = names.map((task) => {
      const { mrr, recall, success } = byTask[task];
      return `${three(mrr)} / ${percent(recall)} / ${percent(success)}`;
    });
    const all = three(mean(names.map((task) => byTask[task].mrr)));
    console.log(`| ${[name, ...cells, all, p50.toFixed(1), p95.toFixed(1)].join(' | ')} |`);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'ureg-search-'));
const cluster = process.env.BENCH_DATABASE_URL ? undefined : await NativePostgres.start(SETTINGS);
const databaseUrl = process.env.BENCH_DATABASE_URL ?? cluster.url;
let service;
try {
  const file = await chosenPackages(folder);
  const packages = await readPackages(file);
  const { autocomplete, ...tasks } = await goldenSet(packages, {
    most: Number(options.questions),
    wordnet: options.wordnet,
  });
  const running = await ServiceProcess.start({ DATABASE_URL: databaseUrl, REGISTRY_ADMIN_KEY: adminKey });
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  service = new Service(running, database);
  const told = await filled(service, file);
  const counts = Object.entries({ ...tasks, autocomplete }).map(([task, list]) => `${task} ${list.length}`);
  const { vectors, recall } = await service.get('/api/v1/search/stats?sample=50');
  console.log(
    `${cpus()[0].model}, ${cpus().length} cores; Node ${process.version}; ${packages.length} packages; ${told}; ${vectors.model}; recall@10 of the index ${recall.recall}`,
  );
  console.log(`questions: ${counts.join(', ')}; cells: MRR / recall@10 % / success@5 %`);
  // A round that is not counted warms up statements, plans and caches.
  for (const [, ask] of SYSTEMS) await measured(service, ask, { name: tasks.name.slice(0, 20) });
  const rows = [];
  for (const [name, ask] of SYSTEMS) rows.push([name, await measured(service, ask, tasks)]);
  printed('search', tasks, rows);
  const completions = [];
  for (const [name, ask] of COMPLETIONS) completions.push([name, await measured(service, ask, { autocomplete })]);
  printed('completion', { autocomplete }, completions);
  const short = rows.map(([name, { byTask }]) => `${name.replaceAll('*', '')} ${byTask.filter.found.toFixed(1)}`);
  console.log(`\nanswers to a filtered question, of ${TOP} asked for: ${short.join('; ')}`);
} finally {
  await service?.database.end();
  await service?.process.stop();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
}
