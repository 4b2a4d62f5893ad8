// Proves that the service needs no network: it is started where there is only the loopback interface, on its embedded
// database, and searches, reads texts and looks at the graph.
//   npm run prove:offline [-- FILE]
// FILE is a package index (JSON lines, gzip; the sample of the tests when left out). Linux, with `unshare` and `ip`.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makeKey } from '../dist/src/gateway/keys/key-format.js';
import { ServiceProcess } from './service-process.mjs';

const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const INSIDE = '--inside';
const LATEST_MS = 300_000;
const adminKey = makeKey('admin_key');

/** Runs this script again in a network of its own, of which nothing leads out. */
async function apart(args) {
  const rights = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const command = ['--net', ...rights, process.execPath, here(import.meta.url), INSIDE, ...args];
  const [code] = await once(spawn('unshare', command, { stdio: 'inherit' }), 'exit');
  process.exitCode = code ?? 1;
}

/** What happens to a connection to the outside; the address is one that is kept for documentation. */
async function outside() {
  const socket = connect({ host: '192.0.2.1', port: 443 });
  const said = await Promise.race([
    once(socket, 'connect').then(() => 'connected', (error) => error.code),
    pause(2000).then(() => 'silence'),
  ]); // prettier-ignore
  socket.destroy();
  return said;
}

/** A POST where there is a body. */
async function asked(url, path, body) {
  const headers = { 'x-api-key': adminKey, 'content-type': 'application/json' };
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const answer = await fetch(`${url}/api/v1${path}`, { headers, ...init });
  return { status: answer.status, mode: answer.headers.get('x-search-mode'), body: await answer.json() };
}

async function vectorsThere(url) {
  for (const until = Date.now() + LATEST_MS; Date.now() < until; await pause(500)) {
    const { vectors } = (await asked(url, '/search/stats')).body;
    if (vectors.state === 'serving' && vectors.indexes[0].backlog === 0) return vectors.indexes[0].vectors;
  }
  throw new Error('The entries had no vectors in time.');
}

const TEXT =
  'Acme Ltd runs PostgreSQL 15 behind nginx on port 8080. It stores orders. Mail ops@example.com. Licensed under MIT.';

/** Calls, and what their answers must have. */
const CALLS = [
  { path: '/search', body: { query: 'program to look at pictures' }, holds: ({ mode, body }) => mode === 'hybrid' && body.length > 0 },
  { path: '/search', body: { query: 'text editor', mode: 'vector' }, holds: ({ mode, body }) => mode === 'vector' && body.length > 0 },
  { path: '/search/suggest?q=lib', holds: ({ body }) => JSON.stringify(body).includes('lib') },
  { path: '/ai/classify', body: { text: TEXT }, holds: ({ body }) => body.category.confidence > 0 },
  { path: '/ai/extract', body: { text: TEXT }, holds: ({ body }) => body.entities.some(({ value }) => value === 'PostgreSQL') },
  { path: '/ai/summarize', body: { text: TEXT, sentences: 1 }, holds: ({ body }) => body.sentences.length === 1 },
  { path: '/ai/tags', body: { text: TEXT }, holds: ({ body }) => body.tags.length > 0 },
  { path: '/ai/embed', body: { texts: [TEXT] }, holds: ({ body }) => body.vectors[0].length === 384 },
  { path: '/graph/centrality?limit=3', holds: ({ body }) => body.length === 3 },
  { path: '/graph/communities', holds: ({ body }) => body.communities.length > 0 },
  { path: '/graph/components', holds: ({ body }) => body.components.length > 0 },
]; // prettier-ignore

async function inside([file = here('../test/fixtures/debian-sample.jsonl.gz')]) {
  await run('ip', ['link', 'set', 'lo', 'up']);
  const reached = await outside();
  if (reached === 'connected') throw new Error('The network is not cut.');
  console.log(`the outside: ${reached}`);
  const folder = await mkdtemp(join(tmpdir(), 'ureg-offline-'));
  const began = performance.now();
  const service = await ServiceProcess.start({
    DATA_DIR: folder,
    REGISTRY_ADMIN_KEY: adminKey,
    RATE_LIMIT_DEFAULT: 'off',
  });
  try {
    console.log(`ready after ${((performance.now() - began) / 1000).toFixed(1)} s`);
    await run(process.execPath, [here('../dist/cli/main.mjs'), 'import', 'debian', file, '--server', service.url, '--key', adminKey], { maxBuffer: 1e8 }); // prettier-ignore
    console.log(`${await vectorsThere(service.url)} entries with a vector`);
    let failed = 0;
    for (const { path, body, holds } of CALLS) {
      const answer = await asked(service.url, path, body);
      const fine = answer.status < 300 && holds(answer);
      if (!fine) failed++;
      console.log(
        `${fine ? 'holds' : `DOES NOT HOLD: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`}: ${path}`,
      );
    }
    console.log(failed === 0 ? 'it works without a network' : `${failed} calls do not work without a network`);
    if (failed > 0) process.exitCode = 1;
  } finally {
    await service.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const args = process.argv.slice(2);
await (args[0] === INSIDE ? inside(args.slice(1)) : apart(args));
