// Proves what the grid promises, over three service processes on one database:
//   round robin gives no node more than one of 1,000 too many or too few, whichever process answers;
//   5,000 nodes that beat every 5 s cost at most 0.5 ms of processor time a heartbeat, PostgreSQL's included, and none of them
//   is ever called silent; a drained one among them gets nothing, from any strategy, while it goes on beating;
//   when 80 % fall silent at once every process serves the last known set, says so, and gives them up at the stated time.
//   npm run prove:grid -- [--nodes 5000] [--seconds 120] [--processes 3]   or   -- --short
// It makes a PostgreSQL server of its own, gone afterwards. Times on a busy machine are shown, the promises judged.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makeKey } from '../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from './native-postgres.mjs';
import { GridFleet } from './proof/grid-fleet.mjs';
import { Replica } from './proof/heartbeat-fleet.mjs';
import { secondsOf, secondsOfServer } from './proof/processor-time.mjs';
import { ServiceProcess } from './service-process.mjs';

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({
  options: {
    nodes: text('5000'),
    seconds: text('120'),
    processes: text('3'),
    short: { type: 'boolean', default: false },
  },
});
const [nodes, seconds] = values.short ? [500, 15] : [Number(values.nodes), Number(values.seconds)];
const INTERVAL_MS = 5000;
const TTL_SECONDS = 15;
const CONNECTIONS = 8;
const FAIR = { nodes: 10, rounds: values.short ? 3 : 10, requests: 1000, clients: 12 };
const SILENT_SHARE = 0.8;
const STRATEGIES = ['round_robin', 'least_connections', 'weighted', 'random', 'consistent_hash'];
const FLEET = { region: 'eu' };
/** After the stated time, with the way to every process and a busy machine. */
const LATE_MS = 5000;

