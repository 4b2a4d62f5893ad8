import type { Answer } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { OutsideIssuer, privateKeyOf, signingJwk } from '../support/outside-issuer.js';
import { eventually } from '../support/processes.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const settingsOf = (url: string): Record<string, string> => ({
  OIDC_ISSUER: url,
  OIDC_AUDIENCE: 'urn:registry',
  OIDC_ROLE_CLAIM: 'realm_access.roles',
  OIDC_ROLE_MAP: 'devs=developer',
});

describe('an outside issuer', () => {
  let place: TestPlace;
  let issuer: OutsideIssuer;
  let app: GatewayApp | undefined;
  let adminKey: string | undefined;

  beforeAll(async () => {
    place = await testPlace();
  });
  beforeEach(async () => {
    issuer = await new OutsideIssuer().start();
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await issuer.stop();
  });
  afterAll(() => place.drop());

  async function started(env: Record<string, string>): Promise<GatewayApp> {
    app = await gatewayApp(place, { env, ...(adminKey && { adminKey }) });
    adminKey = app.adminKey;
    return app;
  }
  const whoami = (token: string): Promise<Answer> =>
    app!.call('GET', '/api/v1/gateway/whoami', { key: null, headers: { Authorization: `Bearer ${token}` } });
  const holds = async (token: string): Promise<boolean> => (await whoami(token)).status === 200;

  it('may change its keys: the new one is found, the old one holds while it is published', async () => {
    await started(settingsOf(issuer.url));
    const before = await issuer.token();
    expect(await holds(before)).toBe(true);
    const next = signingJwk();
    await issuer.rotate([next, issuer.keys[0]]);
    await eventually('the new key is known', async () => holds(await issuer.token()), 15_000);
    expect(await holds(issuer.forged({}, { key: privateKeyOf(issuer.keys[1]), keyid: issuer.keys[1].kid }))).toBe(true);
    const withdrawn = issuer.keys[1];
    await issuer.rotate([next]);
    await eventually(
      'an unknown key id has the keys read again',
      async () => {
        await whoami(issuer.forged({}, { keyid: `invented-${Date.now()}` }));
        return !(await holds(
          issuer.forged({ sub: `${Date.now()}` }, { key: privateKeyOf(withdrawn), keyid: withdrawn.kid }),
        ));
      },
      15_000,
    );
    expect(await holds(await issuer.token())).toBe(true);
  });

  it('whose tokens name no key is taken by its only one for the algorithm', async () => {
    await started(settingsOf(issuer.url));
    const unnamed = (sub: string): string => issuer.forged({ sub }, { keyid: undefined, header: { alg: 'RS256' } });
    expect(JSON.parse(Buffer.from(unnamed('a').split('.')[0], 'base64url').toString())).not.toHaveProperty('kid');
    expect(await holds(unnamed('a'))).toBe(true);
    await issuer.rotate([issuer.keys[0], signingJwk()]);
    await eventually('both keys are known', async () => {
      await whoami(issuer.forged({}, { keyid: `invented-${Date.now()}` }));
      return !(await holds(unnamed(`${Date.now()}`)));
    }, 15_000); // prettier-ignore
  });

  it('is not flooded by tokens with invented key ids', async () => {
    await started(settingsOf(issuer.url));
    expect(await holds(await issuer.token())).toBe(true);
    const before = await issuer.requests();
    const startedAt = performance.now();
    const tokens = Array.from({ length: 200 }, (_, i) => issuer.forged({}, { keyid: `invented-${i}` }));
    const statuses = await Promise.all(tokens.map(async (token) => (await whoami(token)).status));
    const rounds = 1 + Math.ceil((performance.now() - startedAt) / 5_000);
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect((await issuer.requests()) - before).toBeLessThanOrEqual(2 * rounds);
  });

  it('that is down leaves keys, own tokens and its own tokens by known keys at work', async () => {
    const { call } = await started(settingsOf(issuer.url));
    const token = await issuer.token();
    expect(await holds(token)).toBe(true);
    await issuer.stop();
    const { key } = await madeKey(app!, { permissions: ['read:graph'] });
    const own = (await call('POST', '/api/v1/gateway/tokens', { key })).body.access_token;
    expect([await holds(own), await holds(token), await holds(issuer.forged({ sub: 'new' }))]).toEqual([
      true,
      true,
      true,
    ]);
    const unknown = await whoami(issuer.forged({}, { keyid: 'unknown' }));
    expect([401, 503]).toContain(unknown.status);
    await issuer.restart();
  });

  it('that is down from the start is told as unavailable, and found when it comes', async () => {
    const forged = issuer.forged();
    await issuer.stop();
    await started(settingsOf(issuer.url));
    const answer = await whoami(forged);
    expect([answer.status, answer.body.code]).toEqual([503, 'auth.issuer_unavailable']);
    expect(answer.headers.get('Retry-After')).toBe('5');
    expect(answer.body.detail).not.toMatch(/127|http/);
    await issuer.restart();
    await eventually('the issuer is asked again', () => holds(issuer.forged()), 15_000);
    expect(app!.log.some((line) => line.includes('the keys of the outside issuer cannot be had'))).toBe(true);
  });

  it('gives what it may by the algorithms and clients that are named', async () => {
    await started({ ...settingsOf(issuer.url), OIDC_ALGORITHMS: 'ES256', OIDC_CLIENTS: 'pipeline' });
    expect(await holds(await issuer.token())).toBe(false);
    await issuer.rotate([signingJwk('ES256')]);
    await eventually('the key is known', async () => holds(await issuer.token()), 15_000);
    expect(await holds(await issuer.token({ client: 'stranger' }))).toBe(false);
    expect(await holds(issuer.forged())).toBe(false);
  });

  it('that is not configured counts for nothing', async () => {
    await started({});
    expect((await whoami(await issuer.token())).status).toBe(401);
  });
});
