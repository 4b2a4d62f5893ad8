import { randomUUID } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { makeKey, makeRefreshToken } from '../../src/gateway/keys/key-format.js';
import type { Answer } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const TOKENS = '/api/v1/gateway/tokens';
const JWKS = '/api/v1/gateway/.well-known/jwks.json';

describe('refresh tokens', () => {
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

  const begin = async (key: string, body: object = {}): Promise<Answer['body']> =>
    (await app.call('POST', TOKENS, { key, body: { refresh: true, ...body } })).body;
  const refresh = (token: unknown, body: object = {}, headers?: Record<string, string>): Promise<Answer> =>
    app.call('POST', `${TOKENS}/refresh`, { key: null, body: { refresh_token: token, ...body }, headers });
  const revoke = (token: string): Promise<Answer> =>
    app.call('POST', `${TOKENS}/revoke`, { key: null, body: { token, token_type_hint: 'access_token' } });
  const statusOf = async (token: string): Promise<number> =>
    (await app.call('GET', '/api/v1/gateway/whoami', { key: token })).status;
  const reader = (): Promise<{ id: string; key: string }> =>
    madeKey(app, { permissions: ['read:graph', 'read:events'] });
  const invalid = ({ status, body }: Answer): unknown => [status, body.code];
  const INVALID = [400, 'token.invalid_grant'];

  it('are given when asked for, and exchanged for the next ones, once each', async () => {
    const { key } = await reader();
    const first = await begin(key, { permissions: ['read:graph'], expires_in: 60 });
    expect(first).toEqual({
      access_token: expect.stringMatching(/^eyJ/),
      token_type: 'Bearer',
      expires_in: 60,
      permissions: ['read:graph'],
      refresh_token: expect.stringMatching(/^refresh_[0-9A-Za-z]{49}$/),
      refresh_expires_in: expect.any(Number),
    });
    expect(Math.abs(first.refresh_expires_in - 604_800)).toBeLessThan(10);
    const second = await refresh(first.refresh_token);
    expect(second.status).toBe(200);
    expect(second.headers.get('Cache-Control')).toBe('no-store');
    expect(second.body).toMatchObject({ permissions: ['read:graph'], expires_in: 60 });
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    expect(await statusOf(second.body.access_token)).toBe(200);
    expect(await statusOf(first.access_token)).toBe(200);
  });

  it('open nothing themselves', async () => {
    const { refresh_token: token } = await begin((await reader()).key);
    expect(await statusOf(token)).toBe(401);
  });

  it('one that comes a second time ends its whole family, and their access tokens', async () => {
    const { key } = await reader();
    const first = await begin(key);
    const second = (await refresh(first.refresh_token)).body;
    const other = await begin(key);
    for (const token of [first.access_token, second.access_token]) expect(await statusOf(token)).toBe(200);
    expect(invalid(await refresh(first.refresh_token))).toEqual(INVALID);
    expect(invalid(await refresh(second.refresh_token))).toEqual(INVALID);
    for (const token of [first.access_token, second.access_token]) expect(await statusOf(token)).toBe(401);
    expect(await statusOf(other.access_token)).toBe(200);
    expect((await refresh(other.refresh_token)).status).toBe(200);
    expect(app.log.some((line) => line.includes('token.refresh_reused'))).toBe(true);
  });

  it('of two who come with the same one at once at most one is served, and the family ends', async () => {
    const { refresh_token: token } = await begin((await reader()).key);
    const answers = await Promise.all([refresh(token), refresh(token), refresh(token)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400, 400]);
    const served = answers.find(({ status }) => status === 200)!;
    expect(invalid(await refresh(served.body.refresh_token))).toEqual(INVALID);
    expect(await statusOf(served.body.access_token)).toBe(401);
  });

  it('give no more than the key has now, nothing once it is revoked, and nothing from elsewhere', async () => {
    const { id, key } = await reader();
    const first = await begin(key);
    await app.call('PATCH', `/api/v1/gateway/keys/${id}`, {
      body: { permissions: ['read:graph', 'read:search'], allowed_ips: ['10.0.0.0/8'] },
    });
    expect(invalid(await refresh(first.refresh_token, {}, { 'X-Forwarded-For': '192.0.2.1' }))).toEqual(INVALID);
    const second = await refresh(first.refresh_token, {}, { 'X-Forwarded-For': '10.0.0.1' });
    expect(second.body.permissions).toEqual(['read:graph']);
    await app.call('DELETE', `/api/v1/gateway/keys/${id}`);
    expect(invalid(await refresh(second.body.refresh_token, {}, { 'X-Forwarded-For': '10.0.0.1' }))).toEqual(INVALID);
  });

  it('end in time, and with their key', async () => {
    const soon = new Date(Date.now() + 60_000).toISOString();
    const { key } = await madeKey(app, { permissions: ['read:graph'], expires_at: soon });
    const short = await begin(key);
    expect(short.refresh_expires_in).toBeLessThanOrEqual(60);
    await app.uow.query(`UPDATE refresh_token SET expires_at = '2020-01-01'`);
    expect(invalid(await refresh(short.refresh_token))).toEqual(INVALID);
  });

  it.each([
    [undefined, {}, 'refresh_token'],
    [7, {}, 'refresh_token'],
    ['', {}, 'refresh_token'],
    ['x'.repeat(201), {}, 'refresh_token'],
    ['x', {}, 'refresh_token'],
    [makeRefreshToken(), {}, 'refresh_token'],
    [makeKey('api_key'), {}, 'refresh_token'],
    [makeRefreshToken(), { expires_in: 60 }, 'expires_in'],
    [makeRefreshToken(), { scope: 'all' }, 'scope'],
  ])('%j with %j is refused, naming the field', async (token, body, field) => {
    const answer = await refresh(token, body);
    expect([answer.status, answer.body.errors[0].field]).toEqual([400, field]);
  });

  it('are not made from tokens', async () => {
    const { access_token: token } = await begin((await reader()).key);
    expect((await begin(token)).code).toBe('token.key_needed');
  });

  describe('revoking', () => {
    it('an access token ends it and no other', async () => {
      const { key } = await reader();
      const [one, other] = [await begin(key), await begin(key)];
      expect(await statusOf(one.access_token)).toBe(200);
      const answer = await revoke(one.access_token);
      expect([answer.status, answer.body]).toEqual([200, { revoked: true }]);
      expect(await statusOf(one.access_token)).toBe(401);
      expect(await statusOf(other.access_token)).toBe(200);
      expect(await statusOf(key)).toBe(200);
      expect((await refresh(one.refresh_token)).status).toBe(200);
    });

    it('a refresh token ends its family and their access tokens', async () => {
      const first = await begin((await reader()).key);
      const second = (await refresh(first.refresh_token)).body;
      expect((await revoke(second.refresh_token)).status).toBe(200);
      for (const { access_token: token } of [first, second]) expect(await statusOf(token)).toBe(401);
      expect(invalid(await refresh(second.refresh_token))).toEqual(INVALID);
    });

    it('what holds no longer, or never did, is answered the same', async () => {
      const { access_token: token } = await begin((await reader()).key);
      for (const text of [token, token, makeRefreshToken(), 'x', 'a.b.c', `${token.slice(0, -3)}abc`])
        expect((await revoke(text)).body).toEqual({ revoked: true });
    });

    it('a forged token revokes nothing', async () => {
      const { access_token: token } = await begin((await reader()).key);
      const { jti } = jsonwebtoken.decode(token) as { jti: string };
      await revoke(jsonwebtoken.sign({ jti, sub: randomUUID() }, 'secret', { expiresIn: 60 }));
      expect(await statusOf(token)).toBe(200);
    });

    it('a key is not revoked this way', async () => {
      const { key } = await reader();
      const answer = await revoke(key);
      expect([answer.status, answer.body.code]).toEqual([400, 'token.unsupported_type']);
      expect(await statusOf(key)).toBe(200);
    });
  });

  describe('signing keys', () => {
    const kidOf = (token: string): string => jsonwebtoken.decode(token, { complete: true })!.header.kid!;
    const published = async (): Promise<string[]> =>
      (await app.call('GET', JWKS, { key: null })).body.keys.map(({ kid }: { kid: string }) => kid);
    const rotate = (body?: object): Promise<Answer> =>
      app.call('POST', '/api/v1/gateway/signing-keys/rotate', { body });

    it('are renewed by a call; tokens signed before hold on, and their public keys stay published', async () => {
      const before = (await begin(app.adminKey)).access_token;
      expect((await rotate()).body).toEqual({ retired: 1, withdrawn: false });
      const after = (await begin(app.adminKey)).access_token;
      expect(kidOf(after)).not.toBe(kidOf(before));
      expect((await published()).toSorted()).toEqual([kidOf(before), kidOf(after)].toSorted());
      for (const token of [before, after]) expect(await statusOf(token)).toBe(200);
      const [{ rest }] = await app.uow.query<{ rest: number }>(
        'SELECT extract(epoch FROM expires_at - clock_timestamp())::integer AS rest FROM signing_key WHERE kid = $1',
        [kidOf(before)],
      );
      expect(rest).toBeGreaterThan(3_600);
      expect(rest).toBeLessThan(4_300);
    });

    it('are withdrawn when one got out: then all tokens end at once', async () => {
      const before = (await begin(app.adminKey)).access_token;
      expect(await statusOf(before)).toBe(200);
      expect((await rotate({ withdraw: true })).body).toEqual({ retired: 2, withdrawn: true });
      expect(await statusOf(before)).toBe(401);
      expect(await published()).toEqual([]);
      expect(await statusOf((await begin(app.adminKey)).access_token)).toBe(200);
    });

    it('are for the system’s administration, and take no other words', async () => {
      const { key } = await madeKey(app, { type: 'admin_key', permissions: ['admin:keys'] });
      const answer = await app.call('POST', '/api/v1/gateway/signing-keys/rotate', { key });
      expect([answer.status, answer.body.missing]).toEqual([403, 'admin:system']);
      for (const body of [{ withdraw: 'yes' }, { all: true }]) expect((await rotate(body)).status).toBe(400);
    });
  });
});
