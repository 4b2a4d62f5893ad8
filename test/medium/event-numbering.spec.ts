import { setTimeout as pause } from 'node:timers/promises';
import type { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import type { Numbered } from '../../src/streams/event.repository.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import {
  entityEvent,
  forgetEvents,
  numberAll,
  numbered,
  record,
  relationshipsEvent,
  streamParts,
  until,
  upTo,
} from './streams-fixture.js';
import type { StreamParts } from './streams-fixture.js';

describe('numbering of events', () => {
  let database: TestDatabase;
  let uow: UnitOfWork;
  let parts: StreamParts;

  beforeAll(async () => {
    database = await testDatabase();
    uow = database.uow;
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await forgetEvents(uow);
    parts = streamParts(uow);
  });

  /** A transaction that holds what it wrote until told to end. */
  function held(name: string): { written: Promise<void>; end: (outcome?: Error) => Promise<void> } {
    let finish: (outcome?: Error) => void = () => undefined;
    const ended = new Promise<Error | undefined>((resolve) => (finish = resolve));
    let wrote: () => void = () => undefined;
    const written = new Promise<void>((resolve) => (wrote = resolve));
    const done = uow.run(async () => {
      await parts.outbox.record([entityEvent(name)]);
      wrote();
      const outcome = await ended;
      if (outcome) throw outcome;
    });
    return {
      written,
      end: async (outcome) => {
        finish(outcome);
        expect(await done.catch((error: unknown) => error)).toBe(outcome);
      },
    };
  }

  it('begins at one and gives the events of a transaction in the order they were recorded', async () => {
    await record(parts, entityEvent('a'), entityEvent('b'), entityEvent('c'));
    await numberAll(parts);
    expect(await numbered(uow)).toEqual([[1, 1, 'a'], [2, 1, 'b'], [3, 1, 'c']]); // prettier-ignore
    expect(await parts.events.bounds()).toEqual({ head: 3, floor: 0 });
  });

  it('records nothing outside of a transaction, and nothing of one that is rolled back', async () => {
    await expect(parts.outbox.record([entityEvent('a')])).rejects.toThrow('in the transaction of their change');
    await expect(
      uow.run(async () => {
        await parts.outbox.record([entityEvent('a')]);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await uow.query('SELECT 1 FROM event')).toEqual([]);
  });

  it('gives a row with a span as many numbers, its own being the last', async () => {
    await record(parts, entityEvent('a'), relationshipsEvent('x', 'y', 'z'), entityEvent('b'));
    await numberAll(parts);
    expect(await numbered(uow)).toEqual([[1, 1, 'a'], [4, 3, 'relationships'], [5, 1, 'b']]); // prettier-ignore
  });

  it('counts on over many batches', async () => {
    const most = uow.embedded ? 250 : 1000;
    await record(
      parts,
      ...upTo(2 * most + 7).map((n) => (n % 2 ? entityEvent(`e${n}`) : relationshipsEvent('x', 'y'))),
    );
    await until(async () => (await parts.sequencer.number()) === most);
    expect(await parts.sequencer.number()).toBe(most);
    expect(await parts.sequencer.number()).toBe(7);
    expect(await parts.sequencer.number()).toBe(0);
    const rows = await numbered(uow);
    expect(rows).toHaveLength(2 * most + 7);
    rows.reduce((before, [seq, span]) => {
      expect(seq - span).toBe(before);
      return seq;
    }, 0);
  });

  it('leaves neither numbers nor a higher mark when it fails half-way', async () => {
    await record(parts, entityEvent('a'), entityEvent('b'));
    await uow.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''refused''; END'`);
    await uow.query('CREATE TRIGGER refuse BEFORE UPDATE ON event_sequence FOR EACH ROW EXECUTE FUNCTION refuse()');
    await expect(until(async () => (await parts.sequencer.number()) > 0)).rejects.toThrow('refused');
    expect(await numbered(uow)).toEqual([]);
    await uow.query('DROP FUNCTION refuse CASCADE');
    await numberAll(parts);
    expect(await numbered(uow)).toEqual([[1, 1, 'a'], [2, 1, 'b']]); // prettier-ignore
  });

  it('numbers what came with a restored dump, whose transaction ids mean nothing here, and goes on behind it', async () => {
    await record(parts, entityEvent('restored'));
    await uow.query(`UPDATE event SET xid = '9000000000000000'`);
    await uow.query(`UPDATE event_sequence SET xid = '8000000000000000', seq = 41`);
    await numberAll(parts);
    await record(parts, entityEvent('new'));
    await numberAll(parts);
    expect(await numbered(uow)).toEqual([[42, 1, 'restored'], [43, 1, 'new']]); // prettier-ignore
  });

  it('numbers soon after a commit, and again after the database was away', async () => {
    await parts.sequencer.onApplicationBootstrap();
    await record(parts, entityEvent('a'));
    await until(() => parts.head.seq === 1, 10_000);
    await uow.query('ALTER TABLE event_sequence RENAME TO event_sequence_away');
    await record(parts, entityEvent('b'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(parts.head.seq).toBe(1);
    await uow.query('ALTER TABLE event_sequence_away RENAME TO event_sequence');
    await until(() => parts.head.seq === 2, 10_000);
    await parts.sequencer.beforeApplicationShutdown();
    expect(await numbered(uow)).toEqual([[1, 1, 'a'], [2, 1, 'b']]); // prettier-ignore
  });

  it('does not lose the event of a transaction that wrote first and commits last', async () => {
    const early = held('early');
    await early.written;
    const late = record(parts, entityEvent('late'));
    // On the embedded database everyone else waits for the open transaction; elsewhere the later one commits first.
    const meanwhile = uow.embedded ? [] : await late.then(() => parts.sequencer.number()).then(() => numbered(uow));
    expect(meanwhile).toEqual([]);
    expect(parts.sequencer.waitingSeconds() > 0).toBe(!uow.embedded);
    await early.end();
    await late;
    await numberAll(parts);
    expect(await numbered(uow)).toEqual([[1, 1, 'early'], [2, 1, 'late']]); // prettier-ignore
    expect(parts.sequencer.waitingSeconds()).toBe(0);
  });

  it('leaves no gap where a transaction is rolled back', async () => {
    await record(parts, entityEvent('a'));
    const rolledBack = held('never');
    await rolledBack.written;
    const after = record(parts, entityEvent('b'));
    if (!uow.embedded) await after.then(() => parts.sequencer.number());
    await rolledBack.end(new Error('changed my mind'));
    await after;
    await numberAll(parts);
    expect(await numbered(uow)).toEqual([[1, 1, 'a'], [2, 1, 'b']]); // prettier-ignore
  });

  it('stays gapless and in the order of each writer under concurrent writers, rollbacks and two sequencers', async () => {
    const writers = upTo(8).map((writer) => write(`w${writer}`));
    const writing = { on: true };
    const sequencers = [parts, streamParts(uow)].map(async ({ sequencer }) => {
      while (writing.on) await sequencer.number();
    });
    const written = await Promise.all(writers);
    writing.on = false;
    await Promise.all(sequencers);
    await numberAll(parts);
    const rows = await numbered(uow);
    expect(rows).toHaveLength(8 * 20 * 2);
    rows.reduce((before, [seq, span]) => {
      expect(seq - span).toBe(before);
      return seq;
    }, 0);
    const names = rows.map(([, , name]) => name);
    for (const ofWriter of written) expect(names.filter((name) => ofWriter.includes(name))).toEqual(ofWriter);
  });

  /** Writes 25 events one after the other, of which every fifth is rolled back; answers the names of the others. */
  async function write(writer: string): Promise<string[]> {
    const names: string[] = [];
    for (const n of upTo(25)) {
      const name = `${writer}-${String(n).padStart(2, '0')}`;
      const transaction = uow.run(async () => {
        await parts.outbox.record([entityEvent(name), relationshipsEvent('x', 'y')]);
        await uow.query('SELECT pg_sleep($1)', [Math.random() / 200]);
        if (n % 5 === 0) throw new Error('rolled back');
        names.push(name);
      });
      await transaction.catch(() => undefined);
    }
    return names;
  }

  it('lets one sequencer number at a time, and the other not wait', async () => {
    await record(parts, entityEvent('a'));
    let answers: Numbered[] = [];
    await until(async () => {
      answers = await Promise.all(upTo(6).map(() => parts.events.number(1000)));
      return answers.some(({ rows }) => rows > 0);
    });
    expect(answers.map(({ rows }) => rows).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 0, 1]);
    expect(await numbered(uow)).toEqual([[1, 1, 'a']]);
  });
});

describe('numbering beside other databases', () => {
  it('is not held up by a transaction of another database of the server', async () => {
    const [own, other] = [await testDatabase(), await testDatabase({ empty: true })];
    const parts = streamParts(own.uow);
    await forgetEvents(own.uow);
    await other.uow.run(async () => {
      await other.uow.query('CREATE TABLE long_work (n integer)');
      await record(parts, entityEvent('a'));
      await pause(1100);
      await numberAll(parts);
    });
    expect(await numbered(own.uow)).toEqual([[1, 1, 'a']]);
    await Promise.all([own.close(), other.close()]);
  });
});
