import { makeKey } from '../../src/gateway/keys/key-format.js';
import { testPlace } from '../support/database.js';
import type { TestPlace } from '../support/database.js';
import type { Answer } from '../support/api-client.js';
import { eventually } from '../support/processes.js';
import { gatewayApp, madeKey } from './gateway-app.js';
import type { GatewayApp } from './gateway-app.js';

const WHOAMI = '/api/v1/gateway/whoami';

let place: TestPlace;
let app: GatewayApp;

const started = async (env: Record<string, string>): Promise<void> => {
  place = await testPlace();
  app = await gatewayApp(place, { env });
};
afterEach(async () => {
  await app.close();
  await place.drop();
});
const ask = (key: string | null, headers: Record<string, string> = {}): Promise<Answer> =>
  app.call('GET', WHOAMI, { key, headers });
const asked = async (key: string, times: number): Promise<number[]> => {
  const statuses = [];
  for (let n = 0; n < times; n++) statuses.push((await ask(key)).status);
  return statuses;
};

describe('while requests cannot be counted', () => {
  const ten = { permissions: ['read:*'], rate_limit: { limit: 10, window_seconds: 3600 } };
  const lose = (): Promise<unknown> => app.uow.query('ALTER TABLE rate_limit_counter RENAME TO lost');
  const find = (): Promise<unknown> => app.uow.query('ALTER TABLE lost RENAME TO rate_limit_counter');

  it('a process counts its share by itself, and goes back to the common count when it can', async () => {
    await started({ RATE_LIMIT_REPLICAS: '2' });
    const { key } = await madeKey(app, ten);
    await lose();
    expect(await asked(key, 7)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    await find();
    await eventually('requests are counted together again', async () => (await ask(key)).status === 200);
    expect(app.log.some((line) => line.includes('requests are counted again'))).toBe(true);
    const [{ n }] = await app.uow.query<{ n: string }>('SELECT count(*) AS n FROM rate_limit_counter');
    expect(n).toBe('1');
  });

  it('open lets everybody pass', async () => {
    await started({ RATE_LIMIT_ON_STORE_FAILURE: 'open' });
    const { key } = await madeKey(app, ten);
    await lose();
    expect(new Set(await asked(key, 15))).toEqual(new Set([200]));
    expect((await ask(key)).headers.get('ratelimit-policy')).toBe('"hour";q=10;w=3600');
  });

  it('closed lets nobody pass who is counted, and the process is not ready', async () => {
    await started({ RATE_LIMIT_ON_STORE_FAILURE: 'closed' });
    const { key } = await madeKey(app, ten);
    await lose();
    const { status, headers, body } = await ask(key);
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(body).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#temporary-reduced-capacity',
      code: 'rate_limit.unavailable',
    });
    expect((await ask(app.adminKey)).status).toBe(200);
    expect((await app.call('GET', '/health/ready')).status).toBe(503);
    await find();
    await eventually('it is ready', async () => (await app.call('GET', '/health/ready')).status === 200);
    expect((await ask(key)).status).toBe(200);
  });
});

describe('credentials that do not hold', () => {
  it('are 401, then 429 with growing waits; whoever has a valid one passes, and another address is not meant', async () => {
    await started({ AUTH_FAILURE_LIMIT: '5/minute', TRUST_PROXY: 'loopback' });
    const { key } = await madeKey(app, { permissions: ['read:*'] });
    const from = { 'x-forwarded-for': '192.0.2.1' };
    const answers = [];
    for (let n = 0; n < 8; n++) answers.push(await ask(makeKey('api_key'), from));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect(answers.at(-1)?.body).toMatchObject({ code: 'auth.too_many_failures', status: 429 });
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    for (const malformed of ['rubbish', 'ureg_x', 'a.b.c']) expect((await ask(malformed, from)).status).toBe(429);
    // Not a guess: nothing was sent.
    expect((await ask(null, from)).status).toBe(401);
    expect((await ask(key, from)).status).toBe(200);
    expect((await ask(app.adminKey, from)).status).toBe(200);
    expect((await ask('rubbish', { 'x-forwarded-for': '192.0.2.2' })).status).toBe(401);
    expect(app.log.filter((line) => line.includes('"address":"192.0.2.1"'))).toHaveLength(1);
  });
});
