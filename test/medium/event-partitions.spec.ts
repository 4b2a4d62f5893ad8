import type { Env } from '../../src/platform/env/env.js';
import type { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import type { Jobs } from '../../src/platform/jobs/jobs.js';
import { EventPartitions } from '../../src/streams/event-partitions.js';
import type { EventRelay } from '../../src/streams/relay/event-relay.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { entityEvent, forgetEvents, numberAll, numbered, record, streamParts } from './streams-fixture.js';
import type { StreamParts } from './streams-fixture.js';

describe('partitions of events', () => {
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
    for (const name of await partitions())
      if (![month(0), month(1), month(2), 'event_rest'].includes(name)) await uow.query(`DROP TABLE ${name}`);
    parts = streamParts(uow);
  });

  const keeper = (eventRetentionDays = 0, handlers: string[] = []): EventPartitions =>
    new EventPartitions(
      uow,
      parts.consumers,
      { handlers } as unknown as EventRelay,
      { eventRetentionDays } as Env,
      {} as Jobs,
      parts.logger,
    );
  const partitions = async (): Promise<string[]> => {
    const rows = await uow.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'event'::regclass ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  };
  const month = (offset: number): string => {
    const now = new Date();
    const then = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 15));
    return `event_${then.getUTCFullYear()}_${String(then.getUTCMonth() + 1).padStart(2, '0')}`;
  };
  const placeOf = async (name: string): Promise<string> => {
    const [row] = await uow.query<{ place: string }>(
      `SELECT tableoid::regclass::text AS place FROM event WHERE payload #>> '{entity,name}' = $1`,
      [name],
    );
    return row.place;
  };
  /** Writes an event as if it were of another time. */
  const writeAt = (name: string, at: string): Promise<unknown> =>
    uow.query(`INSERT INTO event (type, actor, payload, at) VALUES ('entity_created', 'system', $1, $2)`, [
      JSON.stringify({ entity: { name } }),
      at,
    ]);

  it('come with the migration for this month and the next two, and are made ahead', async () => {
    expect(await partitions()).toEqual([month(0), month(1), month(2), 'event_rest'].toSorted());
    await record(parts, entityEvent('now'));
    expect(await placeOf('now')).toBe(month(0));
    expect(await keeper().makeAhead()).toEqual([]);
    const inAMonth = new Date(Date.now() + 31 * 86_400_000);
    expect(await keeper().makeAhead(inAMonth)).toHaveLength(1);
    expect(await keeper().makeAhead(inAMonth)).toEqual([]);
    expect(await partitions()).toHaveLength(5);
  });

  it('take in what the default partition caught, numbers and all', async () => {
    await writeAt('old', '2024-02-29T23:59:59.999Z');
    await writeAt('march', '2024-03-01T00:00:00.000Z');
    await numberAll(parts);
    await writeAt('march2', '2024-03-31T23:59:59.999Z');
    expect(await placeOf('old')).toBe('event_rest');
    expect(await keeper().makeAhead()).toEqual(expect.arrayContaining(['2024-02-01', '2024-03-01']));
    expect([await placeOf('old'), await placeOf('march'), await placeOf('march2')]).toEqual([
      'event_2024_02',
      'event_2024_03',
      'event_2024_03',
    ]);
    await writeAt('march3', '2024-03-15T00:00:00.000Z');
    expect(await placeOf('march3')).toBe('event_2024_03');
    await numberAll(parts);
    expect(await numbered(uow)).toEqual([[1, 1, 'old'], [2, 1, 'march'], [3, 1, 'march2'], [4, 1, 'march3']]); // prettier-ignore
  });

  it('are dropped whole when all of a month is past retention, and positions before are too old', async () => {
    await writeAt('a', '2024-01-10T00:00:00Z');
    await writeAt('b', '2024-02-10T00:00:00Z');
    await record(parts, entityEvent('now'));
    await numberAll(parts);
    await keeper(0).keep();
    expect((await numbered(uow)).length).toBe(3);
    await keeper().dropBefore(new Date('2024-02-20T00:00:00Z'));
    expect((await numbered(uow)).map(([seq]) => seq)).toEqual([2, 3]);
    expect(await parts.events.bounds()).toEqual({ head: 3, floor: 1 });
    await expect(parts.events.page(0, undefined, 10)).rejects.toMatchObject({ status: 410, extra: { oldest_seq: 2 } });
    await keeper(30).keep();
    expect((await numbered(uow)).map(([seq]) => seq)).toEqual([3]);
    expect(await parts.events.bounds()).toEqual({ head: 3, floor: 2 });
  });

  it('stay while a handler has not seen their events, or while they hold events without a number', async () => {
    await writeAt('a', '2024-01-10T00:00:00Z');
    await keeper().makeAhead();
    expect(await keeper().dropBefore(new Date())).toEqual([]);
    await numberAll(parts);
    await parts.consumers.register('slow', 'oldest');
    expect(await keeper(0, ['slow']).dropBefore(new Date())).toEqual([]);
    await uow.query(`UPDATE event_consumer SET seq = 1 WHERE name = 'slow'`);
    expect(await keeper(0, ['slow']).dropBefore(new Date())).toEqual(['event_2024_01']);
  });
});
