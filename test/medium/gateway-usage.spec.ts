import { makeKey } from '../../src/gateway/keys/key-format.js';
import type { Answer, Json } from '../support/api-client.js';
import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const GATEWAY = '/api/v1/gateway';
const KEYS = `${GATEWAY}/keys`;
const WHOAMI = `GET ${GATEWAY}/whoami`;
const DAY_MS = 86_400_000;

describe('the usage of the gateway', () => {
  let place: TestPlace;
  let app: GatewayApp;

  beforeAll(async () => {
    place = await testPlace();
    app = await gatewayApp(place, { env: { USAGE_HOURLY_DAYS: '10', AUTH_FAILURE_LIMIT: '3/hour' } });
  });
  afterAll(async () => {
    await app.close();
    await place.drop();
  });

  const get = (path: string, key?: string | null): Promise<Answer> => app.call('GET', path, { key });
  const whoami = (key: string | null, times = 1): Promise<Answer[]> =>
    Promise.all(Array.from({ length: times }, () => get(`${GATEWAY}/whoami`, key)));
  const usage = async (id: string, query = ''): Promise<Json> => (await get(`${KEYS}/${id}/usage?${query}`)).body;
  const stats = async (query = ''): Promise<Json> => (await get(`${GATEWAY}/stats?${query}`)).body;
  const routes = (body: Json, list = 'by_route'): Record<string, number> =>
    Object.fromEntries(body[list].map((one: Json) => [one.route, one.requests]));

  it('of a key: how much, on which routes, with what result, how fast, when last', async () => {
    const { id, key } = await madeKey(app, { name: 'Robot', permissions: ['read:graph'] });
    await whoami(key, 5);
    await get(KEYS, key);
    await get('/api/v1/entities/x', key);
    await get('/api/v1/nothing/of/the/sort', key);
    const answer = await get(`${KEYS}/${id}/usage`);
    expect(answer.status).toBe(200);
    const { series, totals, by_route: byRoute, ...rest } = answer.body;
    expect(rest).toEqual({
      key_id: id,
      name: 'Robot',
      rotation_group_id: id,
      key_ids: [id],
      from: expect.any(String),
      to: expect.any(String),
      step: 'hour',
      last_used_at: expect.any(String),
    });
    expect(totals).toMatchObject({ requests: 7, errors: 2, client_errors: 2, server_errors: 0, rate_limited: 0 });
    expect(totals.error_rate).toBeCloseTo(2 / 7, 3);
    expect(totals.bytes_out).toBeGreaterThan(7 * 200);
    expect(totals.latency_ms.p50).toBeGreaterThan(0);
    expect(totals.latency_ms.p99).toBeGreaterThanOrEqual(totals.latency_ms.p95);
    expect(routes(answer.body)).toEqual({ [WHOAMI]: 5, [`GET ${KEYS}`]: 1, 'GET /api/v1/entities/:id': 1 });
    expect(byRoute[0].route).toBe(WHOAMI);
    expect(Date.now() - Date.parse(byRoute[0].last_used_at)).toBeLessThan(60_000);
    expect(series).toHaveLength(25);
    expect(series.reduce((sum: number, { requests }: Json) => sum + requests, 0)).toBe(7);
    expect(series[0]).toMatchObject({ requests: 0, error_rate: 0, latency_ms: { p50: null, p95: null, p99: null } });
    const { totals: ofOne } = await usage(id, `route=${encodeURIComponent(`GET ${KEYS}`)}&limit=1`);
    expect(ofOne).toMatchObject({ requests: 1, errors: 1, error_rate: 1 });
    expect((await get(`${KEYS}/${id}`)).body).toMatchObject({ last_used_ip: null, use_count: 0 });
  });

  it('of a token is that of its key', async () => {
    const { id, key } = await madeKey(app, { permissions: ['read:graph'] });
    const made = await app.call('POST', `${GATEWAY}/tokens`, { key });
    await whoami(made.body.access_token, 3);
    expect(routes(await usage(id))).toEqual({ [`POST ${GATEWAY}/tokens`]: 1, [WHOAMI]: 3 });
  });

  it('of a key is that of its whole line, told apart where asked', async () => {
    const old = await madeKey(app, { name: 'Line', permissions: ['read:graph'] });
    await whoami(old.key, 2);
    const next = (await app.call('POST', `${KEYS}/${old.id}/rotate`)).body;
    await whoami(next.key, 3);
    await whoami(old.key, 1);
    for (const id of [old.id, next.id]) {
      const body = await usage(id);
      expect(body).toMatchObject({ key_id: id, rotation_group_id: old.id, key_ids: [old.id, next.id] });
      expect(body.totals.requests).toBe(6);
      expect(body.by_key).toBeUndefined();
    }
    const { by_key: byKey } = await usage(next.id, 'group_by=key');
    const numbers = byKey.map(({ key_id: id, requests }: Json) => [id, requests]);
    expect(Object.fromEntries(numbers)).toEqual({ [old.id]: 3, [next.id]: 3 });
    for (const { series, requests } of byKey) {
      expect(series).toHaveLength(25);
      expect(series.reduce((sum: number, one: Json) => sum + one.requests, 0)).toBe(requests);
    }
    const top = (await stats('limit=100')).top_keys.filter(({ name }: Json) => name === 'Line');
    expect(top).toEqual([expect.objectContaining({ id: next.id, requests: 6 })]);
  });

  it('has a series for each route where asked', async () => {
    const { id, key } = await madeKey(app, { permissions: ['read:graph'] });
    await whoami(key, 4);
    await get(`${GATEWAY}/permissions`, key);
    const { by_route: byRoute } = await usage(id, 'group_by=route&limit=1&step=day');
    expect(byRoute).toHaveLength(1);
    expect(byRoute[0]).toMatchObject({ route: WHOAMI, requests: 4 });
    expect(byRoute[0].series.map(({ requests }: Json) => requests)).toEqual([...Array(30).fill(0), 4]);
  });

  it('of all: sums, refusals by reason, the keys and routes with most requests, and how many keys there are', async () => {
    const before = await stats('limit=100');
    const { key, id } = await madeKey(app, {
      name: 'Busy',
      permissions: ['read:graph'],
      rate_limit: { limit: 20, window_seconds: 3600 },
    });
    const statuses = (await whoami(key, 23)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(3);
    const other = await madeKey(app, { type: 'service_key', permissions: ['read:graph'] });
    expect((await get(KEYS, other.key)).status).toBe(403);
    for (let n = 0; n < 5; n++) await whoami(makeKey('api_key'));
    expect((await whoami(null))[0].status).toBe(401);
    await get('/nothing', null);
    await app.call('DELETE', `${KEYS}/${other.id}`);
    const after = await stats('limit=100');
    const more = (pick: (body: Json) => number): number => pick(after) - pick(before);
    expect(more(({ refused }) => refused.quota_exceeded)).toBe(3);
    expect(more(({ refused }) => refused.forbidden)).toBe(1);
    expect(more(({ refused }) => refused.unauthenticated)).toBe(4);
    expect(more(({ refused }) => refused.too_many_failures)).toBe(2);
    expect(more(({ totals }) => totals.rate_limited)).toBe(5);
    expect(more(({ without_key: none }) => none.requests)).toBe(7);
    // 23 and 1, 5 and 1 and 1 without a key, and the admin's own: two keys made, one revoked, and the stats of before.
    expect(more(({ totals }) => totals.requests)).toBe(23 + 1 + 7 + 4);
    expect(after.top_keys.find((one: Json) => one.id === id)).toMatchObject({
      name: 'Busy',
      type: 'api_key',
      requests: 23,
      errors: 3,
      rate_limited: 3,
    });
    const ofRoutes = routes(after, 'top_routes');
    expect(ofRoutes[WHOAMI] - (routes(before, 'top_routes')[WHOAMI] ?? 0)).toBe(29);
    expect(ofRoutes.unmatched).toBeGreaterThanOrEqual(1);
    expect(after.series.reduce((sum: number, { requests }: Json) => sum + requests, 0)).toBe(after.totals.requests);
    const numbers = (body: Json, type: string): Json => body.keys.find((one: Json) => one.type === type);
    expect(numbers(after, 'api_key').active).toBe(numbers(before, 'api_key').active + 1);
    expect(numbers(after, 'service_key').revoked).toBe(numbers(before, 'service_key').revoked + 1);
    expect(numbers(after, 'admin_key').active).toBe(1);
    expect((await stats('limit=1')).top_keys).toHaveLength(1);
  });

  it('is told to the key itself, and of others only to who may read keys', async () => {
    const own = await madeKey(app, { permissions: ['read:*'] });
    const other = await madeKey(app, { permissions: ['read:*'] });
    await whoami(own.key, 2);
    await whoami(other.key, 2);
    const answer = await get(`${KEYS}/self/usage`, own.key);
    expect(answer.body).toMatchObject({ key_id: own.id, totals: { requests: 2 } });
    expect(JSON.stringify(answer.body)).not.toContain(other.id);
    for (const path of [`${KEYS}/${other.id}/usage`, `${KEYS}/${own.id}/usage`, `${GATEWAY}/stats`])
      expect((await get(path, own.key)).body).toMatchObject({ status: 403, missing: 'admin:keys' });
    for (const path of [`${KEYS}/self/usage`, `${KEYS}/${own.id}/usage`, `${GATEWAY}/stats`])
      expect((await get(path, null)).status).toBe(401);
    for (const id of ['0192f0c1-7c3a-7a10-9d5e-0242ac120002', 'self2', '*', '%2A', '1'])
      expect((await get(`${KEYS}/${id}/usage`)).status).toBe(404);
  });

  it.each([
    ['from=yesterday', 'from'],
    ['from=2026-02-30T25:00:00Z', 'from'],
    ['from=0001-01-01T00:00:00Z', 'from'],
    ['from=2026-01-01', 'from'],
    ['from=', 'from'],
    ['from=2026-01-01T00:00:00Z&from=2026-01-02T00:00:00Z', 'from'],
    ['to=9999-12-31T23:59:59Z', 'to'],
    ['to=%00', 'to'],
    ['from=2999-01-01T00:00:00Z', 'from'],
    [`step=hour&from=${new Date(Date.now() - 11 * DAY_MS).toISOString()}`, 'from'],
    [`from=${new Date(Date.now() - 401 * DAY_MS).toISOString()}`, 'from'],
    ['step=minute', 'step'],
    ['step=HOUR;DROP', 'step'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=1e1', 'limit'],
    ['limit=10&limit=11', 'limit'],
    ['order=1', 'order'],
  ])('asked with %s is a 400 naming %s', async (query, field) => {
    for (const path of [`${GATEWAY}/stats`, `${KEYS}/self/usage`]) {
      const { status, body } = await get(`${path}?${query}`);
      expect([status, body.errors?.[0].field]).toEqual([400, field]);
    }
  });

  it.each([
    ['route=', 'route'],
    [`route=${'x'.repeat(301)}`, 'route'],
    ['route=a&route=b', 'route'],
    ['route=%00', 'route'],
    ['group_by=hour', 'group_by'],
    [`group_by=route&limit=100&step=hour&from=${new Date(Date.now() - 9 * DAY_MS).toISOString()}`, 'limit'],
  ])('of a key asked with %s is a 400 naming %s', async (query, field) => {
    const { status, body } = await get(`${KEYS}/self/usage?${query}`);
    expect([status, body.errors?.[0].field]).toEqual([400, field]);
  });

  it('is nothing where nothing was asked, also of routes there are not', async () => {
    const { id } = await madeKey(app, { permissions: ['read:graph'] });
    const body = await usage(id, `route=${encodeURIComponent("x' OR 1=1 --")}&group_by=key`);
    expect(body).toMatchObject({ last_used_at: null, totals: { requests: 0, bytes_out: 0 }, by_route: [], by_key: [] });
    expect(body.totals.latency_ms).toEqual({ p50: null, p95: null, p99: null });
  });

  it('is written at the end of the process, and by every process that shares the database', async () => {
    const second = isNative() ? await gatewayApp(place, { adminKey: app.adminKey }) : undefined;
    const { id, key } = await madeKey(app, { permissions: ['read:graph'] });
    const asked = [app, second ?? app].map(async (one) => {
      for (let n = 0; n < 40; n++) {
        await one.call('GET', `${GATEWAY}/whoami`, { key });
        if (n % 8 === 0) await one.call('GET', `${KEYS}/${id}/usage`);
      }
    });
    await Promise.all(asked);
    await second?.close();
    if (!second) {
      const [{ adminKey }] = [app];
      await app.close();
      app = await gatewayApp(place, { adminKey });
    }
    expect((await usage(id)).totals.requests).toBe(80);
    await eventually('the row of the key follows by itself', async () => {
      return Number((await get(`${KEYS}/${id}`)).body.use_count) === 80;
    });
  });
});
