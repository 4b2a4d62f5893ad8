import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const TOKENS = '/api/v1/gateway/tokens';

/** A secret as it may stand in a dump: as it is, and in the encodings of bytes. */
const forms = (secret: string): string[] => [
  secret,
  Buffer.from(secret).toString('hex'),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
];
/** The random part of a key, without prefix and checksum; the signature of a JWT. */
const secretPart = (credential: string): string =>
  credential.includes('.') ? credential.split('.')[2] : credential.replace(/^[a-z]+_/, '').slice(0, 43);

describe('a stolen database', () => {
  let place: TestPlace;
  let app: GatewayApp;
  const secrets = new Set<string>();

  beforeAll(async () => {
    place = await testPlace();
    app = await gatewayApp(place, { env: { API_KEY_PEPPER: 'a pepper that nobody else knows' } });
    secrets.add(app.adminKey);
    const keep = <T extends Record<string, unknown>>(answer: T): T => {
      for (const name of ['key', 'access_token', 'refresh_token'])
        if (typeof answer[name] === 'string') secrets.add(answer[name]);
      return answer;
    };
    for (const type of ['api_key', 'service_key', 'admin_key']) {
      const made = keep(await madeKey(app, { type, permissions: ['read:*'] }));
      const tokens = keep((await app.call('POST', TOKENS, { key: made.key, body: { refresh: true } })).body);
      const body = { refresh_token: tokens.refresh_token };
      const next = keep((await app.call('POST', `${TOKENS}/refresh`, { key: null, body })).body);
      await app.call('POST', `${TOKENS}/revoke`, { key: null, body: { token: next.access_token } });
      await app.call('GET', '/api/v1/entities', { key: made.key });
      const headers = { 'Idempotency-Key': `rotate-${type}` };
      const rotated = await app.call('POST', `/api/v1/gateway/keys/${made.id}/rotate`, { body: {}, headers });
      keep(rotated.body);
    }
    const headers = { 'Idempotency-Key': 'make' };
    const body = { name: 'safely made', type: 'api_key', permissions: ['read:*'] };
    keep((await app.call('POST', '/api/v1/gateway/keys', { body, headers })).body);
  });

  afterAll(async () => {
    await app.close();
    await place.drop();
  });

  it('holds no key, no token and nothing to make one from', async () => {
    expect(secrets.size).toBe(1 + 3 * 6 + 1);
    const tables = await app.uow.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    expect(tables.length).toBeGreaterThan(10);
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await app.uow.query<{ text: string }>(`SELECT to_jsonb(t)::text AS text FROM ${name} t`);
      const dump = rows.map(({ text }) => text).join('\n');
      for (const secret of secrets)
        for (const form of [...forms(secret), ...forms(secretPart(secret))])
          if (dump.includes(form)) found.push(`${name}: ${secret.slice(0, 8)}…`);
      if (/PRIVATE KEY|"(d|p|q|dp|dq|qi)": ?"[\w-]{40,}"/.test(dump)) found.push(`${name}: a private key`);
    }
    expect(found).toEqual([]);
  });

  it('nor does the log', () => {
    const log = app.log.join('\n');
    expect(log.length).toBeGreaterThan(1_000);
    expect([...secrets].filter((secret) => forms(secretPart(secret)).some((form) => log.includes(form)))).toEqual([]);
  });

  it('lets nobody in by what it holds', async () => {
    const rows = await app.uow.query<{ hash: Buffer }>('SELECT hash FROM api_key UNION SELECT hash FROM refresh_token');
    for (const { hash } of rows)
      for (const key of [hash.toString('hex'), hash.toString('base64'), hash.toString('base64url')])
        expect((await app.call('GET', '/api/v1/gateway/whoami', { key })).status).toBe(401);
  });
});
