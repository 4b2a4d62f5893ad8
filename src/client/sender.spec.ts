import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ConnectionError } from './connection-error.js';
import { ProblemError } from './problem.js';
import { RegistryClient, type RegistryClientOptions } from './registry-client.js';

type Reply = [status: number, body?: object, headers?: Record<string, string>] | Error;

/** A client of a registry that gives these answers, one after the other, and then 200. */
function before(replies: readonly Reply[], options: Partial<RegistryClientOptions> = {}): [RegistryClient, Request[]] {
  const left = [...replies];
  const seen: Request[] = [];
  const fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    seen.push(new Request(input, init));
    const reply = left.shift() ?? [200, {}];
    if (reply instanceof Error) return Promise.reject(reply);
    const [status, body = {}, headers] = reply;
    return Promise.resolve(Response.json(body, { status, headers }));
  };
  return [new RegistryClient({ baseUrl: 'https://r.example/base/', fetch, ...options }), seen];
}
const NOW = { 'retry-after': '0' };
const failed = (code: string): Error =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
afterEach(() => {
  jest.restoreAllMocks();
  Reflect.deleteProperty(crypto, 'randomUUID');
});

const create = { body: { type: 'agent', name: 'a' } } as const;
const keys = (seen: Request[]): (string | null)[] => seen.map(({ headers }) => headers.get('idempotency-key'));

