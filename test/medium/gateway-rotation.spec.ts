import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OldKeyUse } from '../../src/gateway/keys/old-key-use.js';
import { callerOf } from '../../src/gateway/caller.js';
import { Controller, Get } from '@nestjs/common';
import { Authenticated } from '../../src/gateway/route-requirement.js';
import type { Answer } from '../support/api-client.js';
import { isNative, testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { eventually } from '../support/processes.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const KEYS = '/api/v1/gateway/keys';
const DAY_MS = 86_400_000;

@Authenticated()
@Controller('probe')
class LineageController {
  @Get('lineage')
  read(): object {
    return { lineage: callerOf().lineage };
  }
}

describe('rotating a key', () => {
  let place: TestPlace;
  let app: GatewayApp;

  beforeAll(async () => {
    place = await testPlace();
    app = await gatewayApp(place, { controllers: [LineageController] });
  });

  afterAll(async () => {
    await app.close();
    await place.drop();
  });

  const rotate = (id: string, body?: object, key?: string): Promise<Answer> =>
    app.call('POST', `${KEYS}/${id}/rotate`, { body, key });
  const complete = (id: string): Promise<Answer> => app.call('POST', `${KEYS}/${id}/rotate/complete`);
  const get = async (id: string): Promise<Answer['body']> => (await app.call('GET', `${KEYS}/${id}`)).body;
  const whoami = (key: string): Promise<Answer> => app.call('GET', '/api/v1/gateway/whoami', { key });

  it('makes another one of the same kind, shown once, and the old one works on until the grace ends', async () => {
    const old = await madeKey(app, { name: 'Robot', permissions: ['read:graph'], metadata: { team: 'a' } });
    expect((await whoami(old.key)).headers.get('Deprecation')).toBeNull();
    const answer = await rotate(old.id, { grace_period_seconds: 600 });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(answer.headers.get('Location')).toBe(`${KEYS}/${answer.body.id}`);
    const { key, former_expires_at: ends, ...made } = answer.body;
    expect(key).toMatch(/^ureg_[0-9A-Za-z]{49}$/);
    expect(made).toMatchObject({
      name: 'Robot',
      permissions: ['read:graph'],
      metadata: { team: 'a' },
      rotated_from: old.id,
      rotation_group_id: old.id,
      expires_at: null,
      use_count: 0,
      status: 'active',
    });
    expect(Math.abs(Date.parse(ends) - Date.now() - 600_000)).toBeLessThan(10_000);
    expect(await get(old.id)).toMatchObject({ expires_at: ends, status: 'active', replaced_at: expect.any(String) });
    expect(JSON.stringify(await get(made.id))).not.toContain(key);
    const [one, other] = [await whoami(old.key), await whoami(key)];
    expect([one.status, other.status]).toEqual([200, 200]);
    expect(one.headers.get('Deprecation')).toMatch(/^@\d{10}$/);
    expect(one.headers.get('Sunset')).toBe(new Date(ends).toUTCString());
    expect(other.headers.get('Deprecation')).toBeNull();
  });

  it('tells the holder of the old key also where it is refused, and of a token made from it', async () => {
    const old = await madeKey(app, { permissions: ['read:graph'] });
    const token = (await app.call('POST', '/api/v1/gateway/tokens', { key: old.key })).body.access_token;
    await rotate(old.id);
    const refused = await app.call('GET', KEYS, { key: old.key });
    expect([refused.status, refused.headers.get('Sunset')]).toEqual([403, expect.stringContaining('GMT')]);
    expect((await whoami(token)).headers.get('Sunset')).toContain('GMT');
  });

  it('without a grace ends the old key at once, and a day is given when nothing is said', async () => {
    const old = await madeKey(app, { permissions: ['read:graph'] });
    expect((await whoami(old.key)).status).toBe(200);
    const next = await rotate(old.id, { grace_period_seconds: 0 });
    expect((await whoami(old.key)).status).toBe(401);
    expect((await whoami(next.body.key)).status).toBe(200);
    const third = await rotate(next.body.id);
    expect(Math.abs(Date.parse(third.body.former_expires_at) - Date.now() - DAY_MS)).toBeLessThan(10_000);
    expect(third.body.rotation_group_id).toBe(old.id);
  });

  it('never prolongs a key: its own end comes first, and is the end of the new one unless another is asked for', async () => {
    const soon = new Date(Date.now() + 60_000).toISOString();
    const old = await madeKey(app, { permissions: ['read:graph'], expires_at: soon });
    const next = await rotate(old.id, { grace_period_seconds: 3600 });
    expect([next.body.former_expires_at, next.body.expires_at]).toEqual([soon, soon]);
    const other = await madeKey(app, { permissions: ['read:graph'], expires_at: soon });
    const later = await rotate(other.id, { expires_at: '2999-01-01T00:00:00Z' });
    expect([later.body.former_expires_at, later.body.expires_at]).toEqual([soon, '2999-01-01T00:00:00.000Z']);
    const third = await madeKey(app, { permissions: ['read:graph'], expires_at: soon });
    expect((await rotate(third.id, { expires_at: null })).body.expires_at).toBeNull();
  });

  it('is not begun again before the last one is over', async () => {
    const old = await madeKey(app, { permissions: ['read:graph'] });
    const next = (await rotate(old.id)).body;
    const again = await rotate(old.id);
    expect([again.status, again.body.code]).toEqual([409, 'key.rotated']);
    const further = await rotate(next.id);
    expect([further.status, further.body.code, further.body.former]).toEqual([409, 'key.rotation_running', old.id]);
    const done = await complete(next.id);
    expect([done.status, done.body.id]).toEqual([200, next.id]);
    expect((await whoami(old.key)).status).toBe(401);
    expect(await get(old.id)).toMatchObject({ status: 'expired' });
    expect((await complete(next.id)).body.code).toBe('key.no_rotation');
    expect((await rotate(next.id)).status).toBe(201);
  });

  it('is completed by naming the old key too, and begun once by two calls at once', async () => {
    const old = await madeKey(app, { permissions: ['read:graph'] });
    const both = await Promise.all([rotate(old.id), rotate(old.id)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
    expect((await complete(old.id)).body).toMatchObject({ id: old.id, status: 'expired' });
    expect((await complete(old.id)).status).toBe(409);
  });

  it('is refused for what is revoked, expired, unknown or given by the environment', async () => {
    const revoked = await madeKey(app, { permissions: ['read:graph'] });
    await app.call('DELETE', `${KEYS}/${revoked.id}`);
    expect((await rotate(revoked.id)).body.code).toBe('key.revoked');
    const expired = await madeKey(app, { permissions: ['read:graph'] });
    await app.uow.query(`UPDATE api_key SET expires_at = '2020-01-01' WHERE id = $1`, [expired.id]);
    expect((await rotate(expired.id)).body.code).toBe('key.expired');
    const given = await madeKey(app, { permissions: ['read:graph'] });
    await app.uow.query(`UPDATE api_key SET origin = 'env' WHERE id = $1`, [given.id]);
    expect((await rotate(given.id)).body.code).toBe('key.of_environment');
    for (const id of ['0192f0c1-7c3a-7a10-9d5e-0242ac120002', 'x']) {
      expect((await rotate(id)).status).toBe(404);
      expect((await complete(id)).status).toBe(404);
    }
  });

  it.each([
    [{ grace_period_seconds: -1 }, 'grace_period_seconds'],
    [{ grace_period_seconds: 2_592_001 }, 'grace_period_seconds'],
    [{ grace_period_seconds: '60' }, 'grace_period_seconds'],
    [{ expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    [{ expires_at: '2999-13-01T00:00:00Z' }, 'expires_at'],
    [{ name: 'x' }, 'name'],
  ])('%j is refused, naming the field', async (body, field) => {
    const { id } = await madeKey(app, { permissions: ['read:graph'] });
    const answer = await rotate(id, body);
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, field]);
  });

  it('gives nobody a key that may do more than they may', async () => {
    const maker = await madeKey(app, { type: 'admin_key', permissions: ['admin:keys', 'read:*'] });
    const above = await madeKey(app, { type: 'admin_key', role: 'admin' });
    const answer = await rotate(above.id, {}, maker.key);
    expect([answer.status, answer.body.code]).toEqual([403, 'key.beyond_maker']);
    await app.call('DELETE', `${KEYS}/${above.id}`);
  });

  it('leaves the old key as it is: it can only be revoked', async () => {
    const old = await madeKey(app, { permissions: ['read:graph'] });
    const next = (await rotate(old.id)).body;
    const longer = await app.call('PATCH', `${KEYS}/${old.id}`, { body: { expires_at: null } });
    expect([longer.status, longer.body.code]).toEqual([409, 'key.rotated']);
    expect((await app.call('DELETE', `${KEYS}/${old.id}`)).status).toBe(204);
    expect((await rotate(next.id)).status).toBe(201);
  });

  it('counts both as one line', async () => {
    const old = await madeKey(app, { permissions: ['read:graph'] });
    const next = (await rotate(old.id)).body;
    for (const key of [old.key, next.key])
      expect((await app.call('GET', '/probe/lineage', { key })).body.lineage).toBe(old.id);
  });

  it('reports the use of the old key once an hour', async () => {
    const old = await madeKey(app, { permissions: ['read:graph'] });
    await rotate(old.id);
    const reports = (): number =>
      app.log.filter((line) => line.includes('key.rotation.old_key_used') && line.includes(old.id)).length;
    for (let i = 0; i < 3; i++) {
      await whoami(old.key);
      await app.app.get(OldKeyUse).flush();
    }
    expect(reports()).toBe(1);
    await app.uow.query(`UPDATE api_key SET old_use_noted_at = old_use_noted_at - interval '1 hour' WHERE id = $1`, [
      old.id,
    ]);
    await whoami(old.key);
    await app.app.get(OldKeyUse).flush();
    expect(reports()).toBe(2);
  });

  it('works for the first admin key, whose file holds the new one from then on', async () => {
    const [first] = (await app.call('GET', `${KEYS}?type=admin_key&q=first`)).body;
    expect((await rotate(first.id, { expires_at: '2999-01-01T00:00:00Z' })).body.code).toBe('key.last_admin');
    const next = (await rotate(first.id, { grace_period_seconds: 0 })).body;
    app.adminKey = next.key;
    expect((await whoami(next.key)).body.permissions).toEqual(['*']);
    if (isNative()) return;
    const file = join(place.env.DATA_DIR, 'admin.key');
    await eventually('the file holds the new key', async () => (await readFile(file, 'utf8')).trim() === next.key);
  });
});
