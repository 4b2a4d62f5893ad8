// What configuration costs in processor time: a value read for a context, its 304, and a write with compare-and-set,
// beside a bare handler that gives the answer of the read, by turns.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makeKey } from '../../dist/src/gateway/keys/key-format.js';
import { secondsOf, secondsOfServer } from '../../scripts/proof/processor-time.mjs';
import { ServiceProcess } from '../../scripts/service-process.mjs';
import { load, median } from './load-process.mjs';

const BARE = fileURLToPath(new URL('bare-answer.mjs', import.meta.url));
const CONNECTIONS = 10;
const KEYS = 50;
const WRITES = 500;
/** Milliseconds of processor time; ADR 16 says why a read asks no database. */
const READ_AIM = 0.3;

const pathOf = (n) => `/api/v1/config/bench.key-${n}`;
const reads = Array.from({ length: KEYS }, (_, n) => ({ path: `${pathOf(n)}?environment=prod&service=checkout` }));

async function call(service, key, method, path, { body, headers } = {}) {
  const response = await fetch(service.url + path, {
    method,
    headers: { 'x-api-key': key, ...(body && { 'content-type': 'application/json' }), ...headers },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return { text, headers: response.headers };
}

/** A global value of each key, and one for production of every second. */
async function fill(service, key) {
  const one = async (_, n) => {
    await call(service, key, 'PUT', pathOf(n), { body: { value: n, validation: { min: 0, max: 1e9 } } });
    if (n % 2 === 0) await call(service, key, 'PUT', `${pathOf(n)}?environment=prod`, { body: { value: n * 2 } });
  };
  await Promise.all(Array.from({ length: KEYS }, one));
}

/** Milliseconds of processor time of a request, the load generator's apart. */
async function costOf(pid, work) {
  const before = secondsOf([pid]);
  const { answers } = await work();
  return ((secondsOf([pid]) - before) * 1000) / answers;
}

/** By as many clients as there are connections, each with a key of its own. */
async function writeCost(service, key, postmaster) {
  const writer = async (own) => {
    const { headers } = await call(service, key, 'GET', `${pathOf(own)}?scope=global`);
    const first = Number(headers.get('etag').slice(1, -1));
    for (let n = 0; n < WRITES / CONNECTIONS; n++) {
      const match = { 'if-match': `"${first + n}"` };
      await call(service, key, 'PUT', pathOf(own), { body: { value: 1000 + n }, headers: match });
    }
  };
  const before = { at: performance.now(), service: secondsOf([service.pid]), database: secondsOfServer(postmaster) };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, n) => writer(n)));
  const each = (seconds) => (seconds * 1000) / WRITES;
  return {
    service: each(secondsOf([service.pid]) - before.service),
    database: each(secondsOfServer(postmaster) - before.database),
    clock: (performance.now() - before.at) / WRITES,
  };
}

/** `postmaster` is the process of the database server; undefined when it runs elsewhere. */
export async function configCost({ databaseUrl, postmaster, seconds, rounds }) {
  const key = makeKey('admin_key');
  const service = await ServiceProcess.start({ DATABASE_URL: databaseUrl, REGISTRY_ADMIN_KEY: key });
  const bare = fork(BARE);
  try {
    await fill(service, key);
    const { text, headers } = await call(service, key, 'GET', reads[0].path);
    bare.send({ body: text, headers: { 'content-type': 'application/json; charset=utf-8' } });
    const [{ port }] = await once(bare, 'message');
    const etag = headers.get('etag');
    const results = { read: [], unchanged: [], bare: [] };
    const ask = (url, requests, more) => () =>
      load(
        url,
        { title: 'config', requests, connections: CONNECTIONS },
        { seconds, headers: { 'x-api-key': key, ...more } },
      );
    for (let round = 0; round <= rounds; round++) {
      const all = {
        read: await costOf(service.pid, ask(service.url, reads)),
        bare: await costOf(bare.pid, ask(`http://127.0.0.1:${port}`, reads)),
        unchanged: await costOf(service.pid, ask(service.url, [reads[0]], { 'if-none-match': etag })),
      };
      // The first round warms both up.
      if (round > 0) for (const [name, cost] of Object.entries(all)) results[name].push(cost);
    }
    return {
      ...Object.fromEntries(Object.entries(results).map(([name, costs]) => [name, median(costs)])),
      write: postmaster && (await writeCost(service, key, postmaster)),
    };
  } finally {
    bare.kill();
    await service.stop();
  }
}

export function configLines({ read, unchanged, bare, write }) {
  const ms = (value) => `${value.toFixed(3)} ms`;
  return [
    `configuration, processor time a request: read ${ms(read)} (aim ${READ_AIM}), 304 ${ms(unchanged)}, a bare handler ${ms(bare)}`,
    ...(write
      ? [
          `a write with compare-and-set, ${CONNECTIONS} keys at once: service ${ms(write.service)}, PostgreSQL ${ms(write.database)}, clock ${ms(write.clock)} each`,
        ]
      : []),
  ].join('\n');
}
