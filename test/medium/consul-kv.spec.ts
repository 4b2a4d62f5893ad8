import type Consul from 'consul';
import type { ApiClient, Json } from '../support/api-client.js';
import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { CONFIG, MASTER_KEY, good, put, read } from './config-fixture.js';
import { consulClient, followed, until } from './consul-fixture.js';

let place: TestPlace;
let app: TestApp;
let second: TestApp | undefined;
let consul: Consul;
/** The same store through another replica, where there can be one. */
let other: Consul;
let api: ApiClient;

beforeAll(async () => {
  place = await testPlace();
  app = await testApp({ place, env: MASTER_KEY });
  second = isNative() ? await testApp({ place, env: { ...MASTER_KEY, REGISTRY_ADMIN_KEY: app.adminKey } }) : undefined;
  api = app.api;
  consul = consulClient(app.url, app.adminKey);
  other = consulClient((second ?? app).url, app.adminKey);
});
afterAll(async () => {
  consul?.destroy();
  other?.destroy();
  await second?.close();
  await app?.close();
  await place.drop();
});

const pair = async (key: string, from = consul): Promise<Json> => (await from.kv.get(key)) as Json;

describe("Consul's own client", () => {
  it('sets, gets, lists and deletes keys', async () => {
    for (const [key, value] of [
      ['app/db/pool', '20'],
      ['app/db/host', 'db'],
      ['app/name', 'shop'],
      ['zoo', ''],
    ])
      // prettier-ignore
      expect(await consul.kv.set(key, value)).toBe(true);
    const one = await pair('app/db/pool');
    expect(one).toEqual({ LockIndex: 0, Key: 'app/db/pool', Flags: 0, Value: '20', CreateIndex: one.ModifyIndex, ModifyIndex: expect.any(Number) }); // prettier-ignore
    expect(await consul.kv.get('app')).toBeUndefined();
    expect((await pair('zoo')).Value).toBeNull();
    expect(await consul.kv.keys('app/')).toEqual(['app/db/host', 'app/db/pool', 'app/name']);
    expect(await consul.kv.keys({ key: 'app/', separator: '/' })).toEqual(['app/db/', 'app/name']);
    expect(await consul.kv.keys()).toEqual(['app/db/host', 'app/db/pool', 'app/name', 'zoo']);
    const all = (await consul.kv.get({ key: 'app/db', recurse: true })) as unknown as Json[];
    expect(all.map(({ Key, Value }) => [Key, Value])).toEqual([['app/db/host', 'db'], ['app/db/pool', '20']]); // prettier-ignore
    expect(String(await consul.kv.get({ key: 'app/name', raw: true }))).toBe('shop');
    expect(await consul.kv.del({ key: 'app/db', recurse: true })).toBe(true);
    expect(await consul.kv.keys('app/')).toEqual(['app/name']);
    expect(await consul.kv.del('app/name')).toBe(true);
    expect(await consul.kv.del('app/name')).toBe(true);
    expect(await consul.kv.get('app/name')).toBeUndefined();
  });

  it('compares and sets: one of many wins, and what is stale loses', async () => {
    expect(await consul.kv.set({ key: 'lock', value: 'a', cas: 0 })).toBe(true);
    // The client makes `undefined` of the `false` that is answered.
    expect(await other.kv.set({ key: 'lock', value: 'b', cas: 0 })).toBeFalsy();
    expect((await api.put('/v1/kv/lock?cas=0', 'b')).body).toBe(false);
    const { ModifyIndex: index, CreateIndex: made } = await pair('lock');
    const writers = Array.from({ length: 8 }, (_, n) => (n % 2 ? consul : other).kv.set({ key: 'lock', value: `w${n}`, cas: index })); // prettier-ignore
    expect((await Promise.all(writers)).filter(Boolean)).toHaveLength(1);
    const after = await pair('lock');
    expect(after).toMatchObject({ CreateIndex: made, Value: expect.stringMatching(/^w\d$/) });
    expect(after.ModifyIndex).toBeGreaterThan(index);
    expect(await consul.kv.set({ key: 'lock', value: 'c', cas: index })).toBeFalsy();
    expect(await consul.kv.del({ key: 'lock', cas: index })).toBeFalsy();
    expect(await other.kv.del({ key: 'lock', cas: after.ModifyIndex })).toBe(true);
    expect(await consul.kv.set({ key: 'lock', value: 'd', cas: after.ModifyIndex })).toBeFalsy();
  });

  it('watches a key and all below another, through another replica, and hears of nothing else', async () => {
    await consul.kv.set('w/a', '1');
    const one = followed(other.watch({ method: other.kv.get, options: { key: 'w/a' } }));
    const all = followed(other.watch({ method: other.kv.get, options: { key: 'w/', recurse: 'true' } }));
    // The other replica may be asked before it has heard of the key.
    await until('both know the beginning', () => one.told.at(-1)?.Value === '1' && all.told.at(-1)?.length === 1);
    const known = one.told.length;
    await consul.kv.set('v/a', '1');
    await consul.kv.set('w/b', '2');
    await until('one more is told', () => all.told.at(-1)?.length === 2);
    expect(one.told).toHaveLength(known);
    await consul.kv.set('w/a', '3');
    await until('the change is told', () => one.told.at(-1)?.Value === '3' && all.told.at(-1)?.[0]?.Value === '3');
    await consul.kv.del('w/a');
    await until('the end is told', () => one.told.at(-1) === undefined && all.told.at(-1)?.length === 1);
    await Promise.all([one.end(), all.end()]);
    expect([one.errors, all.errors]).toEqual([[], []]);
  });

  it.each(['App/DB_HOST', 'app/application.yml', 'folder/', 'Schlüssel mit Leerzeichen', `long/${'x'.repeat(300)}`])(
    'keeps the key %s as it is',
    async (key) => {
      expect(await consul.kv.set({ key, value: key, flags: '18446744073709551615' } as never)).toBe(true);
      expect(await pair(key)).toMatchObject({ Key: key, Value: key });
      expect(await consul.kv.keys(key.slice(0, 4))).toContain(key);
      expect((await api.get(`/v1/kv/${encodeURIComponent(key)}`)).status).toBe(200);
      expect(await (await api.fetch('GET', `/v1/kv/${encodeURIComponent(key)}`)).text()).toContain('"Flags":18446744073709551615'); // prettier-ignore
      expect(await consul.kv.del(key)).toBe(true);
      expect(await consul.kv.get(key)).toBeUndefined();
    },
  );
});

