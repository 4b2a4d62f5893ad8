// Proves the queue of an engine: workers, each a process, lease and do workloads while some of them are killed at random.
// Every workload must be completed once or be a dead letter with its reason, none may be run by two at the same time,
// and critical ones go before low ones. Then tells how many leases a second there are.
//   npm run prove:workloads -- [--tasks 20000] [--workers 8] [--embedded]
// It uses the database of DATABASE_URL or DATA_DIR if given (the engine is removed at the end), else one of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makeKey } from '../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from './native-postgres.mjs';
import { completedTwice, orderOfPriorities, overlaps, readJournals, wrongEnds } from './proof/workload-checks.mjs';
import { ServiceProcess } from './service-process.mjs';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '20000' },
    workers: { type: 'string', default: '8' },
    embedded: { type: 'boolean', default: false },
  },
});
const TASKS = Number(values.tasks);
const WORKERS = Number(values.workers);
const WORKER = fileURLToPath(new URL('proof/workload-worker.mjs', import.meta.url));
const BATCH = 1000;
const KILL_EVERY_MS = 600;
const MOST_MS = 600_000;
const key = makeKey('admin_key');
const clock = () => Number(process.hrtime.bigint() / 1000n);

async function call(service, method, path, body) {
  const response = await fetch(service.url + path, {
    method,
    headers: { 'x-api-key': key, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : { body: await response.json(), link: response.headers.get('link') };
}

async function runningEngine(service, name) {
  const { body } = await call(service, 'POST', '/api/v1/engines', { name });
  const path = `/api/v1/engines/${body.id}`;
  for (const verb of ['install', 'start']) await call(service, 'POST', `${path}/${verb}`);
  return path;
}

/** Queues so many of mixed priorities; one in a hundred fails always, one in five hundred hangs. */
async function queued(service, path, count, behaviours = true) {
  const sent = new Map();
  for (let n = 0; n < count; n += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - n) }, (_, i) => {
      const rest = behaviours ? (n + i) % 500 : 1;
      const behaviour = rest === 0 ? 'hang' : rest % 100 === 50 ? 'fail' : 'work';
      const priority = ['low', 'normal', 'high', 'critical'][Math.floor(Math.random() * 4)];
      return { task: 'prove', priority, payload: { behaviour }, max_attempts: behaviour === 'work' ? 5 : 2 };
    });
    const { body } = await call(service, 'POST', `${path}/workloads`, batch);
    for (const { id, payload } of body) sent.set(id, payload.behaviour);
  }
  return sent;
}

function startWorker(service, path, folder, number) {
  const name = `worker-${number}`;
  const journal = join(folder, `${name}.jsonl`);
  // There from the beginning: it may be killed before it writes a word.
  writeFileSync(journal, '');
  const env = { SERVICE_URL: service.url, SERVICE_KEY: key, ENGINE_PATH: path, WORKER_NAME: name, JOURNAL: journal };
  const child = spawn(process.execPath, [WORKER], { env, stdio: ['ignore', 2, 2] });
  return { name, journal, child, ended: once(child, 'exit') };
}

async function kill(worker) {
  if (worker.child.exitCode !== null) throw new Error(`${worker.name} ended with ${worker.child.exitCode}.`);
  worker.child.kill('SIGKILL');
  await worker.ended;
  worker.killedAt = clock();
}

const open = ({ depth }) =>
  ['queued', 'scheduled', 'running'].flatMap((status) => Object.values(depth[status])).reduce((sum, n) => sum + n, 0);

/** Workers at work until nothing is left to do; gives all there were, and how many were killed on the way. */
async function worked(service, path, folder) {
  const all = Array.from({ length: WORKERS }, (_, n) => startWorker(service, path, folder, n));
  const alive = [...all];
  let kills = 0;
  try {
    for (const until = Date.now() + MOST_MS; ; await pause(KILL_EVERY_MS)) {
      if (open((await call(service, 'GET', `${path}/workloads/stats`)).body) === 0) break;
      if (Date.now() > until) throw new Error('The workloads were not done in time.');
      const [victim] = alive.splice(Math.floor(Math.random() * alive.length), 1);
      await kill(victim);
      kills++;
      const next = startWorker(service, path, folder, all.length);
      all.push(next);
      alive.push(next);
    }
  } finally {
    await Promise.all(alive.map(kill));
  }
  return { all, kills };
}

