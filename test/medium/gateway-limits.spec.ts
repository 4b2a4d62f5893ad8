import { setTimeout as pause } from 'node:timers/promises';
import { LimitCounterRepository } from '../../src/gateway/limits/limit-counter.repository.js';
import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import type { Answer } from '../support/api-client.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const WHOAMI = '/api/v1/gateway/whoami';
const NOWHERE = '00000000-0000-7000-8000-000000000000';

let place: TestPlace;
let one: GatewayApp;
let other: GatewayApp;

beforeAll(async () => {
  place = await testPlace();
  one = await gatewayApp(place);
  // The embedded database belongs to one process: there it is its own other replica.
  other = isNative() ? await gatewayApp(place, { adminKey: one.adminKey }) : one;
});
afterAll(async () => {
  if (other !== one) await other.close();
  await one.close();
  await place.drop();
});

const keyOf = async (limit: number, seconds = 3600, body: object = {}): Promise<string> =>
  (await limited(limit, seconds, body)).key;
const limited = (limit: number, seconds: number, body: object = {}): ReturnType<typeof madeKey> =>
  madeKey(one, { permissions: ['read:*'], rate_limit: { limit, window_seconds: seconds }, ...body });
const ask = (app: GatewayApp, key: string, path = WHOAMI): Promise<Answer> => app.call('GET', path, { key });
const statuses = (answers: Answer[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe('the quota of a key', () => {
  it('is told by every answer, in the words of the draft and in the usual ones', async () => {
    const { headers } = await ask(one, (await madeKey(one, { permissions: ['read:*'] })).key);
    expect(headers.get('ratelimit-policy')).toBe('"hour";q=1000;w=3600');
    expect(headers.get('ratelimit')).toMatch(/^"hour";r=999;t=(3600|35\d\d)$/);
    expect(headers.get('x-ratelimit-limit')).toBe('1000');
    expect(headers.get('x-ratelimit-remaining')).toBe('999');
    expect(headers.get('x-ratelimit-reset')).toMatch(/^(3600|35\d\d)$/);
    expect(headers.get('retry-after')).toBeNull();
  });

  it('is one count over all processes: exactly the limit passes, then 429 says when to go on', async () => {
    const key = await keyOf(25);
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => ask(n % 2 ? one : other, key)));
    expect(statuses(answers)).toEqual({ 200: 25, 429: 35 });
    const { headers, body } = answers.find(({ status }) => status === 429)!;
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Quota exceeded',
      status: 429,
      code: 'rate_limit.exceeded',
      instance: WHOAMI,
      'violated-policies': ['hour'],
    });
    expect(headers.get('ratelimit')).toMatch(/^"hour";r=0;t=\d+$/);
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(
      Number(/t=(\d+)/.exec(headers.get('ratelimit')!)![1]),
    );
  });

  it('comes back after Retry-After, and not before', async () => {
    const key = await keyOf(4, 2);
    const began = performance.now();
    for (let n = 0; n < 4; n++) expect((await ask(one, key)).status).toBe(200);
    const refused = await ask(other, key);
    expect(refused.status).toBe(429);
    expect(refused.body['violated-policies']).toEqual(['2s']);
    while ((await ask(one, key)).status === 429) await pause(20);
    expect(performance.now() - began).toBeGreaterThan(1_950);
    expect(performance.now() - began).toBeLessThan(1_000 * Number(refused.headers.get('retry-after')) + 2_000);
  });

  it('is spent by its tokens as well', async () => {
    const key = await keyOf(5);
    const token = (await one.call('POST', '/api/v1/gateway/tokens', { key })).body.access_token;
    const answers = [];
    for (let n = 0; n < 5; n++) answers.push(await ask(other, n % 2 ? key : token));
    expect(statuses(answers)).toEqual({ 200: 4, 429: 1 });
  });

  it('is spent by requests that fail, and not by those that are refused for it', async () => {
    const key = await keyOf(3);
    expect((await ask(one, key, `/api/v1/entities/${NOWHERE}`)).status).toBe(404);
    expect((await one.call('POST', '/api/v1/entities', { key, body: {} })).status).toBe(403);
    expect((await ask(one, key, '/api/v1/entities?limit=x')).status).toBe(400);
    for (let n = 0; n < 20; n++) expect((await ask(one, key)).status).toBe(429);
    const [{ sum }] = await one.uow.query<{ sum: string }>(
      `SELECT sum(n) FROM rate_limit_counter, unnest(counts) n WHERE owner = (SELECT rotation_group_id::text FROM api_key WHERE last_four = $1)`,
      [key.slice(-4)],
    );
    expect(Number(sum)).toBe(3);
  });

  it('pays more for a search than for a look', async () => {
    const key = await keyOf(12);
    expect((await ask(one, key, '/api/v1/search?q=a')).headers.get('x-ratelimit-remaining')).toBe('7');
    expect((await ask(one, key, '/api/v1/search?q=a')).headers.get('x-ratelimit-remaining')).toBe('2');
    expect((await ask(one, key, '/api/v1/search?q=a')).status).toBe(429);
    expect((await ask(one, key)).headers.get('x-ratelimit-remaining')).toBe('1');
  });

  it('is not spent by scrapes: a fleet of twelve asked each fifteen seconds makes 2,880 an hour', async () => {
    const key = await keyOf(1);
    expect((await ask(one, key)).status).toBe(200);
    expect((await ask(one, key)).status).toBe(429);
    for (let n = 0; n < 5; n++) expect((await ask(n % 2 ? one : other, key, '/metrics')).status).toBe(200);
  });

  it('changes with the key, and what was spent stays spent', async () => {
    const { id, key } = await limited(2, 3600);
    const to = (limit: number): Promise<Answer> =>
      one.call('PATCH', `/api/v1/gateway/keys/${id}`, { body: { rate_limit: { limit, window_seconds: 3600 } } });
    for (const status of [200, 200, 429]) expect((await ask(one, key)).status).toBe(status);
    await to(5);
    for (const status of [200, 200, 200, 429]) expect((await ask(one, key)).status).toBe(status);
    await to(3);
    expect((await ask(one, key)).status).toBe(429);
  });

  it('is that of the key it took the place of: rotating is no way around it', async () => {
    const { id, key } = await limited(3, 3600);
    for (const status of [200, 200]) expect((await ask(one, key)).status).toBe(status);
    const rotated = await one.call('POST', `/api/v1/gateway/keys/${id}/rotate`, { body: { grace_period_seconds: 60 } });
    expect(rotated.status).toBe(201);
    for (const status of [200, 429]) expect((await ask(one, rotated.body.key)).status).toBe(status);
    expect((await ask(one, key)).status).toBe(429);
  });

  it('does not exist for an admin key, unless it was given one', async () => {
    const { headers } = await ask(one, one.adminKey);
    expect(headers.get('ratelimit-policy')).toBeNull();
    expect(headers.get('ratelimit')).toBeNull();
    const key = await keyOf(1, 60, { type: 'admin_key', permissions: ['admin:keys'] });
    expect((await ask(one, key)).headers.get('ratelimit-policy')).toBe('"minute";q=1;w=60');
    expect((await ask(one, key)).status).toBe(429);
  });

  it('takes no part in what is open to everyone', async () => {
    const { headers } = await one.call('GET', '/health/live', { key: await keyOf(1) });
    expect(headers.get('ratelimit-policy')).toBeNull();
  });
});

