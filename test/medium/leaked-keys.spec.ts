import { createHash } from 'node:crypto';
import { makeKey } from '../../src/gateway/keys/key-format.js';
import type { Answer } from '../support/api-client.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { ReportSigner } from '../support/report-signer.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const PATH = '/api/v1/security/leaked-keys';
const KEYS = '/api/v1/gateway/keys';
const FOUND = 'https://github.com/acme/shop/blob/main/deploy.yaml';

const findingOf = (token: string, url = FOUND): object => ({ token, type: 'registry_key', url, source: 'content' });
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64');

describe('leaked keys', () => {
  let place: TestPlace;
  let app: GatewayApp;
  let signer: ReportSigner;
  let url: string;

  const settings = (): Record<string, string> => ({
    LEAKED_KEYS_PUBLIC_KEYS_URL: url,
    LEAKED_KEY_POLICY: 'service_key=notify',
    API_KEY_PEPPER: 'a pepper of the test, long enough',
    LOG_LEVEL: 'trace',
  });

  beforeAll(async () => {
    signer = new ReportSigner();
    signer.add('current');
    url = await signer.start();
    place = await testPlace();
    app = await gatewayApp(place, { env: settings() });
  });
  afterAll(async () => {
    await app.close();
    await signer.close();
    await place.drop();
  });

  const signed = (findings: unknown, identifier = 'current', headers: object = {}): Promise<Answer> => {
    const body = typeof findings === 'string' ? findings : JSON.stringify(findings);
    return app.call('POST', PATH, { key: null, body, headers: { ...signer.headers(body, identifier), ...headers } });
  };
  const works = async (key: string): Promise<boolean> =>
    (await app.call('GET', '/api/v1/gateway/whoami', { key })).status === 200;
  const leaks = (): Record<string, unknown>[] =>
    app.log.filter((line) => line.includes('key.leaked')).map((line) => JSON.parse(line) as Record<string, unknown>);

  it('that a signed report names are revoked, and the scanner is told what they were', async () => {
    const { id, key } = await madeKey(app, { name: 'of a pipeline', permissions: ['read:*'] });
    expect(await works(key)).toBe(true);
    const answer = await signed([findingOf(key), findingOf('nothing of ours'), findingOf(makeKey('api_key'))]);
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([200, 'no-store']);
    expect(answer.body).toEqual([
      { token_hash: hashOf(key), token_type: 'registry_key', label: 'true_positive' },
      { token_hash: hashOf('nothing of ours'), token_type: 'registry_key', label: 'false_positive' },
      { token_hash: expect.any(String), token_type: 'registry_key', label: 'false_positive' },
    ]);
    expect(await works(key)).toBe(false);
    const shown = (await app.call('GET', `${KEYS}/${id}`)).body;
    expect(shown).toMatchObject({ status: 'revoked', leaked_at: expect.any(String), leaked_url: FOUND });
    expect(leaks().at(-1)).toMatchObject({
      level: 'warn',
      key_id: id,
      name: 'of a pipeline',
      type: 'api_key',
      effect: 'revoked',
      url: FOUND,
      source: 'content',
      reporter: 'signature:current',
    });
    const rows = (await app.call('GET', `/api/v1/gateway/audit?action=key.leak&entity=${id}`)).body;
    expect(rows).toMatchObject([
      {
        actor: { type: 'anonymous' },
        subject: { type: 'key', id, key: 'of a pipeline' },
        details: { effect: 'revoked', url: FOUND },
      },
    ]);
  });

  it('take their tokens with them', async () => {
    const { key } = await madeKey(app, { permissions: ['read:*'] });
    const token = (await app.call('POST', '/api/v1/gateway/tokens', { key })).body.access_token;
    expect(await works(token)).toBe(true);
    await signed([findingOf(key)]);
    expect(await works(token)).toBe(false);
  });

  it('are only noted where the policy says so, and shown as leaked from then on', async () => {
    const { id, key } = await madeKey(app, { type: 'service_key', permissions: ['read:*'] });
    expect((await signed([findingOf(key)])).body[0].label).toBe('true_positive');
    expect(await works(key)).toBe(true);
    const first = (await app.call('GET', `${KEYS}/${id}`)).body;
    expect(first).toMatchObject({ status: 'active', leaked_at: expect.any(String) });
    await signed([findingOf(key, 'https://elsewhere.example/'), findingOf(key)]);
    const { leaked_at, leaked_url, revision } = first;
    expect((await app.call('GET', `${KEYS}/${id}`)).body).toMatchObject({ leaked_at, leaked_url, revision });
    expect(leaks().at(-1)).toMatchObject({ effect: 'notified', level: 'warn' });
  });

  it('that are revoked or expired are still told as ours', async () => {
    const revoked = await madeKey(app, { permissions: ['read:*'] });
    await app.call('DELETE', `${KEYS}/${revoked.id}`);
    const expired = await madeKey(app, { permissions: ['read:*'] });
    await app.uow.query(`UPDATE api_key SET expires_at = '2020-01-01' WHERE id = $1`, [expired.id]);
    const { body } = await signed([findingOf(revoked.key), findingOf(expired.key)]);
    expect(body.map(({ label }: { label: string }) => label)).toEqual(['true_positive', 'true_positive']);
    expect((await app.call('GET', `${KEYS}/${expired.id}`)).body.status).toBe('revoked');
  });

  it('leave the last lasting admin key at work: the log cries instead', async () => {
    const other = await madeKey(app, { type: 'admin_key', role: 'admin' });
    expect((await signed([findingOf(other.key), findingOf(app.adminKey)])).status).toBe(200);
    expect([await works(other.key), await works(app.adminKey)]).toEqual([false, true]);
    expect(leaks().at(-1)).toMatchObject({ level: 'error', effect: 'kept' });
  });

  it('are found under a former hash as well', async () => {
    const { id, key } = await madeKey(app, { permissions: ['read:*'] });
    await app.uow.query('UPDATE api_key SET hash = $2, hash_version = 0 WHERE id = $1', [
      id,
      createHash('sha256').update(key).digest(),
    ]);
    expect((await signed([findingOf(key)])).body[0].label).toBe('true_positive');
  });

  it('are reported by an own scanner too: with admin:security, without a signature', async () => {
    const scanner = await madeKey(app, { type: 'admin_key', permissions: ['admin:security'] });
    const { key } = await madeKey(app, { permissions: ['read:*'] });
    const answer = await app.call('POST', PATH, { key: scanner.key, body: [findingOf(key)] });
    expect([answer.status, answer.body[0].label]).toEqual([200, 'true_positive']);
    expect(await works(key)).toBe(false);
    expect(leaks().at(-1)).toMatchObject({ reporter: `admin_key:${scanner.id}` });
    const viewer = await madeKey(app, { role: 'viewer' });
    const refused = await app.call('POST', PATH, { key: viewer.key, body: [findingOf(key)] });
    expect([refused.status, refused.body.missing]).toEqual([403, 'admin:security']);
  });

  it('by a signature is no way around a credential that is sent', async () => {
    const viewer = await madeKey(app, { role: 'viewer' });
    expect((await signed([], 'current', { 'X-API-Key': viewer.key })).status).toBe(403);
    expect((await signed([], 'current', { Authorization: 'Bearer x' })).status).toBe(401);
  });

  it('are hashed at once: nothing of them is logged, answered or stored', async () => {
    const { key } = await madeKey(app, { permissions: ['read:*'] });
    const secret = key.slice(5, 40);
    const before = app.log.length;
    const answers = [
      await signed([findingOf(key, `https://x.example/${key}?k=${key}`)]),
      await signed(`[{"token":"${key}"`),
      await signed([{ token: [key], type: 't' }]),
      await signed([findingOf(key)], 'current', { 'Idempotency-Key': 'once' }),
      await app.call('POST', PATH, { body: [findingOf(key)], headers: { 'Idempotency-Key': 'once' } }),
      await app.call('POST', PATH, { key: null, body: [findingOf(key)] }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 400, 400, 401]);
    expect(JSON.stringify(answers.map(({ body }) => body as object))).not.toContain(secret);
    expect(app.log.slice(before).join('\n')).not.toContain(secret);
    expect(app.log.length).toBeGreaterThan(before);
    const tables = await app.uow.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      const found = await app.uow.query(`SELECT 1 FROM ${name} t WHERE t::text LIKE $1 LIMIT 1`, [`%${secret}%`]);
      expect({ name, found }).toEqual({ name, found: [] });
    }
  });

  describe('reports that are not what they claim', () => {
    const body = (): string => JSON.stringify([findingOf(makeKey('api_key'))]);
    const sent = (text: string, headers: Record<string, string>): Promise<Answer> =>
      app.call('POST', PATH, { key: null, body: text, headers: { 'Content-Type': 'application/json', ...headers } });

    it('are refused: changed, signed by a stranger, over other bytes, malformed, unsigned', async () => {
      signer.add('stranger', false);
      const text = body();
      const right = signer.headers(text, 'current');
      const byStranger = signer.headers(text, 'stranger');
      const signature = 'Github-Public-Key-Signature';
      const identifier = 'Github-Public-Key-Identifier';
      const statuses = [
        await sent(text, right),
        await sent(text.replace('content', 'commit'), right),
        await sent(`${text}\n`, right),
        await sent(text, { ...right, [signature]: byStranger[signature] }),
        await sent(text, byStranger),
        await sent(text, { ...right, [signature]: 'AAAA' }),
        await sent(text, { ...right, [signature]: `${right[signature]}%` }),
        await sent(text, { ...right, [signature]: 'A'.repeat(5_000) }),
        await sent(text, { ...right, [identifier]: '../../x' }),
        await sent(text, { [signature]: right[signature] }),
        await sent(text, { [identifier]: right[identifier] }),
      ].map(({ status }) => status);
      expect(statuses).toEqual([200, ...Array.from({ length: 10 }, () => 401)]);
    });

    it('are bounded: size, encoding, media type', async () => {
      const large = JSON.stringify([findingOf('x'.repeat(1_100_000))]);
      expect((await signed(large)).status).toBe(413);
      const many = JSON.stringify(Array.from({ length: 1_001 }, () => ({ token: 'x', type: 't' })));
      expect((await signed(many)).status).toBe(413);
      expect((await signed([], 'current', { 'Content-Encoding': 'gzip' })).status).toBe(415);
      expect((await signed([], 'current', { 'Content-Type': 'text/plain' })).status).toBe(415);
      expect((await signed([])).body).toEqual([]);
    });

    it('with invented signers do not flood the signer', async () => {
      const before = signer.asked;
      const text = body();
      const right = signer.headers(text, 'current');
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          sent(text, { ...right, 'Github-Public-Key-Identifier': `invented-${i}` }),
        ),
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
      expect(signer.asked - before).toBeLessThanOrEqual(1);
    });
  });
});