async function listed(service, path) {
  const rows = [];
  for (let next = `${path}/workloads?limit=1000`; next;) {
    const { body, link } = await call(service, 'GET', next);
    rows.push(...body);
    next = link && /<([^>]+)>/.exec(link)[1];
  }
  return rows;
}

async function proveRun(service, folder) {
  const path = await runningEngine(service, `prove-workloads-${process.pid}`);
  const sent = await queued(service, path, TASKS);
  const began = performance.now();
  const { all, kills } = await worked(service, path, folder);
  const seconds = (performance.now() - began) / 1000;
  const lines = readJournals(all);
  const workloads = await listed(service, path);
  const { lastCritical, firstLow } = orderOfPriorities(lines);
  const wrong = [
    ...wrongEnds(workloads, sent),
    ...completedTwice(lines).map((id) => `${id} was completed twice`),
    ...overlaps(lines).map((id) => `${id} was run by two at once`),
    ...(lastCritical <= firstLow ? [] : ['a low one was leased before a critical one']),
  ];
  const count = (test) => workloads.filter(test).length;
  const leases = lines.reduce((sum, { step, count: n }) => sum + (step === 'leased' ? n : 0), 0);
  const dead = (cause) => count((one) => one.status === 'dead' && one.cause === cause);
  console.log(
    `${TASKS} workloads, ${WORKERS} workers, ${kills} killed, ${seconds.toFixed(1)} s: ${count(({ status }) => status === 'completed')} completed, ` +
      `dead ${dead('failed')} failed and ${dead('lease_expired')} unheard, ${count(({ attempts }) => attempts > 1)} tried more than once, ` +
      `${leases} leases; critical before low by ${((firstLow - lastCritical) / 1000).toFixed(1)} s`,
  );
  for (const line of wrong.slice(0, 20)) console.log(line);
  console.log(wrong.length === 0 ? 'the queue holds' : 'THE QUEUE DOES NOT HOLD');
  if (wrong.length > 0) process.exitCode = 1;
  await call(service, 'DELETE', `${path}?force=true`);
}

/** Workloads a second that eight clients lease, by batches of a size. */
async function leaseRate(service, count, total) {
  const path = await runningEngine(service, `lease-rate-${count}-${process.pid}`);
  await queued(service, path, total, false);
  const began = performance.now();
  let leased = 0;
  const client = async (worker) => {
    for (let body = [0]; body.length > 0; leased += body.length)
      ({ body } = await call(service, 'POST', `${path}/workloads/lease`, { worker, count, lease_seconds: 600 }));
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, n) => client(`client-${n}`)));
  const rate = leased / ((performance.now() - began) / 1000);
  console.log(`leased over HTTP by ${count}: ${Math.round(rate)} workloads/s (${leased} in all)`);
  await call(service, 'DELETE', `${path}?force=true`);
}

const given = process.env.DATABASE_URL || process.env.DATA_DIR;
const folder = await mkdtemp(join(tmpdir(), 'ureg-workloads-'));
const cluster = given || values.embedded ? undefined : await NativePostgres.start();
const place = process.env.DATABASE_URL
  ? { DATABASE_URL: process.env.DATABASE_URL }
  : { DATA_DIR: process.env.DATA_DIR ?? join(folder, 'data') };
const service = await ServiceProcess.start({
  ...(cluster ? { DATABASE_URL: cluster.url } : place),
  REGISTRY_ADMIN_KEY: key,
  RATE_LIMIT_DEFAULT: 'off',
});
try {
  await proveRun(service, folder);
  for (const count of [1, 10, 100]) await leaseRate(service, count, Math.min(TASKS, count * 1000));
} finally {
  await service.stop();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
}
