import { ConnectionError, keyTokens, ProblemError, RegistryClient } from '../../src/client/index.js';
import type { RegistryClientOptions } from '../../src/client/index.js';
import { BreakingProxy } from '../support/breaking-proxy.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';

let service: TestApp;
let proxy: BreakingProxy;
let registry: RegistryClient;
let count = 0;
const newName = (): string => `thing-${(count += 1)}`;

beforeAll(async () => {
  service = await testApp();
  proxy = await BreakingProxy.before(service.url);
  registry = client();
});
afterAll(async () => {
  await proxy.close();
  await service.close();
});

function client(options: Partial<RegistryClientOptions> = {}): RegistryClient {
  const credential = options.token === undefined ? { apiKey: service.adminKey } : {};
  return new RegistryClient({ baseUrl: proxy.url, ...credential, ...options });
}

const created = (name = newName()): Promise<{ id: string; key: string; revision: number }> =>
  registry.post('/api/v1/services', { body: { name, version: '1.0.0', type: 'api' } });

describe('a call', () => {
  it('gives the data of its answer', async () => {
    const { id, revision } = await created();
    const path = { id };
    expect(await registry.get('/api/v1/services/{id}', { params: { path } })).toMatchObject({ id, type: 'api' });
    const changed = await registry.patch('/api/v1/services/{id}', {
      params: { path },
      body: { owner: 'team-a' },
      ifMatch: revision,
    });
    expect(changed).toMatchObject({ owner: 'team-a', revision: revision + 1 });
    expect(await registry.delete('/api/v1/services/{id}', { params: { path } })).toBeUndefined();
  });

  it('that is refused throws the problem', async () => {
    const wrong = registry.post('/api/v1/services', { body: { name: '', version: '1.0.0', type: 'api' } });
    await expect(wrong).rejects.toBeInstanceOf(ProblemError);
    await expect(wrong).rejects.toMatchObject({
      status: 400,
      code: 'request.invalid',
      errors: [expect.objectContaining({ field: 'name' })],
      requestId: expect.any(String),
    });
    const { id } = await created();
    const stale = registry.patch('/api/v1/services/{id}', { params: { path: { id } }, body: {}, ifMatch: 77 });
    await expect(stale).rejects.toMatchObject({ status: 412 });
    const nobody = new RegistryClient({ baseUrl: proxy.url }).get('/api/v1/services');
    await expect(nobody).rejects.toMatchObject({ status: 401 });
  });

  it('of the plain client gives headers and refusals instead of throwing', async () => {
    const { id } = await created();
    const { data, response } = await registry.http.GET('/api/v1/services/{id}', { params: { path: { id } } });
    expect([data?.id, response.headers.get('etag')]).toEqual([id, '"1"']);
    const { error } = await registry.http.GET('/api/v1/services/{id}', { params: { path: { id: 'svc_none' } } });
    expect(error).toMatchObject({ status: 404 });
  });

  it('takes and gives text where the registry does', async () => {
    await created('exported');
    const lines = await registry.http.GET('/api/v1/services/export', {
      headers: { accept: 'application/x-ndjson' },
      parseAs: 'text',
    });
    const result = await registry.post('/api/v1/services/import', {
      body: String(lines.data),
      headers: { 'content-type': 'application/x-ndjson' },
      params: { query: { on_conflict: 'skip' } },
    });
    expect(result).toMatchObject({ failed: 0 });
  });

  it('ends by its signal and by its time', async () => {
    const stop = new AbortController();
    const waiting = registry.get('/api/v1/events', {
      params: { query: { since: 0, wait: 30, types: ['none'] } },
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(), 100);
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    const late = registry.get('/api/v1/events', { params: { query: { wait: 30, types: ['none'] } }, timeoutMs: 100 });
    await expect(late).rejects.toBeInstanceOf(ConnectionError);
    await expect(late).rejects.toMatchObject({ code: 'ETIMEDOUT', timedOut: true });
  });

  it('to nobody says so', async () => {
    const gone = await BreakingProxy.before(service.url);
    const away = new RegistryClient({ baseUrl: gone.url, retries: 1 });
    await gone.close();
    await expect(away.get('/health')).rejects.toMatchObject({ code: 'ECONNREFUSED', sent: false });
  });
});

describe('a write whose answer is lost', () => {
  const lines = async (id: string): Promise<number> =>
    (await registry.get('/api/v1/services/{id}/logs', { params: { path: { id } } })).length;

  it('is sent again under its idempotency key, and done once', async () => {
    const { id } = await created();
    const log = { params: { path: { id } }, body: { level: 'info', message: 'deployed' } } as const;
    for (const lost of [1, 3]) {
      const before = await lines(id);
      proxy.lostAnswers = lost;
      await registry.post('/api/v1/services/{id}/logs', log);
      expect([proxy.lostAnswers, (await lines(id)) - before]).toEqual([0, 1]);
    }
    proxy.halfAnswers = 1;
    const one = await created();
    const named = await registry.get('/api/v1/services', {
      params: { query: { name: one.key.replace(/^svc_|@.*/g, '') } },
    });
    expect(named.map(({ id: found }) => found)).toEqual([one.id]);
  });

  it('under the key of the caller is done once by several processes', async () => {
    const body = { name: newName(), version: '1.0.0', type: 'api' } as const;
    const idempotencyKey = `order-${newName()}`;
    const ids = [client(), client()].map(
      async (one) => (await one.post('/api/v1/services', { body, idempotencyKey })).id,
    );
    expect(new Set(await Promise.all(ids)).size).toBe(1);
  });

  it('is told where nothing makes it safe to send again, and sent again where the caller says so', async () => {
    const { id } = await created();
    const params = { path: { id } };
    proxy.lostAnswers = 1;
    const patched = registry.patch('/api/v1/services/{id}', { params, body: { owner: 'once' } });
    await expect(patched).rejects.toMatchObject({ name: 'ConnectionError', sent: true });
    expect(await registry.get('/api/v1/services/{id}', { params })).toMatchObject({ owner: 'once', revision: 2 });
    const bulk = { body: [{ type: 'agent', name: newName() }], params: { query: { on_conflict: 'update' } } } as const;
    proxy.lostAnswers = 1;
    await expect(registry.post('/api/v1/entities/bulk', { ...bulk, body: [...bulk.body] })).rejects.toMatchObject({
      sent: true,
    });
    proxy.lostAnswers = 1;
    const again = await registry.post('/api/v1/entities/bulk', { ...bulk, body: [...bulk.body], repeatable: true });
    expect(again).toMatchObject([{ index: 0 }]);
  });

  it('of a method that may be repeated is sent again', async () => {
    const name = newName();
    const { id } = await created(name);
    proxy.lostAnswers = 2;
    const put = { params: { path: { id } }, body: { name, version: '1.0.0', type: 'api', owner: 'me' } } as const;
    expect(await registry.put('/api/v1/services/{id}', put)).toMatchObject({ owner: 'me' });
  });
});

describe('a limit that is spent', () => {
  it('is waited for as long as the registry says', async () => {
    const rate_limit = { limit: 3, window_seconds: 1 };
    const { key } = await registry.post('/api/v1/gateway/keys', {
      body: { name: newName(), type: 'service_key', permissions: ['read:service'], rate_limit },
    });
    const limited = client({ apiKey: key, retries: 10 });
    const all = await Promise.all(Array.from({ length: 6 }, () => limited.get('/api/v1/services')));
    expect(all).toHaveLength(6);
    const hasty = client({ apiKey: key, retries: 0 });
    const refused = Promise.all(Array.from({ length: 8 }, () => hasty.get('/api/v1/services')));
    await expect(refused).rejects.toMatchObject({ status: 429, retryAfterMs: expect.any(Number) });
  });
});

describe('a token', () => {
  it('is made of a key, and anew before it ends', async () => {
    const source = jest.fn(keyTokens({ baseUrl: proxy.url, apiKey: service.adminKey, expiresIn: 5 }));
    const holder = client({ token: source });
    expect(await holder.get('/api/v1/gateway/whoami')).toMatchObject({ type: 'admin_key' });
    await holder.get('/api/v1/gateway/whoami');
    expect(source).toHaveBeenCalledTimes(2);
  });

  it('that does not hold is renewed, and the call made once more', async () => {
    const tokens = ['stale', service.adminKey];
    const seen: (string | undefined)[] = [];
    const holder = client({
      token: (previous) => {
        seen.push(previous);
        return tokens.shift() ?? 'none';
      },
    });
    const body = { name: newName(), version: '1.0.0', type: 'api' } as const;
    expect(await holder.post('/api/v1/services', { body })).toMatchObject({ owner: null });
    expect(seen).toEqual([undefined, 'stale']);
    await expect(client({ token: () => 'stale' }).get('/api/v1/services')).rejects.toMatchObject({ status: 401 });
  });
});

describe('a list', () => {
  const tag = 'of-the-list';
  beforeAll(async () => {
    for (let n = 0; n < 5; n += 1)
      await registry.post('/api/v1/entities', { body: { type: 'agent', name: newName(), tags: [tag] } });
  });

  it('is read to its end, page after page, over connections that break', async () => {
    const query = { tag: [tag], limit: 2, sort: 'name' } as const;
    const pages: number[] = [];
    for await (const page of registry.pages('/api/v1/entities', { params: { query: { ...query, tag: [tag] } } })) {
      pages.push(page.length);
      proxy.cut();
    }
    expect(pages).toEqual([2, 2, 1]);
    const names: string[] = [];
    for await (const { name } of registry.items('/api/v1/entities', { params: { query: { ...query, tag: [tag] } } }))
      names.push(name);
    expect(names).toHaveLength(5);
    expect(new Set(names).size).toBe(5);
  });

  it('is read no further than it is wanted, and from where it is told', async () => {
    const names: string[] = [];
    const query = { tag: [tag], limit: 2, offset: 3 };
    for await (const { name } of registry.items('/api/v1/entities', { params: { query } })) names.push(name);
    expect(names).toHaveLength(2);
    for await (const page of registry.pages('/api/v1/entities', { params: { query: { tag: ['nobody'] } } }))
      expect(page).toEqual([]);
  });
});
