import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const KEYS = '/api/v1/gateway/keys';
const WITHIN_MS = 1_000;

describe('a revoked or changed key', () => {
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

  const statusAt = async (app: GatewayApp, key: string): Promise<number> =>
    (await app.call('GET', '/api/v1/gateway/whoami', { key })).status;
  const until = async (holds: () => Promise<boolean>): Promise<number> => {
    const started = performance.now();
    while (!(await holds())) if (performance.now() - started > 5_000) return Infinity;
    return performance.now() - started;
  };

  it('is refused by the other replicas within a second, and so is every token made from it', async () => {
    const { id, key } = await madeKey(one, { permissions: ['read:*'] });
    const token = (await other.call('POST', '/api/v1/gateway/tokens', { key })).body.access_token;
    for (const app of [one, other])
      for (const credential of [key, token]) expect(await statusAt(app, credential)).toBe(200);
    await one.call('DELETE', `${KEYS}/${id}`);
    for (const credential of [key, token]) {
      expect(await statusAt(one, credential)).toBe(401);
      expect(await until(async () => (await statusAt(other, credential)) === 401)).toBeLessThan(WITHIN_MS);
    }
  });

  it('has its new permissions there as fast', async () => {
    const { id, key } = await madeKey(one, { permissions: ['read:graph', 'read:events'] });
    const permissionsAt = async (app: GatewayApp): Promise<string[]> =>
      (await app.call('GET', '/api/v1/gateway/whoami', { key })).body.permissions;
    expect(await permissionsAt(other)).toHaveLength(2);
    await one.call('PATCH', `${KEYS}/${id}`, { body: { permissions: ['read:graph'] } });
    expect(await until(async () => (await permissionsAt(other)).length === 1)).toBeLessThan(WITHIN_MS);
  });

  it('is refused within the time things are remembered, should the notice not arrive', async () => {
    const { id, key } = await madeKey(one, { permissions: ['read:graph'] });
    expect(await statusAt(other, key)).toBe(200);
    await one.uow.query('UPDATE api_key SET revoked_at = clock_timestamp() WHERE id = $1', [id]);
    const started = performance.now();
    while ((await statusAt(other, key)) === 200) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(performance.now() - started).toBeLessThan(12_000);
  });

  it('is not remembered as it was when it is revoked while it is being read', async () => {
    const { id, key } = await madeKey(one, { permissions: ['read:graph'] });
    const query = other.uow.query.bind(other.uow);
    const slow = jest.spyOn(other.uow, 'query').mockImplementation(async (...args) => {
      const rows = await query(...args);
      if (!args[0].includes('hash = ANY')) return rows;
      slow.mockRestore();
      await one.call('DELETE', `${KEYS}/${id}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return rows;
    });
    await statusAt(other, key);
    expect(await statusAt(other, key)).toBe(401);
  });
});
