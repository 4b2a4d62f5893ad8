import { once } from 'node:events';
import { WebSocket } from 'ws';
import { makeKey, makeRefreshToken } from '../../src/gateway/keys/key-format.js';
import { AuditNotes } from '../../src/platform/audit/audit-notes.js';
import { auditApp } from './audit-fixture.js';
import type { AuditApp, AuditRow } from './audit-fixture.js';
import { madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

let trail: AuditApp;
let app: GatewayApp;
let call: AuditApp['call'];
let written: AuditApp['written'];

beforeAll(async () => {
  trail = await auditApp();
  ({ app, call, written } = trail);
});
afterAll(() => trail.close());
beforeEach(() => written());

describe('refusals', () => {
  const refusedBy = async (key: string | null, method = 'GET', path = '/entities'): Promise<AuditRow[]> => {
    expect((await app.call(method, `/api/v1${path}`, { key })).status).toBeGreaterThanOrEqual(400);
    return written(/refused|denied|exceeded/);
  };
  const anonymous = { actor: 'anonymous', actor_type: 'anonymous', outcome: 'denied', action: 'credential.refused', address: '127.0.0.1' }; // prettier-ignore

  it('of credentials tell the reason that the answer does not', async () => {
    const revoked = await madeKey(app, { permissions: ['read:*'] });
    await call('DELETE', `/gateway/keys/${revoked.id}`);
    const elsewhere = await madeKey(app, { permissions: ['read:*'], allowed_ips: ['10.0.0.0/8'] });
    const ends = await madeKey(app, { permissions: ['read:*'] });
    await app.uow.query('UPDATE api_key SET expires_at = clock_timestamp() WHERE id = $1', [ends.id]);
    const unknown = makeKey('service_key');
    await written();
    const route = 'GET /api/v1/entities';
    const cases: [string | null, string, object][] = [
      [null, 'missing', {}],
      ['x'.repeat(30), 'malformed', {}],
      [`${revoked.key.slice(0, -1)}_`, 'mistyped', {}],
      [unknown, 'unknown', { details: { last_four: unknown.slice(-4), reason: 'unknown', route } }],
      [revoked.key, 'revoked', { subject_type: 'key', subject_id: revoked.id }],
      [ends.key, 'expired', { subject_id: ends.id }],
      [elsewhere.key, 'address_not_allowed', { subject_id: elsewhere.id }],
    ];
    for (const [key, reason, more] of cases)
      expect(await refusedBy(key)).toMatchObject([{ ...anonymous, details: { reason, route }, ...more }]);
  });

  it('of tokens too', async () => {
    const made = await madeKey(app, { permissions: ['read:*'] });
    const { body } = await call('POST', '/gateway/tokens', { key: made.key });
    const [head, payload] = body.access_token.split('.');
    await call('POST', '/gateway/tokens/revoke', { key: null, body: { token: body.access_token } });
    await written();
    expect(await refusedBy(body.access_token)).toMatchObject([{ ...anonymous, subject_type: 'token', details: { reason: 'revoked' } }]); // prettier-ignore
    expect(await refusedBy(`${head}.${payload}.AAAA`)).toMatchObject([{ ...anonymous, details: { reason: 'forged' } }]);
    const [renewal] = await refusedBy(null, 'POST', '/gateway/tokens/refresh');
    expect(renewal).toBeUndefined();
    await app.call('POST', '/api/v1/gateway/tokens/refresh', {
      key: null,
      body: { refresh_token: makeRefreshToken() },
    });
    expect(await written()).toMatchObject([{ ...anonymous, details: { credential: 'refresh_token' } }]);
  });

  it('of permissions name the one that is missing and who lacks it', async () => {
    const made = await madeKey(app, { permissions: ['read:entities'] });
    await written();
    expect(await refusedBy(made.key, 'POST', '/entities')).toMatchObject([
      { actor: made.id, action: 'permission.denied', outcome: 'denied', details: { missing: 'write:entities', route: 'POST /api/v1/entities' } },
    ]); // prettier-ignore
  });

  it('inside of a transaction stay when that is rolled back', async () => {
    const narrow = await madeKey(app, { type: 'admin_key', permissions: ['admin:keys', 'read:entities'] });
    await written();
    const body = { name: 'more', type: 'api_key', permissions: ['write:entities'] };
    expect((await app.call('POST', '/api/v1/gateway/keys', { key: narrow.key, body })).status).toBe(403);
    expect(await written()).toMatchObject([
      { actor: narrow.id, action: 'permission.denied', details: { code: 'key.beyond_maker', missing: ['write:entities'] } },
    ]); // prettier-ignore
  });

  it('of spent quotas', async () => {
    const made = await madeKey(app, { permissions: ['read:*'], rate_limit: { limit: 1, window_seconds: 3600 } });
    await written();
    for (let i = 0; i < 3; i++) await app.call('GET', '/api/v1/entities', { key: made.key });
    expect(await written()).toMatchObject([
      { actor: made.id, action: 'quota.exceeded', outcome: 'denied', details: { policies: [expect.any(String)], count: 2 } },
    ]); // prettier-ignore
  });

  it('at the WebSocket', async () => {
    const made = await madeKey(app, { permissions: ['read:entities'] });
    await written();
    for (const key of [made.key, makeKey('api_key')]) {
      const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws?access_token=${key}`);
      await once(socket, 'close');
    }
    expect(await written()).toMatchObject([
      { actor: made.id, action: 'permission.denied', address: '127.0.0.1', details: { route: '/ws', missing: 'read:events' } },
      { ...anonymous, details: { reason: 'unknown', route: '/ws' } },
    ]); // prettier-ignore
  });

  it('repeated two hundred times within a minute are two rows that count them, whatever the keys', async () => {
    const keys = Array.from({ length: 200 }, () => makeKey('api_key'));
    for (const key of keys) await app.call('GET', '/api/v1/stats', { key });
    const rows = [...(await written(/./, false)), ...(await written())];
    expect(rows.length).toBeLessThanOrEqual(2);
    expect(rows[0]).toMatchObject({ ...anonymous, details: { reason: 'unknown', route: 'GET /api/v1/stats' } });
    expect(rows.reduce((sum, { details }) => sum + Number(details?.count ?? 1), 0)).toBe(200);
    for (const key of keys.slice(0, 50)) await app.call('GET', '/api/v1/stats', { key });
    expect(await written(/./, false)).toEqual([]);
    const times = { first_at: expect.any(String), last_at: expect.any(String) };
    expect(await written()).toMatchObject([{ details: { reason: 'unknown', count: 50, ...times } }]);
  });

  it('from more places than can be kept apart are counted together', async () => {
    const notes = app.app.get(AuditNotes);
    const row = { ...anonymous, actor_name: null, credential: null, request_id: null, outcome: 'denied' as const };
    for (let i = 0; i < 20_000; i++) notes.add({ ...row, action: 'test.flood', address: `10.0.${i >> 8}.${i & 255}` });
    const rows = await written(/flood/);
    expect(rows.length).toBeLessThanOrEqual(5_001);
    expect(rows.at(-1)).toMatchObject({ address: null, details: { others: true } });
    expect(rows.reduce((sum, { details }) => sum + Number(details?.count ?? 1), 0)).toBe(20_000);
  });
});