const ask = async (replica, method, path, body) => {
  const answer = await replica.call(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
  return answer.body && JSON.parse(answer.body);
};
const balance = (replica, question) => ask(replica, 'POST', '/api/v1/grid/balance', question);
const statsOf = (replica) => ask(replica, 'GET', '/api/v1/grid/stats');

async function until(what, holds, ms = 120_000) {
  for (const end = performance.now() + ms; !(await holds()); await pause(50))
    if (performance.now() > end) throw new Error(`Not in ${ms} ms: ${what}`);
}

/** The most that any node is ahead of or behind its share, over so many times a thousand requests. */
async function fairness(replicas) {
  const question = { region: 'fair' };
  const spec = (n) => ({ host: '10.9.0.1', port: 9000 + n, region: 'fair' });
  const items = Array.from({ length: FAIR.nodes }, (_, n) => ({ type: 'grid_node', name: `fair-${n}`, status: 'active', spec: spec(n) })); // prettier-ignore
  await ask(replicas[0], 'POST', '/api/v1/entities/bulk', items);
  for (const replica of replicas)
    await until('all are known', async () => (await balance(replica, { ...question, strategy: 'random' }).catch(() => undefined))?.why.candidates === FAIR.nodes); // prettier-ignore
  let worst = 0;
  for (let round = 0; round < FAIR.rounds; round++) {
    const counts = new Map();
    let left = FAIR.requests;
    const client = async (n) => {
      while (left-- > 0) {
        const { node, why } = await balance(replicas[n % replicas.length], question);
        if (!why.shared) throw new Error('A process counted turns alone.');
        counts.set(node.id, (counts.get(node.id) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: FAIR.clients }, (_, n) => client(n)));
    const share = FAIR.requests / FAIR.nodes;
    worst = Math.max(worst, ...[...counts.values()].map((count) => Math.abs(count - share)), share * (counts.size < FAIR.nodes)); // prettier-ignore
  }
  return worst;
}

/** What a heartbeat costs, and whether anybody who beats was ever called silent. */
async function heartbeats(fleet, replicas, pids, server) {
  const before = {
    at: performance.now(),
    beats: fleet.beats,
    service: secondsOf(pids),
    database: secondsOfServer(server),
  };
  let slandered = 0;
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await pause(1000)) {
    const { late = 0, silent = 0, expired = 0 } = (await statsOf(replicas[1])).by_liveness;
    slandered = Math.max(slandered, late + silent + expired);
  }
  const beats = fleet.beats - before.beats;
  const cost = (after, since) => ((after - since) / beats) * 1000;
  const service = cost(secondsOf(pids), before.service);
  const database = cost(secondsOfServer(server), before.database);
  return { beats, rate: beats / ((performance.now() - before.at) / 1000), service, database, slandered };
}

/** How much work a drained node gets that goes on beating. */
async function drained(fleet, replicas) {
  const member = fleet.members[7];
  await ask(replicas[0], 'POST', member.path.replace('heartbeat', 'drain'), { grace_seconds: 2 });
  for (const replica of replicas)
    await until('every process knows', async () => (await balance(replica, FLEET)).why.candidates === nodes - 1);
  let given = 0;
  for (let n = 0; n < 500; n++)
    for (const strategy of STRATEGIES) {
      const { node } = await balance(replicas[n % replicas.length], { ...FLEET, strategy, key: `key-${n}` });
      if (member.path.includes(node.id)) given++;
    }
  await until('it is drained', async () => (await ask(replicas[0], 'GET', member.path.replace('/heartbeat', ''))).status === 'drained'); // prettier-ignore
  await ask(replicas[0], 'POST', member.path.replace('heartbeat', 'activate'));
  return given;
}

async function massLoss(fleet, replicas) {
  const silent = fleet.members.slice(0, nodes * SILENT_SHARE);
  for (const member of silent) member.silent = true;
  await until('the guard holds', async () => (await statsOf(replicas[0])).guard.active);
  const { guard } = await statsOf(replicas[0]);
  await pause(1500);
  let lost = 0;
  let unsaid = 0;
  while (Date.now() < Date.parse(guard.until) - 500) {
    for (const replica of replicas) {
      const { why, guard: told } = await balance(replica, FLEET);
      if (Date.now() > Date.parse(guard.until) - 250) break;
      lost = Math.max(lost, nodes - why.candidates);
      if (told?.until !== guard.until) unsaid++;
    }
    await pause(250);
  }
  const left = nodes - silent.length;
  for (const replica of replicas)
    await until('the silent are given up', async () => (await balance(replica, FLEET)).why.candidates === left);
  return { lost, unsaid, lateMs: Date.now() - Date.parse(guard.until), held: Date.parse(guard.until) - Date.parse(guard.since) }; // prettier-ignore
}

const cluster = await NativePostgres.start({ max_connections: 100 });
const key = makeKey('admin_key');
const env = { DATABASE_URL: cluster.url, REGISTRY_ADMIN_KEY: key };
const processes = [];
const replicas = [];
try {
  for (let n = 0; n < Number(values.processes); n++) processes.push(await ServiceProcess.start(env));
  replicas.push(...processes.map(({ url }) => new Replica(url, key, CONNECTIONS)));
  const holds = {};
  const worst = await fairness(replicas);
  console.log(`round robin: ${FAIR.rounds} times ${FAIR.requests} over ${replicas.length} processes and ${FAIR.nodes} nodes, worst deviation ${worst}`); // prettier-ignore
  holds['round robin deviates by at most 1 in 1,000'] = worst <= 1;
  const fleet = new GridFleet(replicas, { nodes, intervalMs: INTERVAL_MS, ttlSeconds: TTL_SECONDS });
  await fleet.start();
  await until('all are well', async () => (await statsOf(replicas[0])).by_health.healthy >= nodes, 600_000);
  const beats = await heartbeats(fleet, replicas, processes.map(({ pid }) => pid), cluster.pid); // prettier-ignore
  const cost = beats.service + beats.database;
  console.log(`${nodes} nodes: ${beats.beats} heartbeats (${beats.rate.toFixed(0)} a second), ${fleet.failures} failed; processor time each ${cost.toFixed(3)} ms (service ${beats.service.toFixed(3)}, PostgreSQL ${beats.database.toFixed(3)})`); // prettier-ignore
  holds['a heartbeat costs at most 0.5 ms'] = cost <= 0.5;
  holds['none that beats is called silent'] = beats.slandered === 0 && fleet.failures === 0;
  const given = await drained(fleet, replicas);
  console.log(`a drained node that beats: ${given} of ${500 * STRATEGIES.length} decisions by ${STRATEGIES.length} strategies`); // prettier-ignore
  holds['a drained node gets no work'] = given === 0;
  const loss = await massLoss(fleet, replicas);
  console.log(`80 % silent at once: held ${loss.held / 1000} s, ${loss.lost} nodes missing meanwhile, ${loss.unsaid} answers did not say so, given up on every process ${loss.lateMs} ms after the stated time`); // prettier-ignore
  holds['a mass loss keeps the last known set, and says so'] = loss.lost === 0 && loss.unsaid === 0;
  holds['and gives up at the stated time'] = loss.lateMs >= 0 && loss.lateMs <= LATE_MS;
  await fleet.stop();
  for (const [promise, kept] of Object.entries(holds)) console.log(`${kept ? 'holds' : 'DOES NOT HOLD'}: ${promise}`);
  if (!Object.values(holds).every(Boolean)) process.exitCode = 1;
} finally {
  for (const replica of replicas) replica.close();
  for (const service of processes) await service.stop();
  await cluster.stop();
}
