// `npm run prove:image [-- --keep --short --packages FOLDER]`: executes the Dockerfile's stages in a clean folder without an engine, with this machine's
// system in the place of the base image, and starts what comes out as the image would: NODE_ENV=production, not root, on a
// read-only tree where only /tmp and /data can be written. Its command line backs it up, restores it, and moves it to a server,
// where PostgreSQL is installed. `--packages node_modules` spares `npm ci`, whose outcome that is; `--short` starts it once and moves
// nothing. Takes root on Linux.
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { stagesOf } from './image/dockerfile.mjs';
import { Stage } from './image/stages.mjs';
import { NativePostgres, postgresBinaries } from './native-postgres.mjs';
import { freePort } from './service-process.mjs';

const { values: options } = parseArgs({
  options: {
    keep: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    packages: { type: 'string' },
  },
});
const CONTEXT = fileURLToPath(new URL('..', import.meta.url));
const READY_MS = 120_000;
const BACKUP = '/data/proof.ureg';
/** What has no business in an image. */
const UNWANTED = ['test', '.git', '.env', 'src', ...developmentPackages()];

const problems = [];
const expect = (holds, what) => {
  console.log(`${holds ? 'ok' : 'NOT SO'}: ${what}`);
  if (!holds) problems.push(what);
};

if (process.platform !== 'linux' || process.getuid() !== 0) {
  console.error('prove:image takes root on Linux: it makes mounts of its own. An engine builds the image for everyone else.');
  process.exit(2);
} // prettier-ignore

const folder = mkdtempSync(join(tmpdir(), 'ureg-image-'));
chmodSync(folder, 0o755);
const data = join(folder, 'data');
mkdirSync(data);
chownSync(data, 1000, 1000);

