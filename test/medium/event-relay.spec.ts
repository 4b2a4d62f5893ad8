import { randomUUID } from 'node:crypto';
import type { HandlerDeclaration, SequencedEvent } from '../../src/entries/event-handler.js';
import type { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { HandlerRun } from '../../src/streams/relay/handler-run.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import {
  entityEvent,
  forgetEvents,
  numberAll,
  record,
  relationshipsEvent,
  streamParts,
  until,
  upTo,
} from './streams-fixture.js';
import type { StreamParts } from './streams-fixture.js';

describe('the event relay', () => {
  let database: TestDatabase;
  let uow: UnitOfWork;
  let parts: StreamParts;
  const runs: HandlerRun[] = [];

  beforeAll(async () => {
    database = await testDatabase();
    uow = database.uow;
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await forgetEvents(uow);
    parts = streamParts(uow);
  });
  afterEach(async () => {
    await Promise.all(runs.splice(0).map((run) => run.stop()));
  });

  type Handle = (events: SequencedEvent[]) => Promise<void>;
  function handler(
    handle: Handle,
    declared: Partial<HandlerDeclaration> = {},
    owner: string = randomUUID(),
  ): HandlerRun {
    const declaration = { name: 'test', types: ['*'], from: 'oldest' as const, batch: 500, share: 1, ...declared };
    const { consumers, events, head, logger } = parts;
    const run = new HandlerRun(declaration, { handle }, consumers, events, head, owner, logger);
    runs.push(run);
    run.wake();
    return run;
  }
  async function write(...events: Parameters<typeof record>[1][]): Promise<void> {
    await record(parts, ...events);
    await numberAll(parts);
    for (const run of runs) run.wake();
  }
  const position = async (name = 'test'): Promise<number> => {
    const [row] = await uow.query<{ seq: string }>('SELECT seq FROM event_consumer WHERE name = $1', [name]);
    return Number(row?.seq ?? -1);
  };
  const keeper = (): { got: number[]; batches: number[]; handle: Handle } => {
    const got: number[] = [];
    const batches: number[] = [];
    return {
      got,
      batches,
      handle: async (events) => {
        got.push(...events.map(({ seq }) => seq));
        batches.push(events.length);
      },
    };
  };

  it('gives rows in order, whole, in batches, and marks them', async () => {
    await write(entityEvent('a'), relationshipsEvent('x', 'y'), ...upTo(6).map((n) => entityEvent(`e${n}`)));
    let first: SequencedEvent[] | undefined;
    const { got, batches, handle } = keeper();
    handler((events) => handle((first ??= events) && events), { batch: 3 });
    await until(async () => (await position()) === 9);
    expect(got).toEqual([1, 3, 4, 5, 6, 7, 8, 9]);
    expect(batches).toEqual([3, 3, 2]);
    expect(first?.slice(0, 2)).toEqual([
      expect.objectContaining({
        seq: 1,
        span: 1,
        type: 'entity_created',
        entryId: null,
        actor: 'system',
        at: expect.any(Date),
      }),
      expect.objectContaining({ seq: 3, span: 2, payload: { relationships: [{ id: 'x' }, { id: 'y' }] } }),
    ]);
  });

  it('gives a handler its types only, and counts the others as done', async () => {
    await write(
      entityEvent('a'),
      relationshipsEvent('x', 'y'),
      entityEvent('b', 'entity_deleted'),
      relationshipsEvent('z'),
    );
    const { got, handle } = keeper();
    handler(handle, { types: ['entity_*'] });
    await until(async () => (await position()) === 5);
    expect(got).toEqual([1, 4]);
  });

  it('starts a new handler at the oldest event or after the newest, as it declares, and a known one where it was', async () => {
    await write(entityEvent('a'), entityEvent('b'));
    const oldest = keeper();
    const newest = keeper();
    handler(oldest.handle, { name: 'oldest' });
    handler(newest.handle, { name: 'newest', from: 'newest' });
    await until(async () => (await position('oldest')) === 2 && (await position('newest')) === 2);
    await write(entityEvent('c'));
    await until(async () => (await position('oldest')) === 3 && (await position('newest')) === 3);
    expect([oldest.got, newest.got]).toEqual([[1, 2, 3], [3]]);
    await Promise.all(runs.splice(0).map((run) => run.stop()));
    await write(entityEvent('d'));
    const again = keeper();
    handler(again.handle, { name: 'oldest' });
    await until(async () => (await position('oldest')) === 4);
    expect(again.got).toEqual([4]);
  });

  it('gives a batch again when the process dies between handling and marking it', async () => {
    await write(entityEvent('a'), entityEvent('b'));
    const { got, handle } = keeper();
    const dying = handler(async (events) => {
      await handle(events);
      await uow.query('ALTER TABLE event_consumer RENAME COLUMN updated_at TO updated');
    });
    await until(() => got.length === 2);
    await dying.stop();
    expect(await position()).toBe(0);
    await uow.query('ALTER TABLE event_consumer RENAME COLUMN updated TO updated_at');
    const next = keeper();
    handler(next.handle);
    await until(async () => (await position()) === 2);
    expect(next.got).toEqual([1, 2]);
  });

  it('retries a failing handler with growing pauses, one event at a time, and lets the others go on', async () => {
    const attempts: number[][] = [];
    const other = keeper();
    let broken = true;
    handler(async (events) => {
      attempts.push(events.map(({ seq }) => seq));
      if (broken && events.some(({ seq }) => seq >= 3)) throw new Error('cannot');
    });
    handler(other.handle, { name: 'other' });
    await write(...upTo(5).map((n) => entityEvent(`e${n}`)));
    await until(() => attempts.length >= 4 && other.got.length === 5);
    expect(attempts.slice(0, 4)).toEqual([[1, 2, 3, 4, 5], [1], [2, 3, 4, 5], [2]]);
    broken = false;
    await until(async () => (await position()) === 5, 20_000);
    expect(attempts.at(-1)?.at(-1)).toBe(5);
  }, 60_000);

  it('lets one process at a time serve a handler, and another take over what it leaves', async () => {
    const got: string[] = [];
    const slow = (owner: string): HandlerRun =>
      handler(
        async (events) => {
          for (const { seq } of events) got.push(`${owner}:${seq}`);
          await new Promise((resolve) => setTimeout(resolve, 30));
        },
        { batch: 2 },
        owner,
      );
    const register = jest.spyOn(parts.consumers, 'register');
    const one = slow('one');
    slow('two');
    await until(() => register.mock.results.length === 2);
    await Promise.all(register.mock.results.map(({ value }) => value as Promise<void>));
    for (const n of upTo(10)) await write(entityEvent(`e${n}`));
    await until(async () => (await position()) === 10);
    expect(got.map((entry) => Number(entry.split(':')[1]))).toEqual(upTo(10));
    await one.stop();
    await write(entityEvent('last'));
    await until(async () => (await position()) === 11);
    expect(got.at(-1)).toBe('two:11');
  });

  it('moves a handler on that was away for longer than events are kept', async () => {
    await write(...upTo(5).map((n) => entityEvent(`e${n}`)));
    await parts.consumers.register('test', 'oldest');
    await uow.query('DELETE FROM event WHERE seq <= 3');
    await uow.query('UPDATE event_sequence SET floor = 3');
    const { got, handle } = keeper();
    handler(handle);
    await until(async () => (await position()) === 5);
    expect(got).toEqual([4, 5]);
  });
});
