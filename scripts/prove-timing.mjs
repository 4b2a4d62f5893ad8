// Proves that the time of a refusal does not tell why: keys that nobody made, revoked ones and expired ones, each asked
// for once (so that every one is looked up), in random order. Their medians must not differ by more than chance allows.
// A mistyped key is told by its checksum, without a look-up: faster by design, reported apart.
//   npm run prove:timing -- [--requests 3000]
// It uses the database of DATABASE_URL if given (rows of its own are left there), else one that is gone afterwards.
import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { NativePostgres } from './native-postgres.mjs';
import { ServiceProcess } from './service-process.mjs';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '3000' } } });
const requests = Number(values.requests);
const WARM_UP = 300;
const RESAMPLES = 400;
const { makeKey } = await import(new URL('../dist/src/gateway/keys/key-format.js', import.meta.url));

const newKeys = () => Array.from({ length: requests + WARM_UP }, () => makeKey('api_key'));
const mistyped = (key) => key.slice(0, -1) + (key.endsWith('0') ? '1' : '0');

/** Rows as the service writes them, in the state given. */
async function store(client, keys, state) {
  await client.query(
    `INSERT INTO api_key (id, name, type, hash, hash_version, last_four, permissions, created_by, rotation_group_id, ${state})
     SELECT id, 'timing', 'api_key', hash, 0, 'xxxx', '{read:*}', 'system', id, clock_timestamp() - interval '1 hour'
     FROM unnest($1::uuid[], $2::bytea[]) AS k (id, hash)`,
    [keys.map(() => randomUUID()), keys.map((key) => createHash('sha256').update(key).digest())],
  );
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

/** Milliseconds until the refusal is there. */
function refusal(url, key, n) {
  // Each from an address of its own: a limit for one of them is not the question here.
  const address = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const options = { agent, headers: { 'X-API-Key': key, 'X-Forwarded-For': address } };
    const request = http.get(`${url}/api/v1/gateway/whoami`, options, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 401) resolve(performance.now() - started);
        else reject(new Error(`The answer was ${response.statusCode}.`));
      });
    });
    request.on('error', reject);
  });
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
const median = (times) => quantile(times.toSorted((a, b) => a - b), 0.5); // prettier-ignore

/** How far the medians of two samples of these times lie apart by chance, 99 times of 100. */
function chance(one, other) {
  const all = [...one, ...other];
  const draw = () => Array.from({ length: one.length }, () => all[Math.floor(Math.random() * all.length)]);
  const gaps = Array.from({ length: RESAMPLES }, () => Math.abs(median(draw()) - median(draw())));
  return quantile(gaps.toSorted((a, b) => a - b), 0.99); // prettier-ignore
}

async function measure(url, kinds) {
  const times = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
  for (let n = 0; n < requests + WARM_UP; n++) {
    // In another order each time: none is always asked right after the same other.
    const order = Object.keys(kinds).toSorted(() => Math.random() - 0.5);
    for (const [place, kind] of order.entries()) {
      const time = await refusal(url, kinds[kind][n], n * order.length + place);
      if (n >= WARM_UP) times[kind].push(time);
    }
  }
  return times;
}

function report(times) {
  const us = (ms) => `${Math.round(ms * 1000)} µs`.padStart(9);
  for (const [kind, list] of Object.entries(times)) {
    const sorted = list.toSorted((a, b) => a - b);
    console.log(
      `${kind.padEnd(10)} median ${us(quantile(sorted, 0.5))}   p95 ${us(quantile(sorted, 0.95))}   n ${list.length}`,
    );
  }
  let fault = false;
  for (const [one, other] of [
    ['unknown', 'revoked'],
    ['unknown', 'expired'],
    ['revoked', 'expired'],
  ]) {
    const gap = Math.abs(median(times[one]) - median(times[other]));
    const bound = chance(times[one], times[other]);
    fault ||= gap > bound;
    console.log(
      `${one} and ${other}: medians ${us(gap)} apart; by chance up to ${us(bound)} ${gap > bound ? 'DIFFERENT' : 'ok'}`,
    );
  }
  return fault;
}

const server = process.env.DATABASE_URL ? undefined : await NativePostgres.start();
const database = process.env.DATABASE_URL ?? server.url;
const service = await ServiceProcess.start({
  DATABASE_URL: database,
  REGISTRY_ADMIN_KEY: makeKey('admin_key'),
  TRUST_PROXY: '1',
});
try {
  const kinds = { unknown: newKeys(), revoked: newKeys(), expired: newKeys(), mistyped: newKeys().map(mistyped) };
  const client = new Client({ connectionString: database });
  await client.connect();
  await store(client, kinds.revoked, 'revoked_at');
  await store(client, kinds.expired, 'expires_at');
  await client.query('ANALYZE api_key');
  await client.end();
  if (report(await measure(service.url, kinds))) process.exitCode = 1;
} finally {
  agent.destroy();
  await service.stop();
  await server?.stop();
}
