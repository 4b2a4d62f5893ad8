// `npm run prove:kill [-- --mode service|database|embedded|all --rounds 10 --seconds 3 --writers 20]`: kill -9 of the
// service, of PostgreSQL and of the embedded database under write load. Every acknowledged write must be there, no half
// of one, and the service must recover without a restart.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { makeKey } from '../dist/src/gateway/keys/key-format.js';
import { NativePostgres } from './native-postgres.mjs';
import { check } from './proof/crash-checks.mjs';
import { Ledger, Writers } from './proof/crash-writers.mjs';
import { ServiceProcess } from './service-process.mjs';

const { values: options } = parseArgs({
  options: {
    mode: { type: 'string', default: 'all' },
    rounds: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '3' },
    writers: { type: 'string', default: '20' },
  },
});
const run = promisify(execFile);
const key = makeKey('admin_key');

async function childrenOf(pid) {
  const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.split('\n').map(Number).filter(Boolean);
}

/** What is killed, and what has to happen for it to come back. */
const CRASHES = {
  service: async ({ service }) => {
    await service.kill();
    await service.start();
  },
  database: async ({ cluster }) => {
    await cluster.kill();
    await pause(Math.random() * 1000);
    await cluster.start();
  },
  'embedded service': async ({ service }) => {
    await service.kill();
    await service.start();
  },
  'embedded database': async ({ service }) => {
    const children = await childrenOf(service.pid);
    if (children.length === 0) throw new Error('The embedded database has no process of its own.');
    for (const pid of children) process.kill(pid, 'SIGKILL');
  },
};

async function prove(crash, place) {
  const service = await ServiceProcess.start({ ...place.env, REGISTRY_ADMIN_KEY: key });
  const ledger = new Ledger();
  const recoveries = [];
  let sizes;
  try {
    for (let round = 1; round <= Number(options.rounds); round++) {
      const pid = service.pid;
      const writers = new Writers(service, key, ledger);
      writers.start(Number(options.writers));
      await pause(1000 * Number(options.seconds) * (0.3 + 0.7 * Math.random()));
      const killed = performance.now();
      await CRASHES[crash]({ service, cluster: place.cluster });
      await service.ready();
      recoveries.push(performance.now() - killed);
      await pause(500);
      await writers.stop();
      if (!crash.includes('service') && service.pid !== pid) throw new Error('The service was restarted.');
      sizes = await check(service, key, ledger);
      if (sizes.wrong.length > 0)
        throw new Error(`${crash}, round ${round}:\n  ${sizes.wrong.slice(0, 20).join('\n  ')}`);
    }
  } finally {
    await service.stop();
  }
  report(crash, ledger, sizes, recoveries);
}

function report(crash, { counts }, sizes, recoveries) {
  const refused = [...counts.refused].map(([what, n]) => `${what}: ${n}`).join(', ');
  const slowest = Math.max(...recoveries) / 1000;
  console.log(
    `kill -9 of the ${crash}, ${recoveries.length} times: ${counts.acknowledged} writes acknowledged, 0 lost, 0 half; ` +
      `${counts.unanswered} unanswered; back within ${slowest.toFixed(1)} s; ${sizes.entries} entries, ${sizes.edges} relationships, ` +
      `${sizes.events} events without a gap${refused ? `; other answers: ${refused}` : ''}`,
  );
  if ([...counts.refused.keys()].some((what) => / 5\d\d$/.test(what))) throw new Error('There were 5xx answers.');
}

const wanted = Object.keys(CRASHES).filter((crash) => options.mode === 'all' || crash.split(' ')[0] === options.mode);
for (const crash of wanted) {
  if (crash.startsWith('embedded')) {
    const folder = await mkdtemp(join(tmpdir(), 'ureg-kill-'));
    try {
      await prove(crash, { env: { DATA_DIR: folder } });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  } else {
    const cluster = await NativePostgres.start();
    try {
      await prove(crash, { env: { DATABASE_URL: cluster.url }, cluster });
    } finally {
      await cluster.stop();
    }
  }
}
