// `node test/bench/grid.mjs` (after `npm run build`): CPU time of a balancing decision beside a bare node:http handler that
// reads the same body and sends an answer of the same size, with a PostgreSQL server of its own, whose time counts.
// BENCH_SECONDS, BENCH_ROUNDS, BENCH_NODES.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { makeKey } from '../../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from '../../scripts/native-postgres.mjs';
import { Replica } from '../../scripts/proof/heartbeat-fleet.mjs';
import { secondsOf, secondsOfServer } from '../../scripts/proof/processor-time.mjs';
import { ServiceProcess } from '../../scripts/service-process.mjs';
import { median } from './load-process.mjs';

const PATH = '/api/v1/grid/balance';
const seconds = Number(process.env.BENCH_SECONDS ?? 5);
const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const sizes = (process.env.BENCH_NODES ?? '10,1000').split(',').map(Number);
const STRATEGIES = ['round_robin', 'least_connections', 'weighted', 'random', 'consistent_hash'];
const CONNECTIONS = 16;
const AIM = 0.4;

if (process.argv[2] === 'bare') bare();
else await main();

/** Answers what it is told, after the body was read and parsed. */
function bare() {
  process.once('message', ({ body, headers }) => {
    createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        JSON.parse(Buffer.concat(chunks));
        response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) });
        response.end(body);
      });
    }).listen(0, '127.0.0.1', function () {
      process.send({ port: this.address().port });
    });
  });
}

/** Milliseconds of CPU for each answer: of the process, and of the database behind it. */
async function cost(url, key, question, { pid, server }) {
  const caller = new Replica(url, key, CONNECTIONS);
  const before = { service: secondsOf([pid]), database: server ? secondsOfServer(server) : 0 };
  const end = performance.now() + seconds * 1000;
  let answers = 0;
  const ask = async () => {
    for (let n = 0; performance.now() < end; n++) {
      const { status, body } = await caller.call('POST', PATH, { ...question, key: `session-${n % 1000}` });
      if (status !== 200) throw new Error(`${question.strategy}: ${status} ${body}`);
      answers++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, ask));
  caller.close();
  const service = secondsOf([pid]) - before.service;
  const database = server ? secondsOfServer(server) - before.database : 0;
  return { all: ((service + database) * 1000) / answers, database: (database * 1000) / answers };
}

async function nodes(service, key, size) {
  const caller = new Replica(service.url, key, 1);
  for (let at = 0; at < size; at += 500) {
    const items = Array.from({ length: Math.min(500, size - at) }, (_, n) => ({
      type: 'grid_node',
      name: `bench-${size}-${at + n}`,
      status: 'active',
      spec: { host: '10.0.0.1', port: 9000, region: `r${size}`, zone: 'a', labels: { gpu: 'a100' } },
    }));
    const { status, body } = await caller.call('POST', '/api/v1/entities/bulk', items);
    if (status !== 201) throw new Error(body);
  }
  const answer = await caller.call('POST', PATH, { region: `r${size}` });
  if (JSON.parse(answer.body).why.candidates !== size) throw new Error('Not all nodes are there.');
  caller.close();
  return answer;
}

async function main() {
  const cluster = await NativePostgres.start({ max_connections: 100 });
  const key = makeKey('admin_key');
  const service = await ServiceProcess.start({ DATABASE_URL: cluster.url, REGISTRY_ADMIN_KEY: key });
  const other = fork(fileURLToPath(import.meta.url), ['bare']);
  try {
    for (const size of sizes) {
      const answer = await nodes(service, key, size);
      if (size === sizes[0]) other.send({ body: answer.body, headers: { 'content-type': 'application/json' } });
      other.url ??= `http://127.0.0.1:${(await once(other, 'message'))[0].port}`;
      for (const strategy of STRATEGIES) {
        const question = { region: `r${size}`, strategy };
        const found = { all: [], database: [], bare: [] };
        for (let round = 0; round <= rounds; round++) {
          const own = await cost(service.url, key, question, { pid: service.pid, server: cluster.pid });
          const beside = await cost(other.url, key, question, { pid: other.pid });
          if (round === 0) continue;
          found.all.push(own.all);
          found.database.push(own.database);
          found.bare.push(beside.all);
        }
        const [all, database, least] = [found.all, found.database, found.bare].map((times) => median(times));
        console.log(`${strategy} over ${size} nodes: ${all.toFixed(3)} ms (PostgreSQL ${database.toFixed(3)}), bare ${least.toFixed(3)} ms, ${(all - least).toFixed(3)} ms more (aim ${AIM})`); // prettier-ignore
      }
    }
  } finally {
    other.kill();
    await service.stop();
    await cluster.stop();
  }
}
