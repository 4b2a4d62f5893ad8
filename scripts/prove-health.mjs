// Proves that health is passed on at once: a hub with 5,000 dependants turns unhealthy and back, each time in one
// transaction, with an event for each entry, and everything is as it was; deeper graphs too; cycles end. Beside the time
// it tells, where there is a /proc, the CPU time of the service and of PostgreSQL until the answer.
//   npm run prove:health -- [--dependants 5000] [--times 5]
// It uses the database of DATABASE_URL if given (its catalog stays there), else one that is gone afterwards.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { makeKey } from '../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from './native-postgres.mjs';
import { ServiceProcess } from './service-process.mjs';

const { values } = parseArgs({
  options: { dependants: { type: 'string', default: '5000' }, times: { type: 'string', default: '5' } },
});
const dependants = Number(values.dependants);
const times = Number(values.times);
const MOST_MS = 1000;

const cluster = process.env.DATABASE_URL ? undefined : await NativePostgres.start({ max_connections: 100 });
const url = process.env.DATABASE_URL ?? cluster.url;
const adminKey = makeKey('admin_key');
let service;
let database;

async function call(method, path, body) {
  const response = await fetch(`${service.url}/api/v1${path}`, {
    method,
    headers: { 'x-api-key': adminKey, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Entries `<name>-0` …, related as `edges` says: pairs of numbers, who needs whom. */
async function store(name, nodes, edges) {
  const key = (n) => `svc_${name}-${n}`;
  for (let at = 0; at < nodes; at += 1000) {
    const some = Array.from({ length: Math.min(1000, nodes - at) }, (_, i) => ({
      type: 'service',
      name: `${name}-${at + i}`,
      title: `Service ${at + i} of the ${name}`,
      description: 'Something that an enterprise runs, described in a sentence of ordinary length.',
      owner: 'team-proof',
      tags: ['proof', name],
      health: 'healthy',
    }));
    await call('POST', '/entities/bulk', some);
  }
  for (let at = 0; at < edges.length; at += 5000)
    await call(
      'POST',
      '/relationships/bulk',
      edges.slice(at, at + 5000).map(([source, target]) => ({
        source_id: key(source),
        target_id: key(target),
        type: source % 2 ? 'requires' : 'depends_on',
      })),
    );
}

/** Milliseconds of CPU that a process has used, to the hundredth of a second. */
function cpuOf(pid) {
  try {
    const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ').slice(11, 13);
    return (Number(user) + Number(system)) * 10;
  } catch {
    return 0;
  }
}

/** Of the service, and of its sessions on a database of our own. */
async function cpu() {
  const { rows } = await database.query('SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()');
  return { service: cpuOf(service.pid), sessions: new Map(rows.map(({ pid }) => [pid, cluster ? cpuOf(pid) : 0])) };
}

/** Degraded and well entries of one graph, and events and their transactions since. */
async function found(name, since) {
  const { rows } = await database.query(
    `SELECT (SELECT count(*)::int FROM entry WHERE name LIKE $1 AND health = 'degraded' AND reported_health = 'healthy') AS degraded,
       (SELECT count(*)::int FROM entry WHERE name LIKE $1 AND health = 'healthy' AND reported_health IS NULL) AS well,
       (SELECT count(*)::int FROM event WHERE id > $2 AND type = 'health_changed') AS events,
       (SELECT count(DISTINCT xid)::int FROM event WHERE id > $2 AND type = 'health_changed') AS transactions`,
    [`${name}-%`, since],
  );
  return rows[0];
}

const figures = (list) => {
  const sorted = list.toSorted((a, b) => a - b);
  return `${Math.round(sorted[Math.floor(sorted.length / 2)])} ms (worst ${Math.round(sorted.at(-1))} ms)`;
};

async function flips(what, name, root, reached) {
  const took = { unhealthy: [], healthy: [], service: [], database: [] };
  let wrong = 0;
  for (let n = 0; n < times; n++)
    for (const status of ['unhealthy', 'healthy']) {
      const since = (await database.query('SELECT coalesce(max(id), 0) AS id FROM event')).rows[0].id;
      const before = await cpu();
      const began = performance.now();
      await call('POST', `/services/svc_${name}-${root}/health`, { status });
      took[status].push(performance.now() - began);
      took.service.push(cpuOf(service.pid) - before.service);
      took.database.push([...before.sessions].reduce((sum, [pid, ms]) => sum + Math.max(cpuOf(pid) - ms, 0), 0));
      const { degraded, well, events, transactions } = await found(name, since);
      const due = status === 'unhealthy' ? [reached, 0] : [0, reached + 1];
      if (degraded !== due[0] || well !== due[1] || events !== reached + 1 || transactions !== 1) wrong++;
      // What follows a change (its events get their numbers, the trail is sealed) is not part of the next.
      await pause(1000);
    }
  const verdict = wrong
    ? `${wrong} FLIPS WENT WRONG`
    : `each ${times} times in one transaction with ${reached + 1} events`;
  const used = cluster && took.service.some(Boolean);
  const cost = used ? `; CPU: PostgreSQL ${figures(took.database)}, service ${figures(took.service)}` : '';
  console.log(
    `${what}: ${reached} entries turn in ${figures(took.unhealthy)}, and back in ${figures(took.healthy)}${cost}; ${verdict}`,
  );
  return wrong === 0 && [...took.unhealthy, ...took.healthy].every((ms) => ms < MOST_MS);
}

const star = (n) => Array.from({ length: n }, (_, i) => [i + 1, 0]);
/** A tree of tens: as many entries, four deep. */
const tree = (n) => Array.from({ length: n }, (_, i) => [i + 1, Math.floor(i / 10)]);
/** Levels of a hundred, each entry needing two of the level before. */
const levels = (n) =>
  Array.from({ length: n }, (_, i) =>
    i < 100
      ? [[i + 1, 0]]
      : [
          [i + 1, i - 99],
          [i + 1, Math.floor(i / 100) * 100 - 99 + ((i + 7) % 100)],
        ],
  ).flat();
const chain = (n) => Array.from({ length: n }, (_, i) => [i + 1, i]);
const ring = (n) => [...chain(n), [0, n], ...Array.from({ length: n / 10 }, (_, i) => [i * 5, (i * 7 + 3) % n])];
const distinct = (edges) => [
  ...new Map(edges.filter(([a, b]) => a !== b).map((edge) => [edge.join('>'), edge])).values(),
];

try {
  service = await ServiceProcess.start({ DATABASE_URL: url, REGISTRY_ADMIN_KEY: adminKey });
  database = new Client({ connectionString: url });
  await database.connect();
  await store('hub', dependants + 1, star(dependants));
  await store('tree', dependants + 1, tree(dependants));
  await store('levels', dependants + 1, levels(dependants));
  await store('chain', 1001, chain(1000));
  await store('ring', 1001, distinct(ring(1000)));
  await database.query('ANALYZE');
  const outcomes = [
    await flips(`a hub with ${dependants} dependants`, 'hub', 0, dependants),
    await flips(`a tree of ${dependants}, ten dependants each`, 'tree', 0, dependants),
    await flips(`a hub with ${dependants / 100} levels of 100`, 'levels', 0, dependants),
    await flips('a chain of 1,000', 'chain', 0, 1000),
    await flips('a ring of 1,000 with 100 chords', 'ring', 0, 1000),
  ];
  const holds = outcomes.every(Boolean);
  console.log(holds ? 'health is passed on in time' : 'HEALTH IS NOT PASSED ON IN TIME');
  process.exitCode = holds ? 0 : 1;
} finally {
  await database?.end();
  await service?.stop();
  await cluster?.stop();
}
