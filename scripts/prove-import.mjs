// `npm run prove:import -- FILE [--embedded]`: imports a package index by the command line into an empty registry, watches
// the server's memory, imports it again (nothing may change), cuts a third import off and repeats it, and compares
// `impact` and `dependencies` with an independent oracle that reads the same file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { transformFile } from '@swc/core';
import { makeKey } from '../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from './native-postgres.mjs';
import { ServiceProcess } from './service-process.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { embedded: { type: 'boolean', default: false } },
});
const [file = here('../test/fixtures/debian-sample.jsonl.gz')] = positionals;
const SETTINGS = { shared_buffers: '1GB', max_wal_size: '8GB' };
const MEMORY_LIMIT_MIB = 512;
const key = makeKey('admin_key');

/** The command line's last words, and how long it took; `cutAfterMs` interrupts it. */
async function importFile(service, cutAfterMs) {
  const command = [here('../dist/cli/main.mjs'), 'import', 'debian', file, '--server', service.url, '--key', key];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => said.push(String(data)));
  const started = performance.now();
  const timer = cutAfterMs && setTimeout(() => child.kill('SIGKILL'), cutAfterMs);
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  const lines = said.join('').trim().split('\n');
  return {
    code,
    seconds: (performance.now() - started) / 1000,
    summary: lines.findLast((line) => line.startsWith('imported')) ?? lines.at(-1),
  };
}

async function get(service, path) {
  const response = await fetch(`${service.url}/api/v1${path}`, { headers: { 'x-api-key': key } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** High-water mark of the process's resident memory in MiB, as the kernel keeps it. */
const peak = (pid) => Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);

const cpuSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / 100).toFixed(1);
};

async function oracle(folder) {
  const { code } = await transformFile(here('../test/support/debian-oracle.ts'), {
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'es6' },
  });
  const compiled = join(folder, 'debian-oracle.mjs');
  await writeFile(compiled, code);
  const { DebianOracle } = await import(pathToFileURL(compiled));
  return DebianOracle.read(file);
}

/** `nodes` of an answer as name → distance. */
const distances = ({ nodes, truncated }) => {
  if (truncated) throw new Error('The answer is not whole.');
  return new Map(nodes.map(({ name, distance }) => [name, distance]));
};

function assertSame(what, answered, expected) {
  const differs = [...expected].filter(([name, distance]) => answered.get(name) !== distance);
  if (answered.size !== expected.size || differs.length > 0)
    throw new Error(
      `${what}: ${answered.size} answered, ${expected.size} expected; e.g. ${differs.slice(0, 3).join('; ')}`,
    );
  console.log(`${what}: ${answered.size} packages, each at the oracle's distance`);
}

async function prove(place, folder) {
  const service = await ServiceProcess.start({ ...place, REGISTRY_ADMIN_KEY: key });
  try {
    const before = cpuSeconds(service.pid);
    const first = await importFile(service);
    console.log(first.summary);
    console.log(
      `${first.seconds.toFixed(1)} s; CPU of the server ${(cpuSeconds(service.pid) - before).toFixed(1)} s; its memory at most ${peak(service.pid)} MiB`,
    );
    if (first.code !== 0) throw new Error(`The import ended with ${first.code}.`);
    const stats = await get(service, '/stats');
    const again = await importFile(service);
    console.log(`again: ${again.summary}`);
    const unchanged = await get(service, '/stats');
    if (!/ 0 created, 0 updated/.test(again.summary) || unchanged.total_relationships !== stats.total_relationships)
      throw new Error('Importing the same again changed something.');
    const expected = await oracle(folder);
    assertSame(
      'impact of libc6',
      distances(await get(service, '/graph/impact/resource_libc6?limit=100000')),
      expected.impactOf('libc6'),
    );
    assertSame(
      'dependencies of gnome',
      distances(await get(service, '/graph/dependencies/resource_gnome?limit=100000')),
      expected.dependenciesOf('gnome'),
    );
    console.log(`memory of the server at most ${peak(service.pid)} MiB (limit ${MEMORY_LIMIT_MIB})`);
    if (peak(service.pid) > MEMORY_LIMIT_MIB) throw new Error('Too much memory.');
    return { ...stats, seconds: first.seconds };
  } finally {
    await service.stop();
  }
}

/** On a registry of its own: an import that is cut off and repeated ends where one in a piece ends. */
async function proveCut(place, whole) {
  const service = await ServiceProcess.start({ ...place, REGISTRY_ADMIN_KEY: key });
  try {
    await importFile(service, whole.seconds * 500);
    const half = await get(service, '/stats');
    const rest = await importFile(service);
    const end = await get(service, '/stats');
    console.log(
      `cut off at ${half.total_entities} entries and ${half.total_relationships} relationships, then: ${rest.summary}`,
    );
    for (const total of ['total_entities', 'total_relationships'])
      if (end[total] !== whole[total]) throw new Error(`${total} is ${end[total]}, not ${whole[total]}.`);
  } finally {
    await service.stop();
  }
}

async function onOwnDatabase(run) {
  const folder = await mkdtemp(join(tmpdir(), 'ureg-import-'));
  const cluster = options.embedded ? undefined : await NativePostgres.start(SETTINGS);
  try {
    return await run(cluster ? { DATABASE_URL: cluster.url } : { DATA_DIR: join(folder, 'data') }, folder);
  } finally {
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const whole = await onOwnDatabase(prove);
await onOwnDatabase((place) => proveCut(place, whole));
