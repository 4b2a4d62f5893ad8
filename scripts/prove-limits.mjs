// Proves that a limit holds over all processes: three services on one database, 60 clients that ask as fast as they can
// with one key of 200 requests per 2 s. No rolling window may admit more than 1.05 of the limit, and 0.9 of it must pass.
//   npm run prove:limits -- [--seconds 12]
// It uses the database of DATABASE_URL if given (a key is left there, revoked), else one that is gone afterwards.
import { once } from 'node:events';
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makeKey } from '../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from './native-postgres.mjs';
import { ServiceProcess } from './service-process.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '12' } } });
const seconds = Number(values.seconds);
const PROCESSES = 3;
const CLIENTS = 60;
const LIMIT = 200;
const WINDOW_SECONDS = 2;
/** A client that is refused asks again this soon, whatever Retry-After says. */
const AGAIN_MS = 10;
const PATH = '/api/v1/gateway/whoami';

/** Status of one request, and when it was sent and answered, in milliseconds of one clock. */
async function ask(agent, url, key) {
  const sent = performance.now();
  const request = http.get(url + PATH, { agent, headers: { 'X-API-Key': key } });
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
  return { status: response.statusCode, sent, answered: performance.now() };
}

async function client(url, key, until, answers) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  while (performance.now() < until) {
    const answer = await ask(agent, url, key);
    answers.push(answer);
    if (answer.status === 429) await pause(AGAIN_MS);
  }
  agent.destroy();
}

/**
 * Most requests that were admitted within one window, wherever it begins. Each was decided on between sending and
 * answering: one that was only answered late, on a busy machine, is not counted as admitted late.
 */
function worstWindow(admitted) {
  const within = ({ sent }) =>
    admitted.filter((one) => one.sent >= sent && one.answered <= sent + WINDOW_SECONDS * 1000);
  return Math.max(...admitted.map((first) => within(first).length));
}

/** The same by one clock alone: on a busy machine answers of different moments come together, and it says too much. */
function worstBy(clock, admitted) {
  const within = (first) => admitted.filter((one) => one[clock] >= first && one[clock] < first + WINDOW_SECONDS * 1000);
  return Math.max(...admitted.map((one) => within(one[clock]).length));
}

async function call(service, adminKey, method, path, body) {
  const response = await fetch(`${service.url}/api/v1/gateway${path}`, {
    method,
    headers: { 'x-api-key': adminKey, ...(body && { 'content-type': 'application/json' }) },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
}

const cluster = process.env.DATABASE_URL ? undefined : await NativePostgres.start({ max_connections: 200 });
const adminKey = makeKey('admin_key');
const env = { DATABASE_URL: process.env.DATABASE_URL ?? cluster.url, REGISTRY_ADMIN_KEY: adminKey };
const services = [];
try {
  for (let n = 0; n < PROCESSES; n++) services.push(await ServiceProcess.start(env));
  const { id, key } = await call(services[0], adminKey, 'POST', '/keys', {
    name: 'proof of limits',
    type: 'service_key',
    permissions: ['read:*'],
    rate_limit: { limit: LIMIT, window_seconds: WINDOW_SECONDS },
  });
  const answers = [];
  const began = performance.now();
  const until = began + seconds * 1000;
  await Promise.all(
    Array.from({ length: CLIENTS }, (_, n) => client(services[n % PROCESSES].url, key, until, answers)),
  );
  const took = (performance.now() - began) / 1000;
  await call(services[0], adminKey, 'DELETE', `/keys/${id}`);
  const admitted = answers.filter(({ status }) => status === 200);
  const others = answers.filter(({ status }) => status !== 200 && status !== 429);
  const worst = worstWindow(admitted);
  const due = LIMIT * (took / WINDOW_SECONDS);
  const share = admitted.length / due;
  console.log(
    `${PROCESSES} processes, ${CLIENTS} clients, ${LIMIT} per ${WINDOW_SECONDS} s, ${took.toFixed(1)} s: ${answers.length} asked, ` +
      `${admitted.length} admitted (${share.toFixed(2)} of what the limit gives), worst window ${worst} (${(worst / LIMIT).toFixed(3)} of the limit; by time of sending ${worstBy('sent', admitted)}, of answering ${worstBy('answered', admitted)}), ` +
      `${others.length} answers other than 200 and 429`,
  );
  const holds = worst <= 1.05 * LIMIT && share >= 0.9 && others.length === 0;
  console.log(holds ? 'the limit holds' : 'THE LIMIT DOES NOT HOLD');
  process.exitCode = holds ? 0 : 1;
} finally {
  for (const service of services) await service.stop();
  await cluster?.stop();
}
