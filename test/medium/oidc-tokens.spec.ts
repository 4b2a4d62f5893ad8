import { createHmac, createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { KeyUsage } from '../../src/gateway/keys/key-usage.js';
import type { Answer } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { OutsideIssuer, privateKeyOf, signingJwk } from '../support/outside-issuer.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const ROLES = '/api/v1/gateway/roles';

/** What the registry is told of the issuer. */
const settingsOf = (issuer: OutsideIssuer): Record<string, string> => ({
  OIDC_ISSUER: issuer.url,
  OIDC_AUDIENCE: 'urn:other-name, urn:registry',
  OIDC_ROLE_CLAIM: 'realm_access.roles',
  OIDC_ROLE_MAP: 'devs=developer,admins=admin,releasers=release-manager,staff=viewer',
});

describe('tokens of an outside issuer', () => {
  const issuer = new OutsideIssuer();
  let place: TestPlace;
  let app: GatewayApp;

  beforeAll(async () => {
    place = await testPlace();
    await issuer.start([signingJwk(), signingJwk('ES256')]);
    app = await gatewayApp(place, { env: settingsOf(issuer) });
  });

  afterAll(async () => {
    await app.close();
    await issuer.stop();
    await place.drop();
  });

  const call = (token: string, method: string, path: string, body?: object, more: object = {}): Promise<Answer> =>
    app.call(method, path, { key: null, body, headers: { Authorization: `Bearer ${token}`, ...more } });
  const whoami = (token: string): Promise<Answer> => call(token, 'GET', '/api/v1/gateway/whoami');

  it('hold: the subject is a caller with the roles its claim is mapped to', async () => {
    const answer = await whoami(await issuer.token({ roles: 'devs cooks' }));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: 'oidc:pipeline',
      type: 'user',
      name: 'pipeline',
      credential: 'token',
      permissions: ['read:*', 'write:plugin', 'write:service'],
      roles: ['developer'],
      expires_at: expect.any(String),
    });
    expect(Date.parse(answer.body.expires_at) - Date.now()).toBeLessThanOrEqual(90_000);
    expect(answer.headers.get('RateLimit-Policy')).toBe('"hour";q=1000;w=3600');
  });

  it('may send theirs as X-API-Key too', async () => {
    expect((await app.call('GET', '/api/v1/gateway/whoami', { key: await issuer.token() })).status).toBe(200);
  });

  it('give nothing for values that are not mapped, and administration where that is mapped', async () => {
    const nobody = await issuer.token({ roles: 'cooks constructor __proto__' });
    expect((await whoami(nobody)).body).toMatchObject({ permissions: [], roles: [] });
    expect((await call(nobody, 'GET', '/api/v1/entities')).body.missing).toBe('read:entities');
    const admin = await issuer.token({ roles: 'admins' });
    expect((await whoami(admin)).body.permissions).toEqual(['*']);
    expect((await call(admin, 'GET', '/api/v1/gateway/keys')).status).toBe(200);
  });

  it('act under the name of their subject', async () => {
    const token = await issuer.token({ roles: 'admins' });
    const made = await call(token, 'POST', '/api/v1/gateway/keys', {
      name: 'of a user',
      type: 'api_key',
      role: 'viewer',
    });
    expect([made.status, made.body.created_by]).toEqual([201, 'user:oidc:pipeline']);
    const entry = await call(token, 'POST', '/api/v1/entities', { type: 'dataset', name: 'of-a-user' });
    const [change] = (await call(token, 'GET', `/api/v1/entities/${entry.body.id}/history`)).body;
    expect(change.actor).toBe('user:oidc:pipeline');
  });

  it('have usage of their own, by subject', async () => {
    const token = issuer.forged({ sub: 'counted', realm_access: { roles: ['staff'] } });
    for (let n = 0; n < 3; n++) await whoami(token);
    const own = await call(token, 'GET', '/api/v1/gateway/keys/self/usage');
    expect(own.body).toMatchObject({
      key_id: 'oidc:counted',
      key_ids: ['oidc:counted'],
      name: null,
      totals: { requests: 3 },
    });
    const asked = await app.call('GET', '/api/v1/gateway/keys/oidc:counted/usage');
    expect(asked.body.totals.requests).toBe(4);
    const { body: stats } = await app.call('GET', '/api/v1/gateway/stats?limit=100');
    expect(stats.top_keys).toContainEqual(
      expect.objectContaining({ id: 'oidc:counted', type: 'user', name: null, requests: 4 }),
    );
    expect((await call(token, 'GET', '/api/v1/gateway/keys/oidc:pipeline/usage')).status).toBe(403);
  });

  it('are told apart from keys: a subject called like a key is not that key', async () => {
    const { id } = await madeKey(app, { permissions: ['read:*'] });
    const body = {
      type: 'dataset',
      name: 'for-one-key',
      security_context: { visibility: 'restricted', readers: [id] },
    };
    const entry = (await app.call('POST', '/api/v1/entities', { body })).body;
    const impostor = issuer.forged({ sub: id });
    expect((await whoami(impostor)).body.id).toBe(`oidc:${id}`);
    expect((await call(impostor, 'GET', `/api/v1/entities/${entry.id}`)).status).toBe(404);
  });

  it('may be among the readers of a restricted entry, by subject and by role', async () => {
    const token = await issuer.token({ roles: 'devs' });
    for (const [name, reader] of [
      ['by-subject', 'oidc:pipeline'],
      ['by-type', 'user:oidc:pipeline'],
      ['by-role', 'role:developer'],
    ]) {
      const body = { type: 'dataset', name, security_context: { visibility: 'restricted', readers: [reader] } };
      const { id } = (await app.call('POST', '/api/v1/entities', { body })).body;
      expect((await call(token, 'GET', `/api/v1/entities/${id}`)).status).toBe(200);
      expect((await call(issuer.forged({ realm_access: {} }), 'GET', `/api/v1/entities/${id}`)).status).toBe(403);
    }
    const odd = { visibility: 'restricted', readers: ['oidc:auth0|5f7c8ec7c33c6c004bbafe82'] };
    const body = { type: 'dataset', name: 'by-odd-subject', security_context: odd };
    expect((await app.call('POST', '/api/v1/entities', { body })).status).toBe(201);
  });

  it('gain and lose at once what their role gains and loses', async () => {
    const token = await issuer.token({ roles: 'releasers' });
    expect((await whoami(token)).body.permissions).toEqual([]);
    await app.call('POST', ROLES, { body: { name: 'release-manager', permissions: ['read:graph'] } });
    expect((await whoami(token)).body).toMatchObject({ permissions: ['read:graph'], roles: ['release-manager'] });
    await app.call('PUT', `${ROLES}/release-manager`, { body: { permissions: ['write:graph'] } });
    expect((await whoami(token)).body.permissions).toEqual(['write:graph']);
    await app.call('DELETE', `${ROLES}/release-manager`);
    expect((await whoami(token)).body.permissions).toEqual([]);
  });

  it('repeat safely, each subject by itself', async () => {
    const token = await issuer.token({ roles: 'admins' });
    const again = { 'Idempotency-Key': 'once' };
    const body = { type: 'dataset', name: 'once' };
    const first = await call(token, 'POST', '/api/v1/entities', body, again);
    const second = await call(await issuer.token({ roles: 'admins' }), 'POST', '/api/v1/entities', body, again);
    expect([first.status, second.status, second.body.id]).toEqual([201, 201, first.body.id]);
    expect(second.headers.get('Idempotent-Replayed')).toBe('true');
    const other = issuer.forged({ sub: 'other', realm_access: { roles: ['admins'] } });
    expect((await call(other, 'POST', '/api/v1/entities', body, again)).status).toBe(409);
  });

  it('make no tokens of ours, and are ended where they were made', async () => {
    const token = await issuer.token({ roles: 'admins' });
    const made = await call(token, 'POST', '/api/v1/gateway/tokens');
    expect([made.status, made.body.code]).toEqual([403, 'token.key_needed']);
    const ended = await app.call('POST', '/api/v1/gateway/tokens/revoke', { key: null, body: { token } });
    expect([ended.status, ended.body.code]).toEqual([400, 'token.unsupported_type']);
    expect(ended.body.detail).not.toContain(token);
  });

  it('open an event socket, as whoever they stand for', async () => {
    const opened = async (token: string): Promise<Record<string, unknown>> => {
      const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws`);
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'auth', token }));
      const [data] = (await once(socket, 'message')) as [Buffer];
      socket.terminate();
      return JSON.parse(data.toString()) as Record<string, unknown>;
    };
    expect(await opened(await issuer.token({ roles: 'staff' }))).toMatchObject({
      type: 'authenticated',
      principal: { id: 'oidc:pipeline', type: 'user' },
    });
    expect((await opened(await issuer.token({ roles: 'cooks' }))).type).toBe('error');
  });

  it('are counted in the use of no key', async () => {
    await whoami(await issuer.token());
    await app.app.get(KeyUsage).flush();
    expect(app.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  describe('that do not hold', () => {
    const now = (): number => Math.floor(Date.now() / 1000);

    it('the same claims, rightly signed, do', async () => {
      expect((await whoami(issuer.forged())).status).toBe(200);
      expect((await whoami(issuer.forged({ aud: ['urn:x', 'urn:registry'], azp: 'web' }))).status).toBe(200);
      expect((await whoami(issuer.forged({ exp: now() - 10 }))).status).toBe(200);
    });

    it('for another resource', async () => {
      expect((await whoami(await issuer.token({ resource: 'urn:elsewhere' }))).status).toBe(401);
    });

    it.each<[string, () => object]>([
      ['for another audience', () => ({ aud: 'urn:elsewhere' })],
      ['for nobody', () => ({ aud: undefined })],
      ['for an audience that only begins like ours', () => ({ aud: 'urn:registry/x' })],
      ['of another issuer', () => ({ iss: 'https://elsewhere.example' })],
      ['of the issuer, nearly', () => ({ iss: `${issuer.url}/` })],
      ['of no issuer', () => ({ iss: undefined })],
      ['of us', () => ({ iss: 'universal-registry', aud: 'universal-registry-api' })],
      ['expired', () => ({ exp: now() - 31 })],
      ['without an end', () => ({ exp: undefined })],
      ['not valid yet', () => ({ nbf: now() + 60 })],
      ['issued in the future', () => ({ iat: now() + 60 })],
      ['without a subject', () => ({ sub: undefined })],
      ['that are ID tokens', () => ({ at_hash: 'x' })],
      ['bound to a key of their holder', () => ({ cnf: { jkt: 'x' } })],
    ])('%s', async (_, changes) => {
      expect((await whoami(issuer.forged(changes()))).status).toBe(401);
    });

    it('signed by another key, or under a key id of the issuer', async () => {
      const key = privateKeyOf(signingJwk());
      for (const keyid of [issuer.keys[0].kid, 'unknown', ''])
        expect((await whoami(issuer.forged({}, { key, keyid }))).status).toBe(401);
    });

    it('under another algorithm: none, or the public key as a shared secret', async () => {
      const pem = createPublicKey(privateKeyOf(issuer.keys[0])).export({ type: 'spki', format: 'pem' }).toString();
      const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
      const [, payload] = issuer.forged().split('.');
      const { kid } = issuer.keys[0];
      const head = encoded({ alg: 'HS256', typ: 'at+jwt', kid });
      const mac = (secret: string): string =>
        createHmac('sha256', secret).update(`${head}.${payload}`).digest('base64url');
      const wrong = [
        `${head}.${payload}.${mac(pem)}`,
        `${head}.${payload}.${mac(pem.trim())}`,
        `${encoded({ alg: 'none', typ: 'JWT', kid })}.${payload}.x`,
        `${encoded({ alg: 'None', kid })}.${payload}.x`,
        issuer.forged({}, { algorithm: 'RS512' }),
        issuer.forged({}, { algorithm: 'PS512' }),
        issuer.forged({}, { header: { alg: 'RS256', typ: 'logout+jwt' } }),
        issuer.forged({}, { header: { alg: 'RS256', crit: ['exp'] } }),
      ];
      for (const token of wrong) expect((await whoami(token)).status).toBe(401);
    });

    it('with a changed payload or signature', async () => {
      const [head, payload, signature] = (await issuer.token()).split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
      const raised = Buffer.from(JSON.stringify({ ...claims, realm_access: { roles: ['admins'] } })).toString(
        'base64url',
      );
      const bent = signature.slice(0, 20) + (signature[20] === 'A' ? 'B' : 'A') + signature.slice(21);
      for (const token of [`${head}.${raised}.${signature}`, `${head}.${payload}.${bent}`, `${head}.${payload}.AA`])
        expect((await whoami(token)).status).toBe(401);
    });

    it('and the log says why, the caller is told nothing', async () => {
      const { body } = await whoami(issuer.forged({ aud: 'urn:elsewhere' }));
      expect(body.detail).toBe('A valid API key or token is required.');
      expect(app.log.some((line) => line.includes('jwt audience invalid'))).toBe(true);
    });
  });
});
