import type { Answer } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';
import { KeyUsage } from '../../src/gateway/keys/key-usage.js';
import { makeKey } from '../../src/gateway/keys/key-format.js';

const KEYS = '/api/v1/gateway/keys';
const UNKNOWN = '0192f0c1-7c3a-7a10-9d5e-0242ac120002';

describe('API keys', () => {
  let place: TestPlace;
  let app: GatewayApp;

  beforeAll(async () => {
    place = await testPlace();
    app = await gatewayApp(place, { env: { TRUST_PROXY: '1' } });
  });

  afterAll(async () => {
    await app.close();
    await place.drop();
  });

  const whoami = (key: string, headers?: Record<string, string>): Promise<Answer> =>
    app.call('GET', '/api/v1/gateway/whoami', { key, headers });

  it('a key is shown once, when it is made', async () => {
    const answer = await app.call('POST', KEYS, {
      body: {
        name: ' Build pipeline ',
        type: 'service_key',
        permissions: ['read:*', 'WRITE:entities', 'read:*'],
        expires_at: '2999-01-01T00:00:00Z',
        rate_limit: { limit: 100, window_seconds: 60 },
        allowed_ips: ['127.0.0.1', '::1/128'],
        metadata: { team: 'payments' },
      },
    });
    expect(answer.status).toBe(201);
    const { key, ...shown } = answer.body;
    expect(key).toMatch(/^svc_[0-9A-Za-z]{49}$/);
    expect(answer.headers.get('Location')).toBe(`${KEYS}/${shown.id}`);
    expect(answer.headers.get('ETag')).toBe('"1"');
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(shown).toMatchObject({
      name: 'Build pipeline',
      type: 'service_key',
      status: 'active',
      prefix: 'svc_',
      last_four: key.slice(-4),
      permissions: ['read:*', 'write:entities'],
      role: null,
      expires_at: '2999-01-01T00:00:00.000Z',
      rate_limit: { limit: 100, window_seconds: 60 },
      allowed_ips: ['127.0.0.1/32', '::1/128'],
      metadata: { team: 'payments' },
      revision: 1,
    });
    const got = await app.call('GET', `${KEYS}/${shown.id}`);
    expect(got.body).toEqual(shown);
    expect(JSON.stringify((await app.call('GET', KEYS)).body)).not.toContain(key);
  });

  it('neither the database nor the log holds a key', async () => {
    const { key } = await madeKey(app, { permissions: ['read:entities'] });
    await whoami(key);
    await whoami(`${key.slice(0, -1)}!`);
    await app.call('GET', `/api/v1/gateway/whoami?access_token=${key}`, { key: null });
    const [{ dump }] = await app.uow.query<{ dump: string }>(`SELECT string_agg(k::text, ' ') AS dump FROM api_key k`);
    expect(dump).not.toContain(key.slice(5, 48));
    expect(app.log.length).toBeGreaterThan(0);
    expect(app.log.join('')).not.toContain(key.slice(5, 48));
    expect(app.log.join('')).not.toContain(app.adminKey.slice(6, 49));
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 7 }, 'name'],
    [{ name: 'x'.repeat(201) }, 'name'],
    [{ type: 'root_key' }, 'type'],
    [{ permissions: 'read:*' }, 'permissions'],
    [{ permissions: ['read:graph', 'delete:graph'] }, 'permissions.1'],
    [{ permissions: [] }, 'permissions'],
    [{ permissions: Array.from({ length: 101 }, (_, i) => `read:a${i}`) }, 'permissions'],
    [{ permissions: ['admin:keys'] }, 'permissions.0'],
    [{ permissions: ['read:graph', '*'] }, 'permissions.1'],
    [{ permissions: ['*:graph'] }, 'permissions.0'],
    [{ role: 'admin' }, 'role'],
    [{ role: 'owner' }, 'role'],
    [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    [{ expires_at: 'tomorrow' }, 'expires_at'],
    [{ expires_at: '2999-13-01T00:00:00Z' }, 'expires_at'],
    [{ expires_at: 32503680000 }, 'expires_at'],
    [{ rate_limit: { limit: 0, window_seconds: 60 } }, 'rate_limit.limit'],
    [{ rate_limit: { limit: 10 } }, 'rate_limit.window_seconds'],
    [{ rate_limit: [] }, 'rate_limit'],
    [{ rate_limit: 'fast' }, 'rate_limit'],
    [{ allowed_ips: ['10.0.0.0/40'] }, 'allowed_ips.0'],
    [{ allowed_ips: ['127.0.0.1', 'localhost'] }, 'allowed_ips.1'],
    [{ metadata: [] }, 'metadata'],
    [{ metadata: { text: 'x'.repeat(70_000) } }, 'metadata'],
    [{ hash: 'x' }, 'hash'],
  ] as [object, string][])('wrong settings are refused, naming the field (%#)', async (change, field) => {
    const body = { name: 'a key', type: 'api_key', permissions: ['read:graph'], ...change };
    const answer = await app.call('POST', KEYS, { body });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  it('the list goes by pages, newest first, and by state, type and name', async () => {
    const names = ['page one', 'page two', 'page three'];
    for (const name of names) await madeKey(app, { name, permissions: ['read:graph'] });
    const first = await app.call('GET', `${KEYS}?q=PAGE&limit=2&count=exact`);
    expect(first.body.map((key: { name: string }) => key.name)).toEqual(['page three', 'page two']);
    expect(first.headers.get('X-Total-Count')).toBe('3');
    const [, next] = /^<(.+)>; rel="next"$/.exec(first.headers.get('Link') ?? '') ?? [];
    const second = await app.call('GET', next);
    expect(second.body.map((key: { name: string }) => key.name)).toEqual(['page one']);
    expect(second.headers.get('Link')).toBeNull();
    const byName = await app.call('GET', `${KEYS}?q=page&sort=name&limit=1&offset=1`);
    expect(byName.body[0].name).toBe('page three');
    expect(byName.headers.get('Link')).toContain('offset=2');
    expect((await app.call('GET', `${KEYS}?type=admin_key&status=active`)).body).toHaveLength(1);
    for (const query of ['sort=hash', 'cursor=abc', 'limit=0', 'status=gone', 'q=', 'unknown=1', 'type=x'])
      expect((await app.call('GET', `${KEYS}?${query}`)).status).toBe(400);
  });

  it('what is no id of a key is not found', async () => {
    for (const id of [UNKNOWN, '1', 'x%00', "'--"]) {
      const { status } = await app.call('GET', `${KEYS}/${id}`);
      expect([400, 404]).toContain(status);
    }
    expect((await app.call('DELETE', `${KEYS}/${UNKNOWN}`)).status).toBe(404);
    expect((await app.call('PATCH', `${KEYS}/${UNKNOWN}`, { body: {} })).body.code).toBe('key.not_found');
  });

  it('a change is a merge patch, checked against the revision, and in force at the next call', async () => {
    const { id, key } = await madeKey(app, {
      permissions: ['read:graph'],
      expires_at: '2999-01-01T00:00:00Z',
      metadata: { a: 1, b: 2 },
    });
    expect((await whoami(key)).body.permissions).toEqual(['read:graph']);
    const change = { permissions: ['read:events'], expires_at: null, metadata: { a: null, c: 3 } };
    const stale = await app.call('PATCH', `${KEYS}/${id}`, { body: change, headers: { 'If-Match': '"7"' } });
    expect(stale.status).toBe(412);
    const answer = await app.call('PATCH', `${KEYS}/${id}`, { body: change, headers: { 'If-Match': '"1"' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('ETag')).toBe('"2"');
    expect(answer.body).toMatchObject({
      permissions: ['read:events'],
      expires_at: null,
      metadata: { b: 2, c: 3 },
      revision: 2,
    });
    expect((await whoami(key)).body.permissions).toEqual(['read:events']);
    expect((await app.call('GET', `${KEYS}/${id}`, { headers: { 'If-None-Match': '"2"' } })).status).toBe(304);
    for (const body of [{ type: 'admin_key' }, { name: null }, { permissions: null }, { permissions: ['*'] }])
      expect((await app.call('PATCH', `${KEYS}/${id}`, { body })).status).toBe(400);
  });

  it('a revoked key is refused at once, stays listed, and cannot be brought back', async () => {
    const { id, key } = await madeKey(app, { permissions: ['read:graph'] });
    expect((await whoami(key)).status).toBe(200);
    expect((await app.call('DELETE', `${KEYS}/${id}`)).status).toBe(204);
    expect((await whoami(key)).status).toBe(401);
    expect((await app.call('DELETE', `${KEYS}/${id}`)).status).toBe(204);
    expect((await app.call('GET', `${KEYS}/${id}`)).body).toMatchObject({ status: 'revoked', revision: 2 });
    const back = await app.call('PATCH', `${KEYS}/${id}`, { body: { name: 'back' } });
    expect([back.status, back.body.code]).toEqual([409, 'key.revoked']);
  });

  it('an expired key is refused the moment it expires, also from the cache', async () => {
    const { id, key } = await madeKey(app, {
      permissions: ['read:graph'],
      expires_at: new Date(Date.now() + 3_000).toISOString(),
    });
    expect((await whoami(key)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 3_050));
    expect((await whoami(key)).status).toBe(401);
    expect((await app.call('GET', `${KEYS}/${id}`)).body.status).toBe('expired');
    const changed = await app.call('PATCH', `${KEYS}/${id}`, { body: { name: 'still expired' } });
    expect(changed.body).toMatchObject({ name: 'still expired', status: 'expired' });
  });

  it('a key bound to networks works from there only, in either form of an IPv4 address', async () => {
    const { key } = await madeKey(app, { permissions: ['read:graph'], allowed_ips: ['10.1.0.0/16', '2001:db8::/32'] });
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::7'])
      expect((await whoami(key, { 'X-Forwarded-For': address })).status).toBe(200);
    for (const address of ['10.2.0.1', '::ffff:10.2.0.1', '2001:db9::7', '127.0.0.1'])
      expect((await whoami(key, { 'X-Forwarded-For': address })).status).toBe(401);
  });

  it('nobody hands on what they do not hold', async () => {
    const maker = await madeKey(app, { type: 'admin_key', permissions: ['admin:keys', 'read:*'] });
    const make = (body: object): Promise<Answer> =>
      app.call('POST', KEYS, { key: maker.key, body: { name: 'a key', type: 'admin_key', ...body } });
    expect((await make({ permissions: ['read:graph', 'admin:keys'] })).status).toBe(201);
    expect((await make({ role: 'viewer' })).status).toBe(201);
    for (const [body, missing] of [
      [{ permissions: ['*'] }, ['*']],
      [{ role: 'admin' }, ['*']],
      [{ role: 'developer' }, ['write:plugin', 'write:service']],
      [{ permissions: ['read:graph', 'read:secrets', 'admin:*'] }, ['read:secrets', 'admin:*']],
    ] as const) {
      const answer = await make(body);
      expect([answer.status, answer.body.code, answer.body.missing]).toEqual([403, 'key.beyond_maker', missing]);
    }
  });

  it('nobody raises a key above themselves, or changes one that stands above them', async () => {
    const maker = await madeKey(app, { type: 'admin_key', permissions: ['admin:keys', 'read:*'] });
    const mine = await madeKey(app, { type: 'admin_key', permissions: ['read:graph'] });
    const above = await madeKey(app, { type: 'admin_key', permissions: ['admin:*'] });
    const patch = (id: string, body: object): Promise<Answer> =>
      app.call('PATCH', `${KEYS}/${id}`, { key: maker.key, body });
    expect((await patch(mine.id, { permissions: ['read:graph', 'read:events'] })).status).toBe(200);
    expect((await patch(mine.id, { permissions: ['*'] })).status).toBe(403);
    expect((await patch(maker.id, { permissions: ['*'] })).status).toBe(403);
    expect((await patch(above.id, { permissions: ['read:graph'] })).status).toBe(403);
  });

  it('a key administers only when its prefix says so, whatever its row says', async () => {
    const { id, key } = await madeKey(app, { permissions: ['read:graph'] });
    await app.uow.query(`UPDATE api_key SET permissions = '{*,read:graph}', role = 'admin' WHERE id = $1`, [id]);
    expect((await app.call('GET', KEYS, { key })).body).toMatchObject({ status: 403, missing: 'admin:keys' });
    const other = await madeKey(app, { permissions: ['read:graph'] });
    await app.uow.query(`UPDATE api_key SET type = 'admin_key', permissions = '{*}' WHERE id = $1`, [other.id]);
    expect((await whoami(other.key)).status).toBe(401);
    await app.uow.query('DELETE FROM api_key WHERE id = $1', [other.id]);
  });

  it('the last lasting admin key is not given away, not even by two calls at once', async () => {
    const [{ id: firstId }] = (await app.call('GET', `${KEYS}?type=admin_key&q=first`)).body;
    const last = await app.call('DELETE', `${KEYS}/${firstId}`);
    expect([last.status, last.body.code]).toEqual([409, 'key.last_admin']);
    expect(
      (await app.call('PATCH', `${KEYS}/${firstId}`, { body: { expires_at: '2999-01-01T00:00:00Z' } })).status,
    ).toBe(409);
    const second = await madeKey(app, { type: 'admin_key', role: 'admin' });
    const both = await Promise.all([firstId, second.id].map((id) => app.call('DELETE', `${KEYS}/${id}`)));
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409]);
    if (both[0].status === 204) app.adminKey = second.key;
  });

  it('use is counted, with the last time and address, and a slow replica does not turn it back', async () => {
    const { id, key } = await madeKey(app, { permissions: ['read:graph'] });
    for (let i = 0; i < 3; i++) await whoami(key, { 'X-Forwarded-For': '10.0.0.7' });
    await app.app.get(KeyUsage).flush();
    const used = (await app.call('GET', `${KEYS}/${id}`)).body;
    expect(used).toMatchObject({ use_count: 3, last_used_ip: '10.0.0.7', revision: 1 });
    expect(Date.now() - Date.parse(used.last_used_at)).toBeLessThan(5_000);
    await app.uow.query(`UPDATE api_key SET last_used_at = '2999-01-01', last_used_ip = '10.0.0.8' WHERE id = $1`, [
      id,
    ]);
    await whoami(key);
    await app.app.get(KeyUsage).flush();
    expect((await app.call('GET', `${KEYS}/${id}`)).body).toMatchObject({
      use_count: 4,
      last_used_ip: '10.0.0.8',
      last_used_at: '2999-01-01T00:00:00.000Z',
    });
  });

  it('use that could not be written is written later', async () => {
    const { id, key } = await madeKey(app, { permissions: ['read:graph'] });
    await whoami(key);
    const run = jest.spyOn(app.uow, 'run').mockRejectedValueOnce(new Error('the database is away'));
    await expect(app.app.get(KeyUsage).flush()).rejects.toThrow('away');
    run.mockRestore();
    await whoami(key);
    await app.app.get(KeyUsage).flush();
    expect((await app.call('GET', `${KEYS}/${id}`)).body.use_count).toBe(2);
  });

  it('a well-formed key that nobody made is refused like any other', async () => {
    expect((await whoami(makeKey('admin_key'))).status).toBe(401);
  });
});