describe('reports of leaked keys', () => {
  let place: TestPlace;
  let app: GatewayApp;
  let signer: ReportSigner;
  const text = '[]';
  const sent = (): Promise<Answer> =>
    app.call('POST', PATH, { key: null, body: text, headers: signer.headers(text, 'current') });

  beforeAll(async () => {
    place = await testPlace();
  });
  beforeEach(() => {
    signer = new ReportSigner();
    signer.add('current');
  });
  afterEach(async () => {
    await app.close();
    await signer.close();
  });
  afterAll(() => place.drop());

  it('are closed to signatures when there is no signer', async () => {
    await signer.start();
    app = await gatewayApp(place, { env: { LEAKED_KEYS_PUBLIC_KEYS_URL: 'off' } });
    expect((await sent()).status).toBe(401);
    expect(signer.asked).toBe(0);
  });

  it('that do not hold count as wrong credentials of their address', async () => {
    const url = await signer.start();
    const env = { LEAKED_KEYS_PUBLIC_KEYS_URL: url, AUTH_FAILURE_LIMIT: '3/minute' };
    app = await gatewayApp(place, { env });
    const wrong = (): Promise<Answer> =>
      app.call('POST', PATH, { key: null, body: `${text} `, headers: signer.headers(text, 'current') });
    const answers = [await wrong(), await wrong(), await wrong(), await wrong()];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
    expect(answers[3].headers.get('Retry-After')).not.toBeNull();
    expect((await sent()).status).toBe(200);
  });

  it('wait for the signer while its keys cannot be had', async () => {
    const url = await signer.start();
    signer.status = 500;
    app = await gatewayApp(place, { env: { LEAKED_KEYS_PUBLIC_KEYS_URL: url } });
    const answer = await sent();
    expect([answer.status, answer.body.code]).toEqual([503, 'leaks.signer_unavailable']);
    expect(answer.headers.get('Retry-After')).not.toBeNull();
  });

  it('of a former REGISTRY_ADMIN_KEY end it for good, also when it is set again', async () => {
    const [former, present] = [makeKey('admin_key'), makeKey('admin_key')];
    const restart = async (adminKey: string): Promise<void> => {
      await app.close();
      app = await gatewayApp(place, { env: { REGISTRY_ADMIN_KEY: adminKey }, adminKey });
    };
    await signer.start();
    app = await gatewayApp(place, { env: { REGISTRY_ADMIN_KEY: former } });
    await restart(present);
    expect((await app.call('POST', PATH, { body: [findingOf(former)] })).body[0].label).toBe('true_positive');
    await restart(former);
    expect(app.said.note).toContain('was revoked');
    expect((await app.call('GET', '/api/v1/gateway/whoami')).status).toBe(401);
  });
});