try {
  const image = build();
  checkContents(image);
  await checkWrites(image);
  await checkService(image);
  if (!options.short) await checkMoves(image);
} finally {
  if (options.keep) console.log(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
console.log(problems.length === 0 ? 'the image holds' : `THE IMAGE DOES NOT HOLD: ${problems.join('; ')}`);
process.exitCode = problems.length === 0 ? 0 : 1;

function build() {
  const stages = [];
  const packages = options.packages && realpathSync(options.packages);
  for (const definition of stagesOf(readFileSync(join(CONTEXT, 'Dockerfile'), 'utf8'))) {
    expect(!/:latest$|^[^:@]+$/.test(definition.base), `${definition.base} names a version`);
    const stage = new Stage(join(folder, `stage-${stages.length}`), definition);
    stage.build(CONTEXT, stages, (line) => console.log(line), packages);
    stages.push(stage);
  }
  return stages.at(-1);
}

/** Folders of what only development takes; a scope may be left behind empty. */
function developmentPackages() {
  const { packages } = JSON.parse(readFileSync(join(CONTEXT, 'package-lock.json'), 'utf8'));
  return Object.keys(packages).filter((path) => packages[path].dev).map((path) => `${path}/package.json`);
} // prettier-ignore

function checkContents(image) {
  const there = UNWANTED.filter((path) => existsSync(image.place(path)));
  expect(there.length === 0, `nothing of the sources, the tests and the development packages is in it (${there.join(', ') || 'none'})`);
  expect(/^[1-9]\d*:[1-9]\d*$/.test(image.user), `it runs as ${image.user}, by number and not as root`);
  expect(image.env.NODE_ENV === 'production', 'NODE_ENV is production');
} // prettier-ignore

/** Runs to its end; gives what it printed. */
async function run(image, command, more) {
  const child = image.spawn(command, { writable: { '/data': data }, ...more });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  const [code] = await once(child, 'close');
  return { code, printed };
}

async function checkWrites(image) {
  const tried = ['/', '/app', '/app/dist', '/app/node_modules', '/usr', '/etc', '/root', '/data', '/tmp'];
  const script = `const fs = require('node:fs'); const can = []; for (const folder of ${JSON.stringify(tried)}) { try { fs.writeFileSync(folder + '/written', ''); fs.rmSync(folder + '/written'); can.push(folder); } catch {} } console.log(can.join(' '), process.getuid(), process.getgid(), process.env.NODE_ENV)`;
  const { printed } = await run(image, ['node', '-e', script]);
  expect(printed.trim() === '/data /tmp 1000 1000 production', `it can write to /data and /tmp only: ${printed.trim()}`);
  const version = await ureg(image, ['--version']);
  expect(version.code === 0 && /^ureg \d+\.\d+\.\d+/.test(version.printed), `the command line is in it: ${version.printed.trim()}`);
} // prettier-ignore

async function checkService(image) {
  const port = await freePort();
  const env = { PORT: String(port), HOST: '127.0.0.1' };
  const url = `http://127.0.0.1:${port}`;
  const first = await start(image, env, url);
  const key = readFileSync(join(data, 'admin.key'), 'utf8').trim();
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const made = await fetch(`${url}/api/v1/entities`, { method: 'POST', headers, body: '{"type":"service","name":"proof"}' });
  expect(made.status === 201, `it takes an entry (${made.status})`);
  const [, check] = /^(?:--\S+ )*CMD (\[.*\])$/.exec(image.metadata.HEALTHCHECK.replaceAll(/\s+/g, ' ')) ?? [];
  expect((await run(image, JSON.parse(check), { env })).code === 0, 'its HEALTHCHECK is content');
  const asked = { UREG_SERVER: url, UREG_TOKEN: key };
  expect((await ureg(image, ['backup', BACKUP], asked)).code === 0, 'its command line backs it up');
  expect((await stop(first)) === 0, 'it ends with 0 when it is asked to');
  expect((await run(image, JSON.parse(check), { env })).code === 1, 'its HEALTHCHECK is not content when nothing runs');
  if (options.short) return;
  const second = await start(image, env, url);
  const found = await fetch(`${url}/api/v1/entities/svc_proof`, { headers });
  expect(found.status === 200, `a second container over the same data has it (${found.status})`);
  expect((await stop(second)) === 0, 'and ends with 0 too');
} // prettier-ignore

/** What the command line does without a service, by the part of the service that is beside it. */
async function checkMoves(image) {
  const restored = await ureg(image, ['restore', BACKUP, '--data-dir', '/data/restored']);
  expect(restored.code === 0, `and restores what it backed up: ${restored.printed.trim()}`);
  const server = await anyPostgres();
  if (!server) return console.log('not tried: a move to PostgreSQL, of which there is no server on this machine');
  try {
    const moved = await ureg(image, ['migrate', '--to', server.url, '--data-dir', '/data/restored']);
    expect(moved.code === 0, `and moves it to a server: ${moved.printed.trim()}`);
  } finally {
    await server.stop();
  }
}

function ureg(image, words, env) {
  return run(image, ['node', 'dist/cli/main.mjs', ...words], { env });
}

async function anyPostgres() {
  try {
    postgresBinaries();
  } catch {
    return undefined;
  }
  return NativePostgres.start();
}

async function start(image, env, url) {
  const child = image.spawn(JSON.parse(image.metadata.CMD), { env, writable: { '/data': data } });
  const log = [];
  createInterface({ input: child.stdout }).on('line', (line) => log.push(line));
  const began = performance.now();
  while (!(await fetch(`${url}/health/ready`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null || performance.now() - began > READY_MS) throw new Error(`It did not start:\n${log.join('\n')}`);
    await pause(100);
  }
  expect(true, `it is ready after ${Math.round(performance.now() - began)} ms`);
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  expect(/^Uid:\s+1000\s/m.test(status) && /^NoNewPrivs:\s+1/m.test(status) && /^CapEff:\s+0+$/m.test(status), 'its process is not root, can gain nothing and holds no capability');
  return child;
} // prettier-ignore

async function stop(child) {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await ended;
  return code;
}
