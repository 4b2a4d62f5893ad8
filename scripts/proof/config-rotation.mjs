import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';

/** Stands in every secret, so that none can be anywhere in the clear without being found. */
const TOKEN = 'quokka-in-the-clear';
const SETTERS = 16;
const READERS = 4;
const WRITERS = 2;
const LOOK_MS = 20;
const LATEST_MS = 300_000;

const nameOf = (n) => `secret.number-${n}`;
const secretOf = (n, round) => `${TOKEN}-${n}-${round}`;

/** Rotates the key of the secrets while they are read and written on both processes, and kills one in the middle. */
export async function rotationUnderLoad({ one, two, secrets, databaseUrl }) {
  const rounds = Array.from({ length: secrets }, () => 0);
  await inTurns(secrets, (n) => one.client.put(nameOf(n), secretOf(n, 0), { type: 'secret' }));
  const state = { over: false, reads: 0, writes: 0, wrong: [], lost: 0, clear: [] };
  const database = new Client({ connectionString: databaseUrl });
  await database.connect();
  const load = [
    ...Array.from({ length: READERS }, (_, n) => reading([one, two][n % 2], secrets, rounds, state)),
    ...Array.from({ length: WRITERS }, (_, n) => writing([one, two][n % 2], n, secrets, rounds, state)),
    looking(database, state),
  ];
  const began = performance.now();
  try {
    const { shown, killedAt } = await rotating(one, two);
    const seconds = (performance.now() - began) / 1000;
    state.over = true;
    await Promise.all(load);
    await inTurns(secrets, (n) => verify(two.client, n, rounds[n], state));
    const old = await underOlderKeys(database);
    for (const line of [...state.wrong, ...state.clear].slice(0, 5)) console.log(line);
    return {
      text:
        `rotation of ${secrets} secrets under load, a process killed at ${killedAt} %: ${seconds.toFixed(1)} s, ` +
        `${state.reads} reads, ${state.writes} writes, ${state.lost} requests cut off by the kill; progress ${shown.join(' ')}`,
      holds: {
        'no read fails or gives another value': state.wrong.length === 0,
        'no secret is in the clear in the database': state.clear.length === 0,
        'the rotation ends, and leaves nothing under an older key': old === 0,
      },
    };
  } finally {
    state.over = true;
    await Promise.allSettled(load);
    await database.end();
  }
}

async function inTurns(count, work) {
  let next = 0;
  const some = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: SETTERS }, some));
}

/** Until it is done, seen by the process that stays; the other one is killed when some have moved. */
async function rotating(one, two) {
  const { status, body } = await one.client.call('POST', '/rotate-keys', {});
  if (status !== 202) throw new Error(`The rotation did not begin: ${JSON.stringify(body)}`);
  const shown = [];
  let killedAt;
  for (const until = Date.now() + LATEST_MS; Date.now() < until; await pause(LOOK_MS)) {
    const progress = (await two.client.call('GET', '/rotate-keys')).body;
    if (shown.at(-1) !== progress.percent) shown.push(progress.percent);
    if (progress.state === 'done') {
      if (progress.failed > 0) throw new Error(`${progress.failed} secrets could not be opened.`);
      return { shown, killedAt: killedAt ?? 100 };
    }
    if (killedAt === undefined && progress.done > 0) {
      killedAt = progress.percent;
      await one.service.kill();
      await one.service.start();
    }
  }
  throw new Error('The rotation did not end.');
}

async function reading({ client, service }, secrets, rounds, state) {
  while (!state.over) {
    const n = Math.floor(Math.random() * secrets);
    // Written meanwhile: then it is either.
    const least = rounds[n];
    try {
      const { value } = await client.read(nameOf(n));
      const [, number, round] = /^quokka-in-the-clear-(\d+)-(\d+)$/.exec(value) ?? [];
      if (Number(number) !== n || Number(round) < least - 1) state.wrong.push(`${nameOf(n)}: ${value}, not ${least}`);
      state.reads++;
    } catch (error) {
      await cutOff(error, service, state);
    }
  }
}

/** Each writer has secrets of its own, so that it knows what they are. */
async function writing({ client, service }, own, secrets, rounds, state) {
  for (let n = own; !state.over; n = (n + WRITERS) % secrets) {
    const next = rounds[n] + 1;
    try {
      await client.put(nameOf(n), secretOf(n, next));
      rounds[n] = next;
      state.writes++;
    } catch (error) {
      await cutOff(error, service, state);
      // Whether it was written before the end is not known: it is again, also when all else is over meanwhile.
      const latest = Date.now() + LATEST_MS;
      while (!(await client.put(nameOf(n), secretOf(n, next)).catch(() => undefined))) {
        if (Date.now() > latest) return void state.wrong.push(`${nameOf(n)} could not be written again`);
        await pause(100);
      }
      rounds[n] = next;
    }
    await pause(5);
  }
}

/** No answer is no wrong answer where the process was killed. */
async function cutOff(error, service, state) {
  if (error.code !== 'ECONNREFUSED' && error.code !== 'ECONNRESET' && !/hang up/.test(error.message))
    state.wrong.push(`${service.url}: ${error.message}`);
  else state.lost++;
  await pause(50);
}

async function verify(client, n, round, state) {
  const { value } = await client.read(nameOf(n));
  if (value !== secretOf(n, round)) state.wrong.push(`${nameOf(n)} is ${value} at the end, not ${secretOf(n, round)}`);
}

/** Looks for the secrets in every table that may hold text of theirs. */
async function looking(database, state) {
  const { rows } = await database.query(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
     WHERE s.nspname = 'public' AND c.relkind = 'r' AND c.relname ~ '^(config_|entry|event|audit|idempot|outbox)'`,
  );
  do {
    for (const { name } of rows) {
      const found = await database.query(`SELECT 1 FROM ${name} t WHERE t::text LIKE $1 LIMIT 1`, [`%${TOKEN}%`]);
      if (found.rowCount > 0) state.clear.push(`in the clear in ${name}`);
    }
    await pause(500);
  } while (!state.over);
}

async function underOlderKeys(database) {
  const { rows } = await database.query(
    `WITH newest AS (SELECT max(key_version) AS version FROM config_rotation), sealed AS (
       SELECT sealed FROM config_version WHERE sealed IS NOT NULL
       UNION ALL SELECT s.sealed FROM entry_secret s JOIN entry e ON e.id = s.entry_id AND e.kind = 'config'
     ) SELECT count(*)::integer AS n FROM sealed, newest WHERE split_part(sealed, ':', 3)::integer < newest.version`,
  );
  return rows[0].n;
}
