// `node test/bench/feature-flags.mjs` (after `npm run build`): CPU time of OFREP's answers beside a bare node:http handler
// that reads the same body and sends an answer of the same size, on the embedded database. BENCH_SECONDS, BENCH_ROUNDS.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeKey } from '../../dist/src/gateway/keys/key-format.js';
import { ServiceProcess } from '../../scripts/service-process.mjs';
import { median } from './load-process.mjs';

const FLAGS = 100;
const BULK = '/ofrep/v1/evaluate/flags';
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const TICKS_PER_SECOND = 100;
const CONNECTIONS = 4;

if (process.argv[2] === 'bare') bare();
else await main();

/** Answers what it is told, after the body was read and parsed. */
function bare() {
  process.once('message', ({ status, body, headers }) => {
    createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        JSON.parse(Buffer.concat(chunks));
        response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
        response.end(body);
      });
    }).listen(0, '127.0.0.1', function () {
      process.send({ port: this.address().port });
    });
  });
}

/** Milliseconds of CPU that a process has used. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** Milliseconds of the process's CPU for each answer. */
async function cost(pid, url, question) {
  const { path, headers, contexts, status } = question;
  const bodies = contexts.map((context) => JSON.stringify({ context }));
  const before = cpuOf(pid);
  const end = performance.now() + seconds * 1000;
  let answers = 0;
  const ask = async () => {
    for (let n = 0; performance.now() < end; n++) {
      const response = await fetch(url + path, { method: 'POST', headers, body: bodies[n % bodies.length] });
      await response.arrayBuffer();
      if (response.status !== status) throw new Error(`${question.title}: answered ${response.status}`);
      answers++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, ask));
  return (cpuOf(pid) - before) / answers;
}

async function flags(call) {
  for (let n = 0; n < FLAGS; n++) {
    const { id } = await call('/api/v1/features', {
      name: `flag-${n}`,
      strategy: 'canary',
      percentage: 50,
      default_value: 'off',
      variants: [
        { key: 'a', value: 'A' },
        { key: 'b', value: 'B' },
      ],
      rules: [
        { attribute: 'country', operator: 'in', values: ['DE', 'AT', 'CH'], variant: 'a' },
        { attribute: 'age', operator: 'gt', values: [90] },
      ],
    });
    await call(`/api/v1/features/${id}/enable`);
  }
}

async function main() {
  const folder = await mkdtemp(join(tmpdir(), 'ureg-bench-'));
  const adminKey = makeKey('admin_key');
  const service = await ServiceProcess.start({ DATA_DIR: folder, REGISTRY_ADMIN_KEY: adminKey });
  const headers = { 'x-api-key': adminKey, 'content-type': 'application/json' };
  const call = async (path, body) => {
    const response = await fetch(service.url + path, { method: 'POST', headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  try {
    await flags(call);
    const contexts = Array.from({ length: 1000 }, (_, n) => ({
      targetingKey: `user-${n}`,
      country: 'FR',
      age: n % 100,
    }));
    const known = await fetch(service.url + BULK, {
      method: 'POST',
      headers,
      body: JSON.stringify({ context: contexts[0] }),
    });
    const questions = [
      { title: `bulk of ${FLAGS} flags`, path: BULK, headers, contexts, status: 200, aim: 0.9 },
      { title: 'single', path: `${BULK}/flag-7`, headers, contexts, status: 200, aim: 0.35 },
      {
        title: 'bulk, 304',
        path: BULK,
        headers: { ...headers, 'if-none-match': known.headers.get('etag') },
        contexts: contexts.slice(0, 1),
        status: 304,
        aim: 0.3,
      },
    ];
    console.log('| question | service, ms CPU | bare handler, ms CPU | aim |\n| --- | ---: | ---: | ---: |');
    for (const question of questions) console.log(await measured(service, question));
  } finally {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Service and bare handler by turns, so that a slow minute of the machine meets both; the first round warms up. */
async function measured(service, question) {
  const { path, headers, contexts, title, aim } = question;
  const sample = await fetch(service.url + path, {
    method: 'POST',
    headers,
    body: JSON.stringify({ context: contexts[0] }),
  });
  const child = fork(fileURLToPath(import.meta.url), ['bare']);
  child.send({
    status: sample.status,
    body: await sample.text(),
    headers: { 'content-type': 'application/json', etag: '"a"' },
  });
  const [{ port }] = await once(child, 'message');
  const results = { service: [], bare: [] };
  for (let round = 0; round <= rounds; round++) {
    const one = await cost(service.pid, service.url, question);
    const other = await cost(child.pid, `http://127.0.0.1:${port}`, question);
    if (round === 0) continue;
    results.service.push(one);
    results.bare.push(other);
  }
  child.kill();
  return `| ${[title, median(results.service).toFixed(3), median(results.bare).toFixed(3), aim].join(' | ')} |`;
}