describe('what a process has at hand', () => {
  it('saves it most questions to the database', async () => {
    const key = await keyOf(100_000);
    const query = jest.spyOn(one.uow, 'query');
    for (let n = 0; n < 100; n++) expect((await ask(one, key)).status).toBe(200);
    const takes = query.mock.calls.filter(([sql]) => sql.includes('rate_limit_take')).length;
    query.mockRestore();
    expect(takes).toBeLessThanOrEqual(4);
  });

  it('is given back when it stops', async () => {
    const own = await testPlace();
    const before = await gatewayApp(own);
    const { key } = await madeKey(before, { permissions: ['read:*'] });
    expect((await ask(before, key)).headers.get('x-ratelimit-remaining')).toBe('999');
    const query = 'SELECT sum(n) FROM rate_limit_counter, unnest(counts) n';
    expect(await before.uow.query(query)).toEqual([{ sum: '10' }]);
    await before.close();
    const after = await gatewayApp(own);
    expect(await after.uow.query(query)).toEqual([{ sum: '1' }]);
    await after.close();
    await own.drop();
  });

  it('is forgotten by a job once no window holds it', async () => {
    await one.uow.query(
      `INSERT INTO rate_limit_counter VALUES ('old', 'hour', 3600, 0, array_fill(1, ARRAY[61])),
         ('new', 'hour', 3600, floor(extract(epoch FROM clock_timestamp()) * 60 / 3600) - 59, array_fill(1, ARRAY[61]))`,
    );
    await one.app.get(LimitCounterRepository).prune();
    const rows = await one.uow.query("SELECT owner FROM rate_limit_counter WHERE owner IN ('old', 'new')");
    expect(rows).toEqual([{ owner: 'new' }]);
  });
});
