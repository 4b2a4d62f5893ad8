import { setTimeout as pause } from 'node:timers/promises';
import type { UsageSum } from '../../src/gateway/usage/usage-questions.js';
import { isNative, testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { answered, usageProcess } from './usage-fixture.js';
import type { UsageProcess } from './usage-fixture.js';

const NOON = Date.parse('2026-05-01T12:00:00Z');
const HOUR = 3_600_000;
const KEYS = ['k0', 'k1', 'k2', undefined];
const ROUTES = ['/a', '/b', '/c/:id', undefined];
const WHOLE = { from: new Date(NOON - 24 * HOUR), to: new Date(NOON + 24 * HOUR), step: 'hour' } as const;

jest.setTimeout(120_000);

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

describe('usage counted by several processes', () => {
  let database: TestDatabase;
  let processes: UsageProcess[];

  beforeEach(async () => {
    database = await testDatabase();
    processes = [usageProcess(database), usageProcess(database)];
  });
  afterEach(() => database.close());

  /** The n-th request is the same whoever counts it. */
  const recordAt = ({ recorder }: UsageProcess, n: number): void =>
    recorder.record(
      answered(KEYS[n % 4], {
        route: ROUTES[(n >> 2) % 4],
        method: n % 3 === 0 ? 'PUT' : 'GET',
        status: n % 10 === 0 ? 500 : n % 7 === 0 ? 429 : 200,
        milliseconds: 1 + (n % 97),
      }),
      NOON + (n % 3) * HOUR,
    );
  const sums = async (by?: 'key' | 'route'): Promise<UsageSum[]> =>
    processes[0].questions.sums({
      range: WHOLE,
      keys: by === 'key' ? ['k0', 'k1', 'k2', ''] : ['*'],
      routes: by === 'route' ? 'each' : ['*'],
      by,
    });
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
  const having = (count: number, holds: (n: number) => boolean): number => numbers(count).filter(holds).length;

  /** What must be there, worked out from the numbers of the requests alone. */
  async function expectExactly(count: number): Promise<void> {
    const [all] = await sums();
    expect(all).toMatchObject({
      requests: count,
      server_errors: having(count, (n) => n % 10 === 0),
      client_errors: having(count, (n) => n % 10 !== 0 && n % 7 === 0),
      rate_limited: having(count, (n) => n % 10 !== 0 && n % 7 === 0),
      bytes_out: count * 100,
    });
    expect(all.latency.reduce((sum, n) => sum + n, 0)).toBe(count);
    const byKey = await sums('key');
    expect(Object.fromEntries(byKey.map(({ name, requests }) => [name, requests]))).toEqual(
      Object.fromEntries(KEYS.map((key, at) => [key ?? '', having(count, (n) => n % 4 === at)])),
    );
    const byRoute = await sums('route');
    expect(byRoute.reduce((sum, { requests }) => sum + requests, 0)).toBe(count);
    expect(byRoute.find(({ name }) => name === 'unmatched')?.requests).toBe(having(count, (n) => (n >> 2) % 4 === 3));
    const [single] = await processes[0].questions.sums({ range: WHOLE, keys: ['k1'], routes: ['PUT /b'] });
    expect(single.requests).toBe(having(count, (n) => n % 4 === 1 && (n >> 2) % 4 === 1 && n % 3 === 0));
  }

  it('adds up exactly while they write at the same time', async () => {
    const flushes: Promise<void>[] = [];
    for (const n of numbers(3000)) {
      recordAt(processes[n % 2], n);
      if (n % 50 < 2) flushes.push(processes[n % 2].recorder.flush());
      if (n % 400 === 0) await pause(5);
    }
    await Promise.all(flushes);
    await Promise.all(processes.map(({ recorder }) => recorder.flush()));
    await expectExactly(3000);
  });

  it('a batch whose acknowledgement is lost is sent again, and counted once', async () => {
    const [{ repository, recorder }] = processes;
    const add = repository.add.bind(repository);
    const deaf = jest.spyOn(repository, 'add').mockImplementation(async (...batch) => {
      await add(...batch);
      throw new Error('Connection terminated');
    });
    for (const n of numbers(500)) recordAt(processes[0], n);
    await expect(recorder.flush()).rejects.toThrow('terminated');
    for (const n of numbers(1000).slice(500)) recordAt(processes[0], n);
    await expect(recorder.flush()).rejects.toThrow('terminated');
    deaf.mockRestore();
    await recorder.flush();
    await expectExactly(1000);
  });

  it('loses and doubles nothing when the database goes away in between, again and again', async () => {
    const stop = new AbortController();
    let failures = 0;
    const isBack = (): Promise<boolean> => succeeds(database.uow.query('SELECT 1'));
    const flushing = processes.map(async ({ recorder }) => {
      while (!stop.signal.aborted) {
        await recorder.flush().catch(() => failures++);
        await pause(3);
      }
    });
    const count = 6000;
    for (const n of numbers(count)) {
      recordAt(processes[n % 2], n);
      if (n % 40 === 0) await pause(2);
      // Sessions are ended often, since not every time one is at work; the embedded database takes seconds to be back.
      if (n % (isNative() ? 100 : 1500) !== 50) continue;
      await database.crash();
      // The last time, requests are counted meanwhile.
      if (n < 5000) await eventually('the database is back', isBack);
    }
    stop.abort();
    await Promise.all(flushing);
    for (const { recorder } of processes) await eventually('all is written', () => succeeds(recorder.flush()));
    await expectExactly(count);
    expect(failures).toBeGreaterThan(0);
  });

  it('waits for a database that is away within bounds, counts what it had no room for, and says so once', async () => {
    const [{ recorder, metrics, log }] = processes;
    await database.uow.query('ALTER TABLE gateway_usage RENAME TO lost');
    for (const n of numbers(21_030)) recorder.record(answered(`k${n}`), NOON);
    for (const n of numbers(20)) recorder.record(answered(`k${n + 10_000}`), NOON);
    await expect(recorder.flush()).rejects.toThrow('gateway_usage');
    await database.uow.query('ALTER TABLE lost RENAME TO gateway_usage');
    await recorder.flush();
    const uncounted = /^registry_usage_uncounted_requests_total (\d+)$/m.exec(await metrics.registry.metrics())!;
    const [all] = await sums();
    expect(Number(uncounted[1])).toBeGreaterThan(0);
    expect(all.requests + Number(uncounted[1])).toBe(21_050);
    expect(log.filter((line) => line.includes('is not counted'))).toHaveLength(1);
  });

  it('stops with a word when it cannot write what it has', async () => {
    const [{ recorder, log }] = processes;
    for (const n of numbers(70)) recordAt(processes[0], n);
    await database.uow.query('ALTER TABLE gateway_usage RENAME TO lost');
    await recorder.beforeApplicationShutdown();
    expect(log.map((line) => JSON.parse(line))).toEqual([expect.objectContaining({ level: 'error', requests: 70 })]);
  });
});
