// Proves backups, restores and the move to a server, on a whole catalog.
//   npm run prove:backup -- [FILE] [--short] [--vectors]
// A package index FILE (JSON lines, gzip; the sample of the tests when left out) is imported into an embedded registry. It
// is backed up by the command line while writers change it; how long any of them waits is watched. The backup is restored
// into another folder and compared table by table. Then the service is stopped and the registry moved to a PostgreSQL
// server (that of DATABASE_URL, which must be empty, else one of its own), where its export must be the same, byte by byte.
// --vectors: with embeddings, which takes minutes more; --short: the first packages, few writers, a moment of load.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { makeKey } from '../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from './native-postgres.mjs';
import { Ledger, Writers } from './proof/crash-writers.mjs';
import { watchMemory } from './proof/process-memory.mjs';
import { ServiceProcess } from './service-process.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false }, vectors: { type: 'boolean', default: false } },
});
const [file = process.env.PACKAGE_INDEX ?? here('../test/fixtures/debian-sample.jsonl.gz')] = positionals;
const WRITERS = options.short ? 4 : 12;
const LOAD_MS = options.short ? 300 : 3000;
/** Packages. */
const SHORT = 200;
const key = makeKey('admin_key');
const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
const serviceEnv = (place) => ({
  REGISTRY_ADMIN_KEY: key,
  REGISTRY_MASTER_KEY: MASTER_KEY,
  RATE_LIMIT_DEFAULT: 'off',
  EMBEDDING_PROVIDER: options.vectors ? 'local' : 'none',
  ...place,
});

/** A command of the command line: its answer as JSON, how long it took, and the most memory of every process of it. */
async function ureg(words, { service, expected = 0 } = {}) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, REGISTRY_MASTER_KEY: MASTER_KEY };
  const server = service ? ['--server', service.url, '--key', key] : [];
  const child = spawn(process.execPath, [here('../dist/cli/main.mjs'), ...words, ...server, '-o', 'json'], { env });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (data) => (said[name] += String(data)));
  const started = performance.now();
  const closed = once(child, 'close');
  const memory = await watchMemory(child.pid);
  const [code] = await closed;
  if (code !== expected) throw new Error(`ureg ${words[0]} ended with ${code}: ${said.stderr}`);
  const seconds = (performance.now() - started) / 1000;
  return { answer: JSON.parse(said.stdout || 'null'), seconds, memory: await memory() };
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const seconds = (value) => `${value.toFixed(1)} s`;
const memoryText = (memory) =>
  Object.entries(memory)
    .map(([name, mebibytes]) => `${name} ${mebibytes} MiB`)
    .join(', ');

/** How long one small question after the other waits, until `stop()`, which gives the longest wait and the median. */
function watchWaits(service) {
  const waits = [];
  const end = new AbortController();
  const asking = (async () => {
    while (!end.signal.aborted) {
      const started = performance.now();
      const answer = await fetch(`${service.url}/api/v1/entities?limit=1`, { headers: { 'x-api-key': key } });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`A question was answered ${answer.status}.`);
      waits.push(performance.now() - started);
      await pause(20);
    }
  })();
  return async () => {
    end.abort();
    await asking;
    waits.sort((a, b) => a - b);
    return { longest: Math.round(waits.at(-1)), median: Math.round(waits[waits.length >> 1]), count: waits.length };
  };
}

/** The export of everything, as it comes: its lines and what they come to. */
async function exported(service) {
  const answer = await fetch(`${service.url}/api/v1/entities/export?format=ndjson`, { headers: { 'x-api-key': key } });
  if (!answer.ok) throw new Error(`The export was answered ${answer.status}.`);
  const hash = createHash('sha256');
  let lines = 0;
  for await (const chunk of answer.body) {
    hash.update(chunk);
    for (const byte of chunk) if (byte === 10) lines++;
  }
  return { lines, sha256: hash.digest('hex') };
}

/** Every value of it found its way into the index of vectors. */
async function vectorsMade(service) {
  for (;;) {
    const answer = await fetch(`${service.url}/api/v1/ai/status`, { headers: { 'x-api-key': key } });
    const { queue_depth: depth } = await answer.json();
    if (!depth) return;
    await pause(2000);
  }
}

