import { makeKey } from '../../src/gateway/keys/key-format.js';
import { ApiClient } from '../support/api-client.js';
import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { ServiceProcess } from '../support/service-process.js';

const GATEWAY = '/api/v1/gateway';
const WITHIN_MS = 1_000;

// The embedded database belongs to one process.
(isNative() ? describe : describe.skip)('three processes', () => {
  let place: TestPlace;
  let processes: ServiceProcess[];
  let urls: string[];
  let admin: ApiClient;

  beforeAll(async () => {
    place = await testPlace();
    const adminKey = makeKey('admin_key');
    processes = Array.from(
      { length: 3 },
      () => new ServiceProcess({ ...place.env, REGISTRY_ADMIN_KEY: adminKey, LOG_FORMAT: 'json' }),
    );
    urls = await Promise.all(processes.map((one) => one.url()));
    admin = new ApiClient(urls[0], adminKey);
  });

  afterAll(async () => {
    await Promise.all(processes.map((one) => one.kill()));
    await place.drop();
  });

  const make = async (body: object): Promise<{ id: string; key: string }> =>
    (await admin.call('POST', `${GATEWAY}/keys`, { name: 'made for a test', type: 'api_key', ...body })).body;
  const me = (url: string, credential: string): Promise<{ status: number; body: { permissions: string[] } }> =>
    new ApiClient(url, credential).call('GET', `${GATEWAY}/whoami`);
  /** The longest time any process took, in milliseconds from the answer to the change. */
  const slowest = async (holds: (url: string) => Promise<boolean>): Promise<number> => {
    const started = performance.now();
    const times = urls.map(async (url) => {
      while (!(await holds(url))) if (performance.now() - started > 15_000) return Infinity;
      return performance.now() - started;
    });
    return Math.max(...(await Promise.all(times)));
  };
  const refused =
    (credential: string) =>
    async (url: string): Promise<boolean> =>
      (await me(url, credential)).status === 401;
  const known = async (credential: string): Promise<void> => {
    for (const url of urls) expect((await me(url, credential)).status).toBe(200);
  };

  it('refuse a revoked key, and its tokens, within a second of each other', async () => {
    const { id, key } = await make({ permissions: ['read:*'] });
    const { access_token: token } = (await new ApiClient(urls[1], key).call('POST', `${GATEWAY}/tokens`, {})).body;
    for (const credential of [key, token]) await known(credential);
    await admin.call('DELETE', `${GATEWAY}/keys/${id}`);
    expect(await slowest(refused(key))).toBeLessThan(WITHIN_MS);
    expect(await slowest(refused(token))).toBeLessThan(WITHIN_MS);
  });

  it('refuse a revoked token as fast, and an old key whose rotation was completed', async () => {
    const { id, key } = await make({ permissions: ['read:*'] });
    const { access_token: token } = (await new ApiClient(urls[2], key).call('POST', `${GATEWAY}/tokens`, {})).body;
    await known(token);
    await new ApiClient(urls[1]).call('POST', `${GATEWAY}/tokens/revoke`, { token });
    expect(await slowest(refused(token))).toBeLessThan(WITHIN_MS);
    await known(key);
    await admin.call('POST', `${GATEWAY}/keys/${id}/rotate`, {});
    await known(key);
    await admin.call('POST', `${GATEWAY}/keys/${id}/rotate/complete`);
    expect(await slowest(refused(key))).toBeLessThan(WITHIN_MS);
  });

  it('have the new permissions of a changed role as fast', async () => {
    await admin.call('POST', `${GATEWAY}/roles`, { name: 'scout', permissions: ['read:graph', 'read:events'] });
    const { key } = await make({ role: 'scout' });
    await known(key);
    await admin.call('PUT', `${GATEWAY}/roles/scout`, { permissions: ['read:search'] });
    const changed = async (url: string): Promise<boolean> =>
      (await me(url, key)).body.permissions.join(' ') === 'read:search';
    expect(await slowest(changed)).toBeLessThan(WITHIN_MS);
  });

  it('end every token as fast when the signing keys are withdrawn, and sign with new ones', async () => {
    const { key } = await make({ permissions: ['read:*'] });
    const tokens = await Promise.all(
      urls.map(async (url) => (await new ApiClient(url, key).call('POST', `${GATEWAY}/tokens`, {})).body.access_token),
    );
    for (const token of tokens) await known(token);
    await admin.call('POST', `${GATEWAY}/signing-keys/rotate`, { withdraw: true });
    for (const token of tokens) expect(await slowest(refused(token))).toBeLessThan(WITHIN_MS);
    const next = (await new ApiClient(urls[2], key).call('POST', `${GATEWAY}/tokens`, {})).body.access_token;
    await known(next);
  });
});