describe('a call', () => {
  it('goes below the path of the service, with a request id, a key and what the caller adds', async () => {
    const [registry, seen] = before([], { apiKey: 'ureg_x', headers: { 'x-team': 'a' } });
    await registry.get('/api/v1/entities', { params: { query: { tag: ['a', 'b&c'] } }, headers: { 'x-one': '1' } });
    expect(seen[0]?.url).toBe('https://r.example/base/api/v1/entities?tag=a&tag=b%26c');
    expect(Object.fromEntries(seen[0]?.headers ?? [])).toMatchObject({
      'x-api-key': 'ureg_x',
      'x-team': 'a',
      'x-one': '1',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('that changes something carries one idempotency key through all its attempts', async () => {
    const [registry, seen] = before([[503, {}, NOW], failed('ECONNRESET'), [429, {}, NOW], [201, { id: 'x' }]]);
    expect(await registry.post('/api/v1/entities', create)).toEqual({ id: 'x' });
    expect(seen).toHaveLength(4);
    expect(new Set(keys(seen)).size).toBe(1);
    expect(keys(seen)[0]).toMatch(/^[0-9a-f-]{36}$/);
    await registry.post('/api/v1/entities', create);
    expect(keys(seen)[4]).not.toBe(keys(seen)[0]);
    expect(await Promise.all(seen.map((request) => request.text()))).toEqual(
      seen.map(() => '{"type":"agent","name":"a"}'),
    );
  });

  it('waits while its first attempt is still worked on', async () => {
    const inFlight: Reply = [409, { code: 'request.idempotency_in_flight' }, NOW];
    const [registry, seen] = before([failed('UND_ERR_SOCKET'), inFlight, inFlight, [201, { id: 'x' }]]);
    expect(await registry.post('/api/v1/entities', create)).toEqual({ id: 'x' });
    expect(new Set(keys(seen)).size).toBe(1);
    const [other] = before([[409, { code: 'entity.exists' }, NOW]]);
    await expect(other.post('/api/v1/entities', create)).rejects.toMatchObject({ status: 409, code: 'entity.exists' });
  });

  it.each([
    ['patch', failed('ECONNRESET'), 1],
    ['patch', [503, {}, NOW] as Reply, 1],
    ['patch', [429, {}, NOW] as Reply, 2],
    ['patch', failed('ECONNREFUSED'), 2],
    ['put', failed('ECONNRESET'), 2],
    ['delete', [502, {}, NOW] as Reply, 2],
    ['delete', [500] as Reply, 1],
  ] as const)('by %s after %p is made %i times', async (method, reply, times) => {
    const [registry, seen] = before([reply]);
    const params = { path: { id: 'a' } };
    const call = {
      patch: () => registry.patch('/api/v1/entities/{id}', { params, body: {} }),
      put: () => registry.put('/api/v1/entities/{id}', { params, ...create }),
      delete: () => registry.delete('/api/v1/entities/{id}', { params }),
    }[method]();
    const outcome = await call.then(
      () => 'done',
      () => 'thrown',
    );
    expect([outcome, seen.length]).toEqual([times > 1 ? 'done' : 'thrown', times]);
    expect(keys(seen)).toEqual(seen.map(() => null));
  });

  it('that cannot be made safe is made once, unless the caller says it may be repeated', async () => {
    const bulk = { body: [create.body] };
    const [registry, seen] = before([failed('ECONNRESET'), failed('ECONNRESET'), [200, { results: [] }]]);
    await expect(registry.post('/api/v1/entities/bulk', bulk)).rejects.toMatchObject({
      code: 'ECONNRESET',
      sent: true,
    });
    await registry.post('/api/v1/entities/bulk', { ...bulk, repeatable: true });
    expect(keys(seen)).toEqual([null, null, null]);
  });

  it('gives up where it would have to wait for longer than it may take, and after its retries', async () => {
    const [registry, seen] = before([[429, { detail: 'slow down' }, { 'retry-after': '60' }]]);
    await expect(registry.get('/api/v1/entities')).rejects.toMatchObject({
      message: 'slow down',
      retryAfterMs: 60_000,
    });
    expect(seen).toHaveLength(1);
    const [busy, asked] = before(Array.from({ length: 9 }, (): Reply => [503, {}, NOW]));
    await expect(busy.get('/api/v1/entities', { retries: 2 })).rejects.toBeInstanceOf(ProblemError);
    expect(asked).toHaveLength(3);
  });

  it('whose token cannot be had says so, and goes nowhere', async () => {
    const [registry, seen] = before([], { token: () => Promise.reject(new Error('the vault is sealed')) });
    await expect(registry.get('/api/v1/entities')).rejects.toThrow('the vault is sealed');
    expect(seen).toEqual([]);
  });

  it('is never sent on to where it is redirected: the key is for the registry alone', async () => {
    const elsewhere = 'https://elsewhere.example/api/v1/entities';
    const [registry, seen] = before([[307, {}, { location: elsewhere }]], { apiKey: 'ureg_x' });
    const error: unknown = await registry.post('/api/v1/entities', create).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ status: 307, code: 'http.307', message: expect.stringContaining(elsewhere) });
    expect(seen.map(({ redirect }) => redirect)).toEqual(['manual']);
  });

  it.each(['patch', 'post'] as const)(
    'by %s under a key that the registry does not keep is made once',
    async (method) => {
      const [registry, seen] = before([[503, {}, NOW]]);
      const call =
        method === 'patch'
          ? registry.patch('/api/v1/entities/{id}', { params: { path: { id: 'a' } }, body: {}, idempotencyKey: 'k' })
          : registry.post('/api/v1/entities/bulk', { body: [create.body], idempotencyKey: 'k' });
      await expect(call).rejects.toMatchObject({ status: 503 });
      expect(seen).toHaveLength(1);
    },
  );

  it('has its ids and its body in a browser, too, which may know neither randomUUID nor the body of a Request', async () => {
    Object.defineProperty(crypto, 'randomUUID', { value: undefined, configurable: true });
    jest.spyOn(Request.prototype, 'body', 'get').mockReturnValue(undefined as never);
    const [registry, seen] = before([[503, {}, NOW]]);
    await registry.post('/api/v1/entities', { ...create, retries: 1 });
    await registry.post('/api/v1/entities', { ...create, retries: 0 });
    await registry.get('/api/v1/entities');
    expect(new Set(keys(seen)).size).toBe(3);
    expect(keys(seen)[0]).toMatch(/^[0-9a-f]{32}$/);
    jest.restoreAllMocks();
    expect(await Promise.all(seen.map((request) => request.text()))).toEqual([
      ...Array.from({ length: 3 }, () => '{"type":"agent","name":"a"}'),
      '',
    ]);
  });

  it('has the request id of the caller, where there is one', async () => {
    const [registry, seen] = before([], { headers: { 'X-Request-Id': 'mine' } });
    await registry.get('/health');
    expect(seen[0]?.headers.get('x-request-id')).toBe('mine');
  });

  it('ends by its time and its signal while it waits for a token, too', async () => {
    const [registry] = before([], { token: () => new Promise<string>(() => undefined) });
    await expect(registry.get('/health', { timeoutMs: 10 })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    const waiting = registry.get('/health', { signal: AbortSignal.timeout(10) });
    await expect(waiting).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('leaves nothing of itself on the signal of its caller', async () => {
    const { signal } = new AbortController();
    const any = jest.spyOn(AbortSignal, 'any');
    const [registry] = before([[200, {}], [404]]);
    await registry.get('/health', { signal });
    await expect(registry.get('/health', { signal })).rejects.toMatchObject({ status: 404 });
    await expect(registry.events({ signal }).next()).rejects.toThrow('did not answer with a stream of events');
    const stream = (): Promise<Response> =>
      Promise.resolve(new Response('id: 7\ndata: {}\n\n', { headers: { 'content-type': 'text/event-stream' } }));
    const [follower] = before([], { fetch: stream });
    for await (const event of follower.events({ signal })) {
      expect(event).toEqual({});
      break;
    }
    await Promise.all(Array.from({ length: 20 }, () => registry.get('/health', { signal })));
    // One for all, however many there are.
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    expect(any).not.toHaveBeenCalled();
  });

  it('of the plain client ends by the signal of its caller however long its stream goes on', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const stop = new AbortController();
    let heard: AbortSignal | null | undefined;
    const [registry] = before([], {
      fetch: (_, init) => {
        heard = init?.signal;
        return Promise.resolve(new Response('a stream, say'));
      },
    });
    await registry.http.GET('/metrics', { signal: stop.signal, parseAs: 'stream' });
    for (let n = 0; n < 3; n += 1) {
      await new Promise(setImmediate);
      collect();
    }
    stop.abort();
    expect(heard?.aborted).toBe(true);
  });

  it('goes to an address of the web only', () => {
    for (const baseUrl of ['localhost:8080', 'ftp://r.example'])
      expect(() => before([], { baseUrl })).toThrow(`"${baseUrl}" does not begin with http:// or https://`);
  });

  it('for a list is refused by what answers with something else', async () => {
    const [registry] = before([[200, { hello: 'world' }]]);
    await expect(registry.items('/api/v1/entities').next()).rejects.toThrow('did not answer with a list');
  });

  it('that fails before anything is sent tells why', async () => {
    const [registry] = before([failed('ENOTFOUND')]);
    const call = registry.post('/api/v1/entities', create);
    await expect(call).rejects.toBeInstanceOf(ConnectionError);
    await expect(call).rejects.toMatchObject({ code: 'ENOTFOUND', sent: false, message: 'the host name is not known' });
  });
});
