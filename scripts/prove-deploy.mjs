// `npm run prove:deploy [-- --short --pooler --seconds 10 --writers 8 --readers 6]`: three replicas of the API and a worker on
// one PostgreSQL behind HAProxy, with the settings of k8s/. Under load: a rolling restart without a failed request; a replica
// killed with -9 costs only what was under way on it; PostgreSQL restarted, and everything recovers without a restart. At no time
// is anything lost that was acknowledged. `--pooler` puts PgBouncer between, as k8s/components/cnpg does.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { check } from './proof/crash-checks.mjs';
import { Ledger, Writers } from './proof/crash-writers.mjs';
import { Readers } from './proof/deploy-readers.mjs';
import { Stage } from './proof/deploy-stage.mjs';

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    pooler: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    writers: { type: 'string' },
    readers: { type: 'string' },
    kills: { type: 'string' },
  },
});
const number = (name, long, short) => Number(options[name] ?? (options.short ? short : long));
const SECONDS = number('seconds', 10, 0.5);
const WRITERS = number('writers', 8, 2);
const READERS = number('readers', 6, 2);
const KILLS = number('kills', 5, 1);
/** What reaches a socket of a killed process before the balancer hears of its end; on a busy machine that takes its time. */
const HEARD_MS = 250;
/** Until the balancer, which asks four times a second, knows of one that came back. */
const KNOWN_MS = 750;

const problems = [];
const stage = await Stage.set(options);
const ledger = new Ledger();
const writers = new Writers(stage, stage.key, ledger);
const readers = new Readers(stage, stage.key, ledger);
try {
  await phase('rolling restart', rollingRestart);
  await phase(`kill -9 of a replica, ${KILLS} times`, kills);
  await phase('restart of PostgreSQL', databaseRestart);
  const memory = await stage.memory();
  console.log(`memory after it all: worker ${memory[0]} MiB, replicas ${memory.slice(1).join(', ')} MiB`);
} finally {
  await stage.clear();
}
console.log(
  problems.length === 0 ? 'the deployment holds' : `THE DEPLOYMENT DOES NOT HOLD:\n  ${problems.join('\n  ')}`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Something that happens under load; then what was acknowledged is compared with what is there. */
async function phase(name, happen) {
  ledger.failures = [];
  const before = { writes: ledger.counts.acknowledged, reads: readers.answered };
  const began = performance.now();
  writers.start(WRITERS);
  readers.start(READERS);
  await pause(1000 * SECONDS);
  const told = await happen();
  await pause(1000 * SECONDS);
  await Promise.all([writers.stop(), readers.stop()]);
  const { wrong, entries, events } = await check(stage, stage.key, ledger);
  problems.push(...wrong.map((one) => `${name}: ${one}`));
  const refused = [...ledger.counts.refused].map(([what, n]) => `${what} ×${n}`);
  problems.push(...refused.map((one) => `${name}: was answered ${one}`));
  ledger.counts.refused.clear();
  const writes = ledger.counts.acknowledged - before.writes;
  console.log(
    `${name}: ${((performance.now() - began) / 1000).toFixed(1)} s, ${writes} writes acknowledged, ${readers.answered - before.reads} reads; ${told}; ` +
      `${wrong.length} of ${entries} entries and ${events} events wrong`,
  );
} // prettier-ignore

function kindsOf(failures) {
  return [...grouped(failures)].map(([what, all]) => `${what} ×${all.length}`).join(', ');
}

function grouped(failures) {
  const groups = new Map();
  for (const one of failures) groups.set(one.what, [...(groups.get(one.what) ?? []), one]);
  return groups;
}

/** Both Deployments at once. Each process ends as a pod does, and comes back before the next one goes. */
async function rollingRestart() {
  const times = [];
  const exchange = async (service) => {
    const began = performance.now();
    await service.stop();
    times.push(performance.now() - began);
    if (service.exitCode !== 0) problems.push(`rolling restart: a process ended with ${service.exitCode}`);
    await service.start();
  };
  const worker = exchange(stage.worker);
  for (const api of stage.apis) {
    await exchange(api);
    await pause(KNOWN_MS);
  }
  await worker;
  if (ledger.failures.length > 0) problems.push(`rolling restart: ${ledger.failures.length} requests failed: ${kindsOf(ledger.failures)}`);
  return `${ledger.failures.length} requests failed; each took ${(Math.max(...times) / 1000).toFixed(1)} s at most to end`;
} // prettier-ignore

async function kills() {
  let worst = 0;
  for (let n = 0; n < KILLS; n++) {
    const known = ledger.failures.length;
    const service = stage.apis[n % stage.apis.length];
    const underWay = ledger.outstanding;
    const killed = performance.now();
    await service.kill();
    await pause(1500);
    const failed = ledger.failures.slice(known);
    worst = Math.max(worst, failed.length);
    const later = failed.filter(({ sent }) => sent > killed + HEARD_MS);
    if (later.length > 0) problems.push(`kill -9: ${later.length} requests failed that were sent afterwards: ${kindsOf(later)}`);
    if (failed.length > underWay) problems.push(`kill -9: ${failed.length} requests failed, and ${underWay} were under way in all`);
    await service.start();
    await pause(KNOWN_MS);
  }
  return `${ledger.failures.length} requests failed, at most ${worst} at once of ${WRITERS + READERS} under way on three replicas`;
} // prettier-ignore

async function databaseRestart() {
  const pids = [stage.worker, ...stage.apis].map(({ pid }) => pid);
  const began = performance.now();
  await stage.cluster.restart();
  const away = performance.now() - began;
  await stage.answers();
  const back = performance.now() - began;
  await Promise.all([stage.worker, ...stage.apis].map((one) => one.ready()));
  const all = performance.now() - began;
  if ([stage.worker, ...stage.apis].some(({ pid, running }, n) => !running || pid !== pids[n])) problems.push('restart of PostgreSQL: a process ended');
  const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
  return `PostgreSQL was away for ${seconds(away)}, answers came again after ${seconds(back)}, all were ready after ${seconds(all)}; ${ledger.failures.length} requests were told to come again or cut off (${kindsOf(ledger.failures)})`;
} // prettier-ignore