async function proveBackup(service, folder) {
  const idle = watchWaits(service);
  await pause(LOAD_MS);
  const before = await idle();
  const writers = new Writers(service, key, new Ledger());
  writers.start(WRITERS);
  await pause(LOAD_MS);
  const waits = watchWaits(service);
  const path = join(folder, 'registry.ureg');
  const watched = await watchMemory(service.pid);
  const { answer, seconds: took, memory } = await ureg(['backup', path], { service });
  const there = await watched();
  const during = await waits();
  await pause(LOAD_MS);
  await writers.stop();
  const { acknowledged, refused } = writers.ledger.counts;
  if (refused.size > 0) throw new Error(`Writers were refused: ${[...refused.keys()].join(', ')}`);
  console.log(
    `backed up under ${WRITERS} writers (${acknowledged} writes): ${answer.rows} rows of ${answer.tables.length} tables at seq ${answer.seq} ` +
      `(${answer.unnumbered} not yet numbered), ${megabytes((await stat(path)).size)} in ${seconds(took)}; ${memoryText(memory)}; the service ${memoryText(there)}`,
  );
  console.log(
    `a small question meanwhile: median ${during.median} ms, longest ${during.longest} ms (without writers and backup: ${before.median} and ${before.longest} ms)`,
  );
  return path;
}

async function proveRestore(path, folder) {
  const place = ['--data-dir', join(folder, 'restored')];
  const { answer, seconds: took, memory } = await ureg(['restore', path, ...place]);
  const verified = await ureg(['restore', path, '--verify', ...place]);
  if (!verified.answer.same) throw new Error('What was restored differs.');
  console.log(
    `restored into another folder in ${seconds(took)}: every one of ${answer.tables} tables comes to its checksum, as comparing again says in ${seconds(verified.seconds)}; ${memoryText(memory)}`,
  );
}

async function proveMove(dataDir, whole, url) {
  const { answer, seconds: took, memory } = await ureg(['migrate', '--to', url, '--data-dir', dataDir]);
  console.log(
    `moved to a PostgreSQL server in ${seconds(took)}: ${answer.rows} rows of ${answer.tables} tables, each at its checksum; ${memoryText(memory)}`,
  );
  const service = await ServiceProcess.start(serviceEnv({ DATABASE_URL: url }));
  try {
    const moved = await exported(service);
    if (moved.sha256 !== whole.sha256)
      throw new Error(`The export differs: ${moved.lines} lines, ${whole.lines} before.`);
    console.log(`the export there is the same, byte by byte: ${moved.lines} entries and relationships`);
    const answered = await fetch(`${service.url}/api/v1/gateway/audit/verify`, { headers: { 'x-api-key': key } });
    const { intact, checked, broken } = await answered.json();
    if (!intact) throw new Error(`The audit trail does not hold: ${JSON.stringify(broken.slice(0, 3))}`);
    console.log(`the audit trail is intact there: ${checked} places`);
  } finally {
    await service.stop();
  }
}

/** The first packages of an index. */
async function beginningOf(index, path) {
  const lines = gunzipSync(await readFile(index))
    .toString()
    .split('\n', SHORT);
  await writeFile(path, lines.join('\n'));
  return path;
}

const folder = await mkdtemp(join(tmpdir(), 'ureg-backup-'));
const server = process.env.DATABASE_URL ? undefined : await NativePostgres.start({ max_wal_size: '4GB' });
const dataDir = join(folder, 'data');
const service = await ServiceProcess.start(serviceEnv({ DATA_DIR: dataDir }));
try {
  const index = options.short ? await beginningOf(file, join(folder, 'short.jsonl')) : file;
  const { seconds: took } = await ureg(['import', 'debian', index], { service });
  if (options.vectors) await vectorsMade(service);
  console.log(`imported in ${seconds(took)}`);
  const path = await proveBackup(service, folder);
  await proveRestore(path, folder);
  const whole = await exported(service);
  await service.stop();
  await proveMove(dataDir, whole, process.env.DATABASE_URL ?? server.url);
} finally {
  await service.stop();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
}
