import { figures, summed } from '../../src/gateway/usage/usage-figures.js';
import type { UsageSum } from '../../src/gateway/usage/usage-questions.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { answered, usageProcess } from './usage-fixture.js';
import type { UsageProcess } from './usage-fixture.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-05-20T10:20:30Z');
const FROM = NOW - (NOW % DAY) - 9 * DAY;
const WHOLE = { from: new Date(FROM), to: new Date(NOW - (NOW % DAY) + DAY), step: 'day' } as const;

describe('usage that grows old', () => {
  let database: TestDatabase;
  let one: UsageProcess;
  let other: UsageProcess;

  beforeEach(async () => {
    database = await testDatabase();
    const env = { USAGE_HOURLY_DAYS: '3', USAGE_RETENTION_DAYS: '30' };
    [one, other] = [usageProcess(database, env), usageProcess(database, env)];
  });
  afterEach(() => database.close());

  async function used(from: number, to: number, key = 'k'): Promise<void> {
    for (let at = from, n = 0; at < to; at += HOUR / 2, n++) {
      const change = { route: n % 3 ? '/a' : '/b', status: n % 5 ? 200 : 404, milliseconds: 1 + (n % 50) ** 2 };
      one.recorder.record(answered(`${key}${n % 2}`, change), at);
    }
    await one.recorder.flush();
  }
  const asked = (by?: 'key' | 'route', steps = false): Promise<UsageSum[]> =>
    one.questions.sums({
      range: WHOLE,
      keys: by === 'key' ? 'each' : ['*'],
      routes: by === 'route' ? 'each' : ['*'],
      by,
      steps,
    });
  /** Every answer there is, by the day. */
  const answers = async (): Promise<unknown> =>
    Promise.all([
      asked(),
      asked('key'),
      asked('route'),
      asked(undefined, true),
      asked('key', true),
      asked('route', true),
    ]);
  const rows = async (step: string): Promise<{ day: string; n: number }[]> =>
    database.uow.query(
      `SELECT to_char(at AT TIME ZONE 'UTC', 'DD') AS day, count(*)::integer AS n FROM gateway_usage
       WHERE step = $1 GROUP BY 1 ORDER BY 1`,
      [step],
    );

  it('is kept by the day, with the same sums and percentiles, and moved once though two processes do it', async () => {
    await used(FROM, NOW);
    const before = await answers();
    expect(await rows('day')).toEqual([]);
    await Promise.all([one.retention.keep(NOW), other.retention.keep(NOW), one.retention.keep(NOW)]);
    // The 17th ends less than three days and an hour ago.
    expect((await rows('day')).map(({ day }) => day)).toEqual(['11', '12', '13', '14', '15', '16']);
    expect((await rows('hour')).map(({ day }) => day)).toEqual(['17', '18', '19', '20']);
    // Two keys and their sum, by two routes and their sum.
    expect(new Set((await rows('day')).map(({ n }) => n))).toEqual(new Set([9]));
    expect(await answers()).toEqual(before);
    await other.retention.keep(NOW);
    expect(await answers()).toEqual(before);
    const { latency_ms: latency, requests } = figures(summed(await asked(undefined, true)));
    expect(requests).toBe(((NOW - FROM) / HOUR) * 2 - ((((NOW - FROM) / HOUR) * 2) % 1) + 1);
    expect(latency.p50).toBeGreaterThan(500);
    expect(latency.p99).toBeGreaterThan(2000);
  });

  it('takes up what a process that was cut off brings late', async () => {
    await used(FROM, FROM + DAY);
    await one.retention.keep(NOW);
    await used(FROM, FROM + 2 * HOUR);
    const before = await answers();
    expect((before as UsageSum[][])[0][0].requests).toBe(52);
    await one.retention.keep(NOW);
    expect(await rows('hour')).toEqual([]);
    expect(await answers()).toEqual(before);
  });

  it('is deleted when its time is over', async () => {
    await used(NOW - 40 * DAY, NOW - 40 * DAY + HOUR);
    await used(NOW - 29 * DAY, NOW - 29 * DAY + HOUR);
    await one.retention.keep(NOW);
    const kept = await database.uow.query('SELECT DISTINCT at FROM gateway_usage');
    expect(kept).toEqual([{ at: new Date('2026-04-21T00:00:00Z') }]);
  });

  it('is kept for ever when that is asked for, and processes that are gone are forgotten', async () => {
    const patient = usageProcess(database, { USAGE_RETENTION_DAYS: '0' });
    await used(NOW - 4000 * DAY, NOW - 4000 * DAY + HOUR);
    await database.uow.query(`UPDATE gateway_usage_batch SET at = $1`, [new Date(NOW - 31 * DAY)]);
    await patient.retention.keep(NOW);
    expect(await database.uow.query('SELECT 1 FROM gateway_usage LIMIT 1')).toHaveLength(1);
    expect(await database.uow.query('SELECT 1 FROM gateway_usage_batch')).toHaveLength(0);
  });
});
