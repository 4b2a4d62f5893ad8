import type { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { CursorTooOldError } from '../../src/streams/cursor-errors.js';
import { FeedFilter } from '../../src/streams/feed-filter.js';
import type { FeedSubscription } from '../../src/streams/feed-subscription.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import {
  KeepingSink,
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

const filterOf = (types?: string[], entityTypes?: string[]): FeedFilter =>
  new FeedFilter(types, entityTypes, () => undefined);
const ALL = filterOf();

describe('the event feed', () => {
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
    parts.feed.onApplicationBootstrap();
  });
  afterEach(async () => {
    await parts.feed.beforeApplicationShutdown();
  });

  async function follow(
    since: number | 'head' | 'oldest',
    sink = new KeepingSink(),
    filter = ALL,
  ): Promise<{ sink: KeepingSink; subscription: FeedSubscription }> {
    const subscription = await parts.feed.subscribe(since, filter, sink);
    subscription.start();
    return { sink, subscription };
  }
  async function write(...events: Parameters<typeof record>[1][]): Promise<void> {
    await record(parts, ...events);
    await numberAll(parts);
  }

  it('gives what comes from now on to a subscriber that names no position', async () => {
    await write(entityEvent('before'));
    const { sink } = await follow('head');
    await until(() => sink.caughtUps > 0);
    await write(entityEvent('after'));
    await until(() => sink.messages.length > 0);
    expect(sink.seqs).toEqual([2]);
    expect(JSON.parse(sink.messages[0].json)).toEqual({
      type: 'entity_created',
      seq: 2,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      actor: 'system',
      entity: { name: 'after', type: 'service' },
    });
  });

  it('replays from a position and joins what is live, nothing lost and nothing doubled', async () => {
    await write(...upTo(1200).map((n) => entityEvent(`e${n}`)));
    const followers = await Promise.all([0, 1, 599, 1199, 1200].map((since) => follow(since)));
    for (const n of upTo(30)) {
      await write(entityEvent(`live${n}`));
      if (n % 10 === 0) followers.push(await follow(1200 + n - 5));
    }
    await until(() => followers.every(({ subscription }) => subscription.position === 1230));
    const begins = [0, 1, 599, 1199, 1200, 1205, 1215, 1225];
    for (const [i, { sink }] of followers.entries()) expect(sink.seqs).toEqual(upTo(1230, begins[i] + 1));
  });

  it('resumes in the middle of a row that stands for several messages', async () => {
    await write(relationshipsEvent('a', 'b', 'c', 'd'), entityEvent('e'));
    const { sink } = await follow(2);
    await until(() => sink.seqs.length === 3);
    expect(sink.messages.map(({ json }) => JSON.parse(json) as { seq: number; relationship?: { id: string } })).toEqual(
      [
        expect.objectContaining({ seq: 3, relationship: { id: 'c' } }),
        expect.objectContaining({ seq: 4, relationship: { id: 'd' } }),
        expect.objectContaining({ seq: 5, entity: { name: 'e', type: 'service' } }),
      ],
    );
  });

  it('stops in the middle of a row when the sink is full, and goes on right there', async () => {
    await write(relationshipsEvent('a', 'b', 'c', 'd'), entityEvent('e'));
    const { sink, subscription } = await follow('oldest', new KeepingSink(2));
    await until(() => sink.full);
    expect(subscription.position).toBe(2);
    await write(entityEvent('f'));
    sink.capacity = Infinity;
    subscription.resume();
    await until(() => sink.seqs.length === 6);
    expect(sink.seqs).toEqual(upTo(6));
  });

  it('keeps nothing for a full sink and disturbs nobody else', async () => {
    const stuck = await follow('head', new KeepingSink(1));
    const quick = await follow('head');
    await until(() => quick.sink.caughtUps > 0 && stuck.sink.caughtUps > 0);
    for (const n of upTo(20)) await write(entityEvent(`e${n}`));
    await until(() => quick.sink.seqs.length === 20);
    expect(stuck.sink.seqs).toEqual([1]);
    stuck.sink.capacity = Infinity;
    stuck.subscription.resume();
    await until(() => stuck.sink.seqs.length === 20);
    expect(stuck.sink.seqs).toEqual(upTo(20));
  });

  it('gives only what the filter lets through, and moves on past the rest', async () => {
    await write(
      entityEvent('a'),
      relationshipsEvent('x', 'y'),
      entityEvent('p', 'entity_deleted', 'plugin'),
      entityEvent('b'),
    );
    const cases: [FeedFilter, number[]][] = [
      [filterOf(['entity.*']), [1, 4, 5]],
      [filterOf(['entity_*']), [1, 4, 5]],
      [filterOf(['relationship_created', 'entity_deleted']), [2, 3, 4]],
      [filterOf(['*'], ['plugin']), [4]],
      [filterOf(['nothing_like_it']), []],
    ];
    for (const [filter, seqs] of cases) {
      const { sink, subscription } = await follow(0, new KeepingSink(), filter);
      await until(() => sink.caughtUps > 0);
      expect(sink.seqs).toEqual(seqs);
      expect(subscription.position).toBe(5);
    }
    const live = await follow('head', new KeepingSink(), filterOf([], ['plugin']));
    await until(() => live.sink.caughtUps > 0);
    await write(entityEvent('c'), entityEvent('q', 'entity_created', 'plugin'), entityEvent('d'));
    await until(() => live.subscription.position === 8);
    expect(live.sink.seqs).toEqual([7]);
  });

  it('refuses a position before what is kept, naming the oldest, and one that was never given', async () => {
    await write(...upTo(10).map((n) => entityEvent(`e${n}`)));
    await uow.query('UPDATE event_sequence SET floor = 4');
    await uow.query('DELETE FROM event WHERE seq <= 4');
    const refused = await follow(3).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CursorTooOldError);
    expect(refused).toMatchObject({ status: 410, code: 'events.cursor_too_old', extra: { oldest_seq: 5 } });
    await expect(follow(11)).rejects.toMatchObject({ status: 400, code: 'events.cursor_ahead' });
    expect((await follow('oldest')).subscription.position).toBe(4);
    const { sink } = await follow(4);
    await until(() => sink.seqs.length === 6);
    expect(sink.seqs).toEqual(upTo(10, 5));
  });

  it('tells a subscriber that retention overtook while it was behind', async () => {
    await write(...upTo(10).map((n) => entityEvent(`e${n}`)));
    const { sink, subscription } = await follow(0, new KeepingSink(3));
    await until(() => sink.full);
    await uow.query('UPDATE event_sequence SET floor = 8');
    sink.capacity = Infinity;
    subscription.resume();
    await until(() => sink.error !== undefined);
    expect(sink.error).toBeInstanceOf(CursorTooOldError);
    expect(sink.seqs).toEqual([1, 2, 3]);
  });

  it('reads large payloads in small pages, and one that is larger than a page alone', async () => {
    const noise = (n: number): string =>
      Buffer.from(upTo(n).map(() => Math.floor(Math.random() * 256))).toString('base64');
    const large = upTo(12).map((n) => ({
      type: 'entity_updated',
      payload: { entity: { name: `l${n}`, noise: noise(90_000) } },
    }));
    await write(
      ...large,
      { type: 'entity_updated', payload: { entity: { noise: noise(700_000) } } },
      entityEvent('small'),
    );
    const first = await parts.events.page(0, undefined, 500);
    expect(first.rows.length).toBeLessThan(8);
    expect(first).toMatchObject({ upTo: first.rows.length, full: true });
    const { sink } = await follow(0);
    await until(() => sink.seqs.length === 14);
    expect(sink.seqs).toEqual(upTo(14));
  });

  it('passes over thousands of events of other types a page at a time', async () => {
    await uow.query(
      `INSERT INTO event (type, actor, payload) SELECT 'entity_created', 'system', '{}' FROM generate_series(1, 4500)`,
    );
    await write(relationshipsEvent('x'));
    const page = await parts.events.page(0, ['relationship\\_%'], 500);
    expect(page).toEqual({ rows: [], upTo: 2000, full: true, restricted: false });
    const { sink } = await follow(0, new KeepingSink(), filterOf(['relationship_*']));
    await until(() => sink.seqs.length === 1);
    expect(sink.seqs).toEqual([4501]);
  });

  it('goes on after the database was away', async () => {
    const { sink } = await follow('head');
    await until(() => sink.caughtUps > 0);
    await record(parts, entityEvent('a'));
    await uow.query('ALTER TABLE event RENAME TO event_away');
    parts.head.advance(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await uow.query('ALTER TABLE event_away RENAME TO event');
    await numberAll(parts);
    await until(() => sink.seqs.length === 1);
    expect(sink.seqs).toEqual([1]);
  });
});
