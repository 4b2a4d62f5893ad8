// Proves what discovery promises: 2,000 services with 10,000 instances that beat every 5 s, over two service processes on
// one database. Whoever falls silent is out on both within its time to live and a second; whoever beats is never out; a
// heartbeat takes at most half a millisecond of processor time, PostgreSQL's included; discovery answers in 5 ms (p95).
//   npm run prove:heartbeats -- [--minutes 5] [--services 2000] [--instances 10000] [--processes 2]   or   -- --short
// It makes a PostgreSQL server of its own, gone afterwards. Times on a busy machine are shown, the promises judged.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makeKey } from '../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from './native-postgres.mjs';
import { HeartbeatFleet, Replica } from './proof/heartbeat-fleet.mjs';
import { secondsOf, secondsOfServer } from './proof/processor-time.mjs';
import { ServiceProcess } from './service-process.mjs';

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({
  options: {
    minutes: text('5'),
    services: text('2000'),
    instances: text('10000'),
    processes: text('2'),
    short: { type: 'boolean', default: false },
  },
});
const short = { minutes: 0.5, services: 200, instances: 1000 };
const { minutes, services, instances } = values.short
  ? short
  : { minutes: Number(values.minutes), services: Number(values.services), instances: Number(values.instances) };
const INTERVAL_MS = 5000;
const TTL_SECONDS = 15;
const CONNECTIONS = 8;
const SILENT_SHARE = 0.02;
const LOOK_MS = 50;
/** Questions a second. */
const QUESTIONS = 40;

const quantile = (times, q) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(q * times.length))];
const namesAt = async (replica, service) => {
  const { status, body } = await replica.call('GET', `/api/v1/services/${service}/instances?healthy=true`);
  if (status !== 200) throw new Error(body);
  return JSON.parse(body).map(({ id }) => id);
};

/** Asks for services at random; whoever beats must be in every answer. */
async function asking(fleet, replicas, until, found) {
  for (let n = 0; performance.now() < until; n++) {
    const service = Math.floor(Math.random() * services);
    const wanted = fleet.membersOf(service).filter(({ silent }) => !silent);
    const began = performance.now();
    const names = new Set(await namesAt(replicas[n % replicas.length], fleet.ids[service]));
    found.times.push(performance.now() - began);
    found.missing += wanted.filter(({ id, silent }) => !silent && !names.has(id)).length;
    await pause(1000 / QUESTIONS);
  }
}

/** One instance after another falls silent; how long after its last heartbeat and time to live it is out everywhere. */
async function silencing(fleet, replicas, until, found) {
  const candidates = fleet.members.filter(() => Math.random() < SILENT_SHARE);
  const gap = Math.max(100, (until - performance.now()) / Math.max(1, candidates.length));
  const watching = [];
  for (const member of candidates) {
    if (performance.now() > until) break;
    member.silent = true;
    watching.push(disappearance(member, fleet, replicas, found));
    await pause(gap);
  }
  await Promise.all(watching);
}

async function disappearance(member, fleet, replicas, found) {
  found.silenced++;
  // What was on its way when it fell silent has arrived by then.
  await pause(1000);
  await pause(Math.max(0, member.heardAt + TTL_SECONDS * 1000 - 200 - performance.now()));
  await Promise.all(
    replicas.map(async (replica) => {
      for (;;) {
        const names = await namesAt(replica, fleet.ids[member.service]);
        const late = (performance.now() - member.heardAt) / 1000 - TTL_SECONDS;
        if (!names.includes(member.id)) return found.late.push(late);
        if (late > 10) return found.late.push(late);
        await pause(LOOK_MS);
      }
    }),
  );
}

async function totalOf(replicas, name) {
  const pages = await Promise.all(replicas.map((replica) => replica.call('GET', '/metrics')));
  return pages.reduce((sum, { body }) => sum + Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(body)[1]), 0);
}

function report(found, measured) {
  const { seconds, beats, service, database, expired } = measured;
  const milliseconds = (value) => ((value / beats) * 1000).toFixed(3);
  const [p50, p95] = [quantile(found.times, 0.5), quantile(found.times, 0.95)];
  const worst = Math.max(...found.late);
  const cost = ((service + database) / beats) * 1000;
  console.log(`${services} services, ${instances} instances, ${String(values.processes)} processes, ${seconds.toFixed(0)} s: ` +
    `${beats} heartbeats (${(beats / seconds).toFixed(0)} a second), ${measured.failures} failed`); // prettier-ignore
  console.log(
    `processor time a heartbeat, all else included: ${cost.toFixed(3)} ms (service ${milliseconds(service)}, PostgreSQL ${milliseconds(database)})`,
  );
  console.log(`discovery: ${found.times.length} questions, p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`);
  console.log(
    `silent: ${found.silenced}, out on every process; after their time to live p50 ${quantile(found.late, 0.5).toFixed(2)} s, worst ${worst.toFixed(2)} s`,
  );
  console.log(`given up ${expired}; beating and yet missing in an answer: ${found.missing}`);
  const kept = {
    'a heartbeat costs at most 0.5 ms': cost <= 0.5,
    'discovery p95 is at most 5 ms': p95 <= 5,
    'the silent are out within TTL + 1 s': worst <= 1,
    'none that beats is ever out': found.missing === 0 && expired === found.silenced && measured.failures === 0,
  };
  for (const [promise, holds] of Object.entries(kept)) console.log(`${holds ? 'holds' : 'DOES NOT HOLD'}: ${promise}`);
  return Object.values(kept).every(Boolean);
}

const cluster = await NativePostgres.start({ max_connections: 100 });
const key = makeKey('admin_key');
const processes = [];
const replicas = [];
const askers = [];
try {
  for (let n = 0; n < Number(values.processes); n++)
    processes.push(
      await ServiceProcess.start({ DATABASE_URL: cluster.url, REGISTRY_ADMIN_KEY: key, METRICS_PUBLIC: 'true' }),
    );
  replicas.push(...processes.map(({ url }) => new Replica(url, key, CONNECTIONS)));
  // On connections of their own: questions do not queue behind heartbeats.
  askers.push(...processes.map(({ url }) => new Replica(url, key, CONNECTIONS)));
  const fleet = new HeartbeatFleet(replicas, { services, instances, intervalMs: INTERVAL_MS, ttlSeconds: TTL_SECONDS });
  await fleet.start();
  // Until everybody knows everybody, and what their coming has set off is done.
  await pause(10_000);
  const found = { times: [], missing: 0, late: [], silenced: 0 };
  const before = { at: performance.now(), beats: fleet.beats, service: secondsOf(processes.map(({ pid }) => pid)), database: secondsOfServer(cluster.pid) }; // prettier-ignore
  const until = before.at + minutes * 60_000;
  const last = silencing(fleet, askers, until - (TTL_SECONDS + 2) * 1000, found);
  await Promise.all([asking(fleet, askers, until, found), last]);
  const measured = {
    seconds: (performance.now() - before.at) / 1000,
    beats: fleet.beats - before.beats,
    service: secondsOf(processes.map(({ pid }) => pid)) - before.service,
    database: secondsOfServer(cluster.pid) - before.database,
    expired: await totalOf(replicas, 'registry_service_expiries_total'),
    failures: fleet.failures,
  };
  await fleet.stop();
  if (!report(found, measured)) process.exitCode = 1;
} finally {
  for (const replica of [...replicas, ...askers]) replica.close();
  for (const service of processes) await service.stop();
  await cluster.stop();
}
