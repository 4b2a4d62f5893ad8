import { useFixture } from './support/fixture.js';
import { API_KEY } from './support/stub-gateway.js';

jest.setTimeout(120_000);

const fixture = useFixture({ here: true });

const FIGURES = '4711\t12\t0.3%\t3\t4.2\t18.6\t41.3\n';
const HEAD = 'REQUESTS\tERRORS\tERROR RATE\tLIMITED\tP50 MS\tP95 MS\tP99 MS\n';

describe('the usage of a key', () => {
  it('is a line for each route and one for all; by key or by time on demand', async () => {
    expect((await fixture.ureg(['key', 'usage', API_KEY.id])).stdout).toBe(
      `ROUTE\t${HEAD}GET /api/v1/entities/:id\t${FIGURES}all\t${FIGURES}`,
    );
    expect((await fixture.ureg(['key', 'usage', 'ci', '--by', 'key'])).stdout).toContain(`KEY\t${HEAD}${API_KEY.id}\t`);
    expect((await fixture.ureg(['key', 'usage', 'ci', '--by', 'time'])).stdout).toContain('FROM\t');
    expect(fixture.requests().filter((line) => line.includes('/usage'))).toEqual([
      `GET /api/v1/gateway/keys/${API_KEY.id}/usage`,
      `GET /api/v1/gateway/keys/${API_KEY.id}/usage?group_by=key`,
      `GET /api/v1/gateway/keys/${API_KEY.id}/usage`,
    ]);
  });

  it('is that of the key in use when none is named, which nobody has to look up', async () => {
    const ended = await fixture.ureg([
      'key',
      'usage',
      '--since',
      '2026-05-01',
      '--step',
      'day',
      '--limit',
      '3',
      '-o',
      'json',
    ]);
    expect(JSON.parse(ended.stdout)).toMatchObject({ key_id: API_KEY.id, by_route: [{}], series: [{}], totals: {} });
    expect(fixture.requests()).toEqual([
      'GET /api/v1/gateway/keys/self/usage?from=2026-05-01T00%3A00%3A00.000Z&step=day&limit=3',
    ]);
  });

  it.each([
    ['--since', 'yesterday'],
    ['--step', 'week'],
    ['--by', 'colour'],
    ['--limit', '101'],
  ])('with %s %s is refused before anything is asked', async (flag, value) => {
    expect((await fixture.ureg(['key', 'usage', flag, value])).code).toBe(2);
    expect(fixture.stub.seen).toEqual([]);
  });
});

describe('the usage of the gateway', () => {
  it('counts back from now, names the keys, and says what was refused', async () => {
    const ended = await fixture.ureg(['usage', '--by', 'key', '--since', '7d']);
    expect(ended).toMatchObject({
      code: 0,
      stdout: `KEY\t${HEAD}ci\t${FIGURES}all\t${FIGURES}`,
      stderr: 'refused: 5 unauthenticated, 3 forbidden, 3 quota exceeded\n',
    });
    const from = fixture.stub.seen[0]?.query.get('from') ?? '';
    expect((Date.now() - Date.parse(from)) / 86_400_000).toBeCloseTo(7, 2);
  });

  it('is one line a row as CSV, without the sum', async () => {
    const { stdout } = await fixture.ureg(['usage', '-o', 'csv', '--no-headers']);
    expect(stdout).toMatch(/^GET \/api\/v1\/entities\/:id,4711,12,0\.0025,3,1840000,.*\n$/);
  });
});
