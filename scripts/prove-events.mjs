// Proves the event stream: writers change the catalog while a WebSocket and a stream of server-sent events follow it,
// are cut at random and resume. Every acknowledged change must arrive exactly once, in the order of seq, without a gap.
//   npm run prove:events -- [--seconds 10] [--writers 20] [--restarts 0] [--crashes 0] [--embedded]
// --restarts kills the service so many times meanwhile, --crashes the PostgreSQL server (kill -9, only one of its own).
// It uses the database of DATABASE_URL (or, with --embedded, of DATA_DIR) if given, else one that is gone afterwards.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SocketFollower, StreamFollower } from './proof/event-followers.mjs';
import { EventWriter } from './proof/event-writer.mjs';
import { ServiceProcess } from './proof/service-process.mjs';
import { NativePostgres } from './native-postgres.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    writers: { type: 'string', default: '20' },
    restarts: { type: 'string', default: '0' },
    crashes: { type: 'string', default: '0' },
    embedded: { type: 'boolean', default: false },
  },
});
const { seconds, writers, restarts, crashes } = Object.fromEntries(
  Object.entries(values).map(([name, value]) => [name, Number(value)]),
);
/** Followers may be behind when the last change is acknowledged. */
const CATCH_UP_MS = 60_000;

/** Where the service keeps its data, and what is to be removed afterwards. */
async function place() {
  if (!values.embedded && process.env.DATABASE_URL) return { env: { DATABASE_URL: process.env.DATABASE_URL } };
  if (!values.embedded) {
    const server = await NativePostgres.start();
    return { env: { DATABASE_URL: server.url }, server, remove: () => server.stop() };
  }
  if (process.env.DATA_DIR) return { env: { DATA_DIR: process.env.DATA_DIR, DATABASE_URL: undefined } };
  const folder = await mkdtemp(join(tmpdir(), 'ureg-prove-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  return { env: { DATA_DIR: folder, DATABASE_URL: undefined }, remove };
}

/** kill -9, so many times, spread over the run. */
async function disturb(times, victim) {
  for (let n = 0; n < times; n++) {
    await pause((seconds * 1000) / (times + 1));
    await victim.kill();
    await victim.start();
  }
}

/** What is wrong with what one follower got. */
function faultsOf(follower, acknowledged, from) {
  const faults = [];
  const seen = new Map();
  let before = from;
  for (const message of follower.messages) {
    if (message.seq !== before + 1) faults.push(`seq ${message.seq} came after ${before}`);
    before = message.seq;
    seen.set(message.change, (seen.get(message.change) ?? 0) + 1);
  }
  for (const change of acknowledged) {
    const times = seen.get(change) ?? 0;
    if (times !== 1) faults.push(`${change} was acknowledged and came ${times} times`);
  }
  return faults;
}

async function prove(service, server) {
  const from = await service.head();
  const followers = [SocketFollower, StreamFollower].map((Follower) => new Follower(service, from));
  for (const follower of followers) follower.start();
  const until = performance.now() + seconds * 1000;
  const writing = Array.from({ length: writers }, (_, n) => new EventWriter(service, n));
  const began = performance.now();
  const disturbing = [disturb(restarts, service), disturb(crashes, server)];
  await Promise.all([...writing.map((writer) => writer.write(until)), ...disturbing]);
  const took = (performance.now() - began) / 1000;
  const acknowledged = writing.flatMap((writer) => writer.acknowledged);
  const last = performance.now() + CATCH_UP_MS;
  while (performance.now() < last && !followers.every((follower) => follower.hasAll(acknowledged))) await pause(20);
  const caughtUp = performance.now() - began - took * 1000;
  // Whatever would come twice has the time to do so.
  await pause(500);
  for (const follower of followers) follower.stop();
  return { from, followers, acknowledged, took, caughtUp, refused: writing.reduce((sum, one) => sum + one.failed, 0) };
}

const row = (...cells) =>
  console.log(cells.map((cell, n) => (n ? String(cell).padStart(11) : cell.padEnd(20))).join(''));
const percentile = (sorted, p) =>
  sorted.length ? `${Math.round(sorted[Math.floor((sorted.length - 1) * p)])} ms` : '-';

function report({ from, followers, acknowledged, took, caughtUp, refused }) {
  const kind = values.embedded ? 'embedded database' : 'native PostgreSQL';
  console.log(
    `${kind}, ${writers} writers for ${took.toFixed(1)} s, ${restarts} restarts, ${crashes} crashes of the database`,
  );
  console.log(
    `${acknowledged.length} changes acknowledged (${Math.round(acknowledged.length / took)}/s), ${refused} requests failed`,
  );
  console.log(`all delivered ${Math.round(caughtUp)} ms after the last one\n`);
  row('', 'messages', 'resumed', 'median', 'p95', 'faults');
  let faults = 0;
  for (const follower of followers) {
    const found = faultsOf(follower, acknowledged, from);
    const delays = follower.delays.toSorted((a, b) => a - b);
    row(
      follower.name,
      follower.messages.length,
      follower.resumed,
      percentile(delays, 0.5),
      percentile(delays, 0.95),
      found.length,
    );
    for (const fault of found.slice(0, 20)) console.log(`  ${fault}`);
    faults += found.length;
  }
  console.log(
    faults === 0 ? '\nEvery acknowledged change came exactly once, in order, without a gap.' : '\nNot proven.',
  );
  return faults === 0 && acknowledged.length > 0;
}

const { env, server, remove } = await place();
if (crashes && !server) throw new Error('--crashes needs a PostgreSQL server of its own.');
let proven = false;
try {
  const service = new ServiceProcess(env);
  try {
    await service.start();
    proven = report(await prove(service, server));
  } finally {
    await service.stop();
  }
} finally {
  await remove?.();
}
process.exit(proven ? 0 : 1);