describe('the key-value store of Consul', () => {
  it('keeps bytes as they are, whatever they mean elsewhere', async () => {
    const bytes = new Uint8Array(Array.from({ length: 256 }, (_, n) => n));
    for (const value of [bytes, new TextEncoder().encode('${db.password} $${x} ä')]) {
      expect((await api.put('/v1/kv/b/c', value, { 'content-type': 'image/png' })).body).toBe(true);
      const raw = await api.fetch('GET', '/v1/kv/b/c?raw');
      expect(new Uint8Array(await raw.arrayBuffer())).toEqual(value);
    }
  });

  it('is the configuration for everybody: both see what the other writes, with its type, its versions and its rules', async () => {
    await put(api, 'shop.pool.size', 10, '', { validation: { min: 1, max: 100 } });
    expect(await pair('shop/pool/size')).toMatchObject({ Value: '10' });
    expect(await consul.kv.set('shop/pool/size', '20')).toBe(true);
    expect(await read(api, 'shop.pool.size')).toMatchObject({ value: 20, type: 'integer', current_version: 2 });
    // The client shows a text of less than 80 characters only.
    await expect(consul.kv.set('shop/pool/size', '1000')).rejects.toThrow('bad request');
    expect((await api.put('/v1/kv/shop/pool/size', '1000')).body).toContain('must be at most 100');
    await expect(consul.kv.set('shop/pool/size', 'many')).rejects.toThrow('must be of type integer');
    await put(api, 'shop.url', 'http://${shop.pool.size}/');
    expect((await pair('shop/url')).Value).toBe('http://20/');
    await expect(consul.kv.del('shop/pool/size')).rejects.toThrow('1 other keys refer to shop.pool.size');
    await put(api, 'shop.pool.size', 30, 'environment=production');
    expect((await pair('shop/pool/size')).Value).toBe('20');
    const [, first] = good(await api.get(`${CONFIG}/shop.pool.size/history`)) as Json[];
    expect(first).toBeDefined();
  });

  it('shows no secret without the permission, and says so', async () => {
    await put(api, 'shop.password', 's3cret', '', { type: 'secret' });
    const { key } = good(await api.post('/api/v1/gateway/keys', { name: 'reader', type: 'api_key', permissions: ['read:*'] })); // prettier-ignore
    const reader = consulClient(app.url, key);
    expect((await pair('shop/password')).Value).toBe('s3cret');
    await expect(reader.kv.get('shop/password')).rejects.toThrow('read:secrets');
    const all = (await reader.kv.get({ key: 'shop/p', recurse: true })) as unknown as Json[];
    expect(all.map(({ Key }) => Key)).toEqual(['shop/pool/size']);
    await expect(reader.kv.set('shop/x', 'y')).rejects.toThrow('write:config');
    reader.destroy();
  });

  it('does not show what is restricted to others', async () => {
    const security_context = { visibility: 'restricted', readers: ['role:nobody'] };
    await put(api, 'hid.den', 'x', '', { security_context });
    const { key } = good(await api.post('/api/v1/gateway/keys', { name: 'writer', type: 'api_key', permissions: ['read:config', 'write:config'] })); // prettier-ignore
    const writer = consulClient(app.url, key);
    expect(await pair('hid/den')).toMatchObject({ Value: 'x' });
    expect(await writer.kv.get('hid/den')).toBeUndefined();
    expect(await writer.kv.set({ key: 'hid/den', value: 'y', cas: 0 })).toBeFalsy();
    expect(await writer.kv.del({ key: 'hid/', recurse: true })).toBe(true);
    expect(await pair('hid/den')).toMatchObject({ Value: 'x' });
    writer.destroy();
  });

  it('says plainly what it does not do', async () => {
    for (const [method, path, words] of [
      ['PUT', '/v1/kv/a?acquire=x', 'acquire is not supported'],
      ['PUT', '/v1/kv/a?cas=x', 'cas must be a whole number'],
      ['PUT', '/v1/kv/a?flags=-1', 'flags must be a whole number'],
      ['GET', '/v1/kv/', 'key is missing'],
    ]) {
      const { status, body, headers } = await api.call(method, path);
      expect({ status, body }).toEqual({ status: 400, body: expect.stringContaining(words) });
      expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    }
    expect((await api.put('/v1/txn', [])).status).toBe(404);
    expect((await api.delete('/v1/kv/?recurse')).status).toBe(405);
    expect((await api.put('/v1/kv/big', 'x'.repeat(70_000))).status).toBe(400);
  });
});
