import type { Answer } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const KEYS = '/api/v1/gateway/keys';
const ROLES = '/api/v1/gateway/roles';

describe('roles', () => {
  let place: TestPlace;
  let app: GatewayApp;

  beforeAll(async () => {
    place = await testPlace();
    app = await gatewayApp(place);
  });

  afterAll(async () => {
    await app.close();
    await place.drop();
  });

  const make = (body: object, key?: string): Promise<Answer> => app.call('POST', ROLES, { body, key });
  const put = (name: string, body: object, key?: string): Promise<Answer> =>
    app.call('PUT', `${ROLES}/${name}`, { body, key });
  const me = async (key: string): Promise<{ permissions: string[]; roles: string[] }> =>
    (await app.call('GET', '/api/v1/gateway/whoami', { key })).body;

  it('of one’s own are made, listed behind the built-in ones, changed and deleted', async () => {
    const made = await make({ name: ' Release-Manager ', permissions: ['read:*', 'WRITE:entities', 'read:*'] });
    expect(made.status).toBe(201);
    expect(made.headers.get('Location')).toBe(`${ROLES}/release-manager`);
    expect(made.body).toMatchObject({
      name: 'release-manager',
      description: '',
      permissions: ['read:*', 'write:entities'],
      built_in: false,
      keys: 0,
      revision: 1,
    });
    const names = (await app.call('GET', ROLES)).body.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['admin', 'developer', 'viewer', 'release-manager']);
    expect((await make({ name: 'release-manager', permissions: ['read:graph'] })).body.code).toBe(
      'role.already_exists',
    );
    const stale = await app.call('PUT', `${ROLES}/release-manager`, {
      body: { permissions: ['read:*'] },
      headers: { 'If-Match': '"7"' },
    });
    expect(stale.status).toBe(412);
    const changed = await put('release-manager', { description: 'Ships', permissions: ['write:plugin'] });
    expect(changed.body).toMatchObject({ description: 'Ships', permissions: ['write:plugin'], revision: 2 });
    expect(changed.headers.get('ETag')).toBe('"2"');
    expect((await app.call('GET', `${ROLES}/release-manager`, { headers: { 'If-None-Match': '"2"' } })).status).toBe(
      304,
    );
    expect((await app.call('DELETE', `${ROLES}/release-manager`)).status).toBe(204);
    for (const method of ['GET', 'DELETE'])
      expect((await app.call(method, `${ROLES}/release-manager`)).status).toBe(404);
    expect((await put('release-manager', { permissions: ['read:*'] })).body.code).toBe('role.not_found');
  });

  it('built in cannot be changed', async () => {
    for (const name of ['admin', 'developer', 'viewer']) {
      expect((await app.call('GET', `${ROLES}/${name}`)).body).toMatchObject({ name, built_in: true });
      expect((await make({ name, permissions: ['read:graph'] })).status).toBe(409);
      expect((await put(name, { permissions: ['read:graph'] })).body.code).toBe('role.built_in');
      expect((await app.call('DELETE', `${ROLES}/${name}`)).body.code).toBe('role.built_in');
    }
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: '1st' }, 'name'],
    [{ name: 'a b' }, 'name'],
    [{ name: 'x'.repeat(64) }, 'name'],
    [{ permissions: undefined }, 'permissions'],
    [{ permissions: [] }, 'permissions'],
    [{ permissions: ['read:graph', 'fly'] }, 'permissions.1'],
    [{ permissions: Array.from({ length: 101 }, (_, i) => `read:a${i}`) }, 'permissions'],
    [{ description: 7 }, 'description'],
    [{ built_in: true }, 'built_in'],
  ] as [object, string][])('wrong settings are refused, naming the field (%#)', async (change, field) => {
    const answer = await make({ name: 'wrong', permissions: ['read:graph'], ...change });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  it('give their permissions to the keys that name them, at once also when they are changed', async () => {
    await make({ name: 'scout', permissions: ['read:graph'] });
    const { id, key } = await madeKey(app, { role: 'SCOUT', permissions: ['read:events'] });
    const token = (await app.call('POST', '/api/v1/gateway/tokens', { key })).body.access_token;
    expect(await me(key)).toMatchObject({ permissions: ['read:events', 'read:graph'], roles: ['scout'] });
    expect(await me(token)).toMatchObject({ permissions: ['read:events', 'read:graph'], roles: ['scout'] });
    await put('scout', { permissions: ['read:search', 'write:graph'] });
    expect((await me(key)).permissions).toEqual(['read:events', 'read:search', 'write:graph']);
    expect((await me(token)).permissions).toEqual(['read:events']);
    expect((await app.call('GET', `${ROLES}/scout`)).body.keys).toBe(1);
    const refused = await app.call('DELETE', `${ROLES}/scout`);
    expect([refused.status, refused.body.code, refused.body.keys]).toEqual([409, 'role.in_use', 1]);
    expect(refused.body.detail).toBe('1 key holds the role scout.');
    await app.call('PATCH', `${KEYS}/${id}`, { body: { role: 'viewer' } });
    expect((await me(key)).roles).toEqual(['viewer']);
    expect((await app.call('DELETE', `${ROLES}/scout`)).status).toBe(204);
    const gone = await app.call('PATCH', `${KEYS}/${id}`, { body: { role: 'scout' } });
    expect([gone.status, gone.body.errors[0].field]).toEqual([400, 'role']);
  });

  it('that administer are for admin keys, and change nothing for the others', async () => {
    await make({ name: 'warden', permissions: ['admin:keys', 'read:graph'] });
    const body = { name: 'a key', type: 'api_key', role: 'warden' };
    expect((await app.call('POST', KEYS, { body })).body.errors[0].field).toBe('role');
    const { key } = await madeKey(app, { type: 'admin_key', role: 'warden' });
    expect((await me(key)).permissions).toEqual(['admin:keys', 'read:graph']);
    await make({ name: 'grown', permissions: ['read:graph'] });
    const small = await madeKey(app, { role: 'grown' });
    await put('grown', { permissions: ['read:graph', 'admin:*'] });
    expect((await me(small.key)).permissions).toEqual(['read:graph']);
  });

  it('hand on nothing that their maker lacks, not even through keys that hold them already', async () => {
    const maker = await madeKey(app, { type: 'admin_key', permissions: ['admin:roles', 'admin:keys', 'read:*'] });
    expect((await make({ name: 'mine', permissions: ['read:graph'] }, maker.key)).status).toBe(201);
    const beyond = await make({ name: 'more', permissions: ['read:graph', 'write:graph'] }, maker.key);
    expect([beyond.status, beyond.body.code, beyond.body.missing]).toEqual([403, 'key.beyond_maker', ['write:graph']]);
    const held = await madeKey(app, { type: 'admin_key', permissions: ['admin:roles'], role: 'mine' });
    expect((await put('mine', { permissions: ['*'] }, held.key)).status).toBe(403);
    await make({ name: 'above', permissions: ['write:*'] });
    expect((await put('above', { permissions: ['read:graph'] }, maker.key)).status).toBe(403);
    const named = { name: 'a key', type: 'admin_key', role: 'above' };
    expect((await app.call('POST', KEYS, { body: named, key: maker.key })).body.missing).toEqual(['write:*']);
  });

  it('a key made while its role is deleted leaves neither without the other', async () => {
    for (let round = 0; round < 5; round++) {
      await make({ name: 'contested', permissions: ['read:graph'] });
      const [made, deleted] = await Promise.all([
        app.call('POST', KEYS, { body: { name: 'racer', type: 'api_key', role: 'contested' } }),
        app.call('DELETE', `${ROLES}/contested`),
      ]);
      expect([made.status, deleted.status]).toEqual(made.status === 201 ? [201, 409] : [400, 204]);
      if (made.status !== 201) continue;
      await app.call('DELETE', `${KEYS}/${made.body.id}`);
      expect((await app.call('DELETE', `${ROLES}/contested`)).status).toBe(204);
    }
  });

  it('are read by who reads, and changed by who may administer them', async () => {
    const viewer = await madeKey(app, { role: 'viewer' });
    expect((await app.call('GET', ROLES, { key: viewer.key })).status).toBe(200);
    expect((await make({ name: 'x', permissions: ['read:graph'] }, viewer.key)).body.missing).toBe('admin:roles');
  });
});
