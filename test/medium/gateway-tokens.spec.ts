import { createHmac, createPublicKey, randomUUID } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { SigningKeys } from '../../src/gateway/tokens/signing-keys.js';
import type { Answer } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const TOKENS = '/api/v1/gateway/tokens';
const JWKS = '/api/v1/gateway/.well-known/jwks.json';

describe('tokens', () => {
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

  const issue = (key: string, body?: object): Promise<Answer> => app.call('POST', TOKENS, { key, body });
  const whoami = (token: string): Promise<Answer> =>
    app.call('GET', '/api/v1/gateway/whoami', { key: null, headers: { Authorization: `Bearer ${token}` } });

  it('a key makes a token that may do what the key may, for a quarter of an hour', async () => {
    const { id, key } = await madeKey(app, { name: 'Ada', permissions: ['read:graph', 'write:entities'] });
    const answer = await issue(key);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^eyJ/),
      token_type: 'Bearer',
      expires_in: 900,
      permissions: ['read:graph', 'write:entities'],
    });
    const me = (await whoami(answer.body.access_token)).body;
    expect(me).toMatchObject({
      id,
      type: 'api_key',
      name: 'Ada',
      credential: 'token',
      permissions: ['read:graph', 'write:entities'],
    });
    expect(Date.parse(me.expires_at) - Date.now()).toBeLessThanOrEqual(900_000);
    expect((await app.call('GET', '/api/v1/gateway/keys', { key: answer.body.access_token })).body.missing).toBe(
      'admin:keys',
    );
  });

  it('a token can be given less than the key has, never more', async () => {
    const { key } = await madeKey(app, { permissions: ['read:*'] });
    const less = await issue(key, { permissions: ['read:graph'], expires_in: 60 });
    expect(less.body).toMatchObject({ permissions: ['read:graph'], expires_in: 60 });
    expect((await whoami(less.body.access_token)).body.permissions).toEqual(['read:graph']);
    for (const permission of ['write:graph', '*', 'read:secrets', 'admin:keys']) {
      const more = await issue(key, { permissions: ['read:graph', permission] });
      expect([more.status, more.body.missing]).toEqual([403, [permission]]);
    }
  });

  it.each([
    { permissions: [] },
    { permissions: ['all'] },
    { permissions: 'read:*' },
    { expires_in: 0 },
    { expires_in: 3601 },
    { expires_in: '60' },
    { scope: 'x' },
  ])('the request %j is refused', async (body) => expect((await issue(app.adminKey, body)).status).toBe(400));

  it('a token makes no further token', async () => {
    const { access_token: token } = (await issue(app.adminKey)).body;
    const again = await issue(token);
    expect([again.status, again.body.code]).toEqual([403, 'token.key_needed']);
  });

  it('a token ends in time, also from the cache, and never outlives its key', async () => {
    const short = (await issue(app.adminKey, { expires_in: 4 })).body.access_token;
    expect((await whoami(short)).status).toBe(200);
    const { key } = await madeKey(app, {
      permissions: ['read:graph'],
      expires_at: new Date(Date.now() + 60_000).toISOString(),
    });
    expect((await issue(key, { expires_in: 3600 })).body.expires_in).toBeLessThanOrEqual(60);
    await new Promise((resolve) => setTimeout(resolve, 4_050));
    expect((await whoami(short)).status).toBe(401);
  });

  it('a token loses what its key loses', async () => {
    const { id, key } = await madeKey(app, { permissions: ['read:*', 'write:graph'] });
    const token = (await issue(key)).body.access_token;
    expect((await whoami(token)).body.permissions).toEqual(['read:*', 'write:graph']);
    await app.call('PATCH', `/api/v1/gateway/keys/${id}`, { body: { permissions: ['read:graph', 'write:events'] } });
    expect((await whoami(token)).body.permissions).toEqual(['read:graph']);
  });

  it('a token works from the networks of its key only', async () => {
    const { id, key } = await madeKey(app, { permissions: ['read:graph'] });
    const token = (await issue(key)).body.access_token;
    await app.call('PATCH', `/api/v1/gateway/keys/${id}`, { body: { allowed_ips: ['10.0.0.0/8'] } });
    expect((await whoami(token)).status).toBe(401);
  });

  it('anyone can verify a token by the published keys, and nothing secret is published or stored', async () => {
    const token = (await issue(app.adminKey)).body.access_token;
    const { kid } = jsonwebtoken.decode(token, { complete: true })?.header ?? {};
    const { status, headers, body } = await app.call('GET', JWKS, { key: null });
    expect([status, headers.get('Cache-Control')]).toEqual([200, 'public, max-age=60']);
    const jwk = body.keys.find((one: { kid: string }) => one.kid === kid);
    expect(Object.keys(jwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    expect(
      jsonwebtoken.verify(token, publicKey, { algorithms: ['RS256'], audience: 'universal-registry-api' }),
    ).toMatchObject({
      iss: 'universal-registry',
    });
    const [{ public_jwk: stored }] = await app.uow.query<{ public_jwk: object }>('SELECT public_jwk FROM signing_key');
    expect(Object.keys(stored).sort()).toEqual(['e', 'kty', 'n']);
  });

  it('a process that ends leaves its tokens valid and its counts written', async () => {
    const { id, key } = await madeKey(app, { permissions: ['read:graph'] });
    const token = (await issue(key)).body.access_token;
    const { adminKey } = app;
    await app.close();
    app = await gatewayApp(place, { adminKey });
    expect((await whoami(token)).body.id).toBe(id);
    expect((await app.call('GET', `/api/v1/gateway/keys/${id}`)).body.use_count).toBe(1);
    const newer = (await issue(key)).body.access_token;
    expect(jsonwebtoken.decode(newer, { complete: true })?.header.kid).not.toBe(
      jsonwebtoken.decode(token, { complete: true })?.header.kid,
    );
    expect((await app.call('GET', JWKS, { key: null })).body.keys).toHaveLength(2);
  });

  describe('forged', () => {
    const now = (): number => Math.floor(Date.now() / 1000);
    let claims: object;
    let sign: (changes: object, options?: object) => Promise<string>;

    beforeAll(async () => {
      const { id } = await madeKey(app, { permissions: ['read:graph'] });
      claims = {
        iss: 'universal-registry',
        aud: 'universal-registry-api',
        sub: id,
        jti: randomUUID(),
        iat: now(),
        exp: now() + 600,
        permissions: ['read:graph'],
      };
      sign = async (changes, options = {}) => {
        const { kid, privateKey } = await app.app.get(SigningKeys).current();
        const payload = Object.fromEntries(
          Object.entries({ ...claims, ...changes }).filter(([, value]) => value !== undefined),
        );
        return jsonwebtoken.sign(payload, privateKey, { algorithm: 'RS256', keyid: kid, ...options });
      };
    });

    it('the same claims, rightly signed, hold', async () => {
      expect((await whoami(await sign({}))).status).toBe(200);
    });

    it.each([
      ['is expired', { exp: 1_000_000_000 }],
      ['has no end', { exp: undefined }],
      ['is for another audience', { aud: 'another-api' }],
      ['is for nobody', { aud: undefined }],
      ['is from another issuer', { iss: 'https://elsewhere.example' }],
      ['is of no key', { sub: randomUUID() }],
      ['names no key', { sub: 'admin' }],
      ['says no permissions', { permissions: undefined }],
      ['has permissions of the wrong kind', { permissions: [{ toString: 'x' }] }],
      ['is not valid yet', { nbf: 4_000_000_000 }],
    ])('a token that %s does not hold', async (_, changes) => {
      expect((await whoami(await sign(changes))).status).toBe(401);
    });

    it('a token cannot grant itself more than its key has', async () => {
      expect((await whoami(await sign({ permissions: ['*'] }))).body.permissions).toEqual(['read:graph']);
    });

    it('another algorithm, the public key as a secret, or none at all does not hold', async () => {
      const { kid, privateKey } = await app.app.get(SigningKeys).current();
      const publicPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
      const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
      const [, payload] = (await sign({})).split('.');
      const head = encoded({ alg: 'HS256', typ: 'JWT', kid });
      const confused = `${head}.${payload}.${createHmac('sha256', publicPem).update(`${head}.${payload}`).digest('base64url')}`;
      const wrong = [
        confused,
        `${encoded({ alg: 'none', typ: 'JWT', kid })}.${payload}.`,
        `${encoded({ alg: 'none', typ: 'JWT', kid })}.${payload}.x`,
        await sign({}, { algorithm: 'RS512' }),
        await sign({}, { algorithm: 'PS256' }),
        await sign({}, { keyid: 'unknown' }),
        await sign({}, { keyid: `${kid.slice(0, -1)}x` }),
      ];
      for (const token of wrong) expect((await whoami(token)).status).toBe(401);
    });

    it('a changed payload or signature does not hold', async () => {
      const [head, payload, signature] = (await sign({})).split('.');
      const raised = Buffer.from(JSON.stringify({ ...claims, permissions: ['*'] })).toString('base64url');
      const bent = signature.slice(0, 20) + (signature[20] === 'A' ? 'B' : 'A') + signature.slice(21);
      for (const token of [
        `${head}.${raised}.${signature}`,
        `${head}.${payload}.${bent}`,
        `${head}.bm90IGpzb24.${signature}`,
        `${head}.${payload}.`,
        `${head}..${signature}`,
      ])
        expect((await whoami(token)).status).toBe(401);
    });

    it('tokens with invented key ids cost the database a few queries a second at most', async () => {
      const tokens = await Promise.all(Array.from({ length: 40 }, (_, i) => sign({}, { keyid: `invented-${i}` })));
      const query = jest.spyOn(app.uow, 'query');
      const started = performance.now();
      const answers = await Promise.all(tokens.map(whoami));
      const seconds = (performance.now() - started) / 1000;
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
      const reads = query.mock.calls.filter(([sql]) => sql.includes('FROM signing_key'));
      expect(reads.length).toBeLessThanOrEqual(2 + Math.ceil(seconds * 4));
      query.mockRestore();
    });

    it('a withdrawn signing key is replaced, and its tokens end', async () => {
      const before = await sign({ jti: randomUUID() });
      await app.uow.query('DELETE FROM signing_key');
      await app.app.get(SigningKeys).list();
      const after = await sign({});
      expect((await whoami(before)).status).toBe(401);
      expect((await whoami(after)).status).toBe(200);
    });
  });
});
