import { gzipSync, brotliCompressSync, deflateSync } from 'node:zlib';
import { connect } from 'node:net';
import { VERSION } from '../../src/platform/env/version.js';
import { ApiClient } from '../support/api-client.js';
import { probes } from './http-probes.js';
import type { Probes } from './http-probes.js';

let service: Probes;
let api: ApiClient;

beforeAll(async () => {
  service = await probes({ BODY_LIMIT: '64k', BULK_LIMIT: '256k', CORS_ORIGINS: 'https://app.example' });
  api = new ApiClient(service.url);
});
afterAll(() => service.close());

/** Sends raw bytes and breaks the connection off. */
function sendAndBreak(bytes: string): Promise<void> {
  const { port, hostname } = new URL(service.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(bytes, () => setTimeout(() => socket.destroy(), 50)),
    );
    socket.on('close', () => resolve());
  });
}

describe('a request', () => {
  it('gets an id, which the handler and the answer know', async () => {
    const { headers, body } = await api.get('/probe/context');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toEqual({ requestId: headers.get('x-request-id') });
  });

  it('keeps the id and trace it brings', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const brought = { 'x-request-id': 'ci-4711.a_B', traceparent: `00-${trace}-b7ad6b7169203331-01` };
    const { headers, body } = await api.get('/probe/context', brought);
    expect(headers.get('x-request-id')).toBe('ci-4711.a_B');
    expect(body).toEqual({ requestId: 'ci-4711.a_B', traceId: trace });
  });

  it.each(['a b', '<script>', 'x'.repeat(129), 'a;b'])('loses an id that is none: %j', async (id) => {
    const { headers } = await api.get('/probe/context', { 'x-request-id': id });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('keeps the contexts of a hundred at once apart', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `r-${index}`);
    const answers = await Promise.all(ids.map((id) => api.get('/probe/context', { 'x-request-id': id })));
    expect(answers.map(({ body }) => body.requestId)).toEqual(ids);
  });

  it('is answered with safe headers, and without those that tell what runs here', async () => {
    const { headers } = await api.get('/probe/context');
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('strict-transport-security')).toContain('max-age=31536000');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('etag')).toBeNull();
  });

  it('is told the version of the service, so that a client knows what it can ask for', async () => {
    const { headers } = await api.get('/probe/context');
    expect(headers.get('x-registry-version')).toBe(VERSION);
  });

  it('is logged with its time at debug, without its query', async () => {
    await api.get('/probe/items/7?access_token=hunter2', { 'x-request-id': 'logged' });
    const lines = service.log.map((line) => JSON.parse(line)).filter(({ request_id }) => request_id === 'logged');
    expect(lines).toEqual([
      expect.objectContaining({ method: 'GET', path: '/probe/items/7', status: 200, ms: expect.any(Number) }),
    ]);
  });

  it('by HEAD gets the headers of GET and no body', async () => {
    const answer = await api.call('HEAD', '/probe/items/7');
    expect(answer).toMatchObject({ status: 200, body: '' });
    expect(answer.headers.get('content-length')).toBe(String(JSON.stringify({ id: '7' }).length));
  });

  it('may write its path in other case or with a slash at the end', async () => {
    for (const path of ['/PROBE/items/x', '/probe/items/x/']) expect((await api.get(path)).body).toEqual({ id: 'x' });
    expect((await api.get('/probe/items/A%2FB%20c')).body).toEqual({ id: 'A/B c' });
  });

  it('gets texts, streams and empty answers as they are meant', async () => {
    expect(await api.get('/probe/text')).toMatchObject({ status: 200, body: 'plain' });
    expect(await api.get('/probe/nothing')).toMatchObject({ status: 204, body: '' });
    const lines = (await api.get('/probe/lines')).body as string;
    expect(lines.trim().split('\n')).toHaveLength(1000);
  });

  it('is answered compressed where that pays and the client can read it', async () => {
    const big = await fetch(`${service.url}/probe/big`);
    expect(big.headers.get('content-encoding')).toMatch(/^(gzip|br)$/);
    expect(await big.json()).toEqual({ text: 'x'.repeat(10_000) });
    expect((await fetch(`${service.url}/probe/text`)).headers.get('content-encoding')).toBeNull();
    expect((await api.get('/probe/big', { 'accept-encoding': 'identity' })).headers.get('content-encoding')).toBeNull();
  });

  it('for a list is told where it goes on', async () => {
    const { headers, body } = await api.get('/probe/list?limit=2&sort=-name');
    expect(body).toEqual([2]);
    expect(headers.get('link')).toBe('</probe/list?limit=2&sort=-name&cursor=abc>; rel="next"');
    expect(headers.get('x-total-count')).toBe('3');
  });
});

describe('a page of another origin', () => {
  it('may call when it is named', async () => {
    const { headers } = await api.get('/probe/text', { origin: 'https://app.example' });
    expect(headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(headers.get('access-control-expose-headers')).toContain('X-Request-Id, X-Registry-Version');
    const asked = {
      origin: 'https://app.example',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'x-api-key',
    };
    const preflight = await api.call('OPTIONS', '/probe/body', undefined, asked);
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('x-api-key');
  });

  it('may not when it is not', async () => {
    const asked = { origin: 'https://evil.example', 'access-control-request-method': 'PUT' };
    for (const answer of [
      await api.get('/probe/text', asked),
      await api.call('OPTIONS', '/probe/body', undefined, asked),
    ])
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a JSON body', () => {
  it('is parsed and checked', async () => {
    const { status, body } = await api.post('/probe/body', {
      name: 'ok',
      inner: { size: 1 },
      metadata: { free: [1, null] },
    });
    expect(status).toBe(201);
    expect(body).toEqual({ name: 'ok', inner: { size: 1 }, metadata: { free: [1, null] } });
  });

  it('may be a patch, or nothing at all', async () => {
    expect(
      (await api.post('/probe/free', { a: 1 }, { 'content-type': 'application/merge-patch+json; charset=UTF-8' }))
        .status,
    ).toBe(201);
    expect((await api.post('/probe/free')).body).toEqual({ body: null });
  });

  it('with wrong fields is refused, each named by its path', async () => {
    const { status, body } = await api.post('/probe/body', {
      name: 5,
      colour: 'red',
      inner: { size: '1', x: 1 },
      list: [{ size: 1 }, { size: null }],
    });
    expect(status).toBe(400);
    expect(body.errors).toEqual(
      expect.arrayContaining([
        { field: 'name', message: 'must be a string' },
        { field: 'colour', message: 'is not a known field' },
        { field: 'inner.size', message: 'must be an integer number' },
        { field: 'inner.x', message: 'is not a known field' },
        { field: 'list.1.size', message: 'must be an integer number' },
      ]),
    );
    expect(body.errors).toHaveLength(5);
  });

  it.each(['[]', '"x"', '5', 'null', 'true'])('that is no object but %s is refused', async (text) => {
    const { status, body } = await api.post('/probe/body', text);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field: 'body', message: 'must be a JSON object' }]);
  });

  it.each([
    ['a missing one', undefined],
    ['an empty one', ''],
  ])('%s is refused where one is needed', async (_, text) => {
    const { status, body } = await api.post('/probe/body', text);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field: 'body', message: 'is missing; a JSON object is needed' }]);
  });

  it('in another format or charset is a 415 that says what is read', async () => {
    for (const type of [
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
      '',
    ]) {
      const { status, body } = await api.post('/probe/body', '{"name":"a"}', { 'content-type': type });
      expect({ type, status, code: body.code }).toEqual({ type, status: 415, code: 'request.unsupported_media_type' });
    }
    expect(
      (await api.post('/probe/body', '{"name":"a"}', { 'content-type': 'application/json; charset=latin1' })).status,
    ).toBe(415);
    expect((await api.post('/probe/body', '{"name":"a"}', { 'content-encoding': 'zstd' })).status).toBe(415);
  });

  it('that is not UTF-8 is refused', async () => {
    const { status, body } = await api.post('/probe/body', Buffer.from([0x22, 0xff, 0x22]));
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [{ field: 'body', message: 'is not valid UTF-8' }],
    });
  });

  it('may come compressed', async () => {
    const text = JSON.stringify({ name: 'packed' });
    for (const [encoding, bytes] of Object.entries({
      gzip: gzipSync(text),
      deflate: deflateSync(text),
      br: brotliCompressSync(text),
    }))
      expect((await api.post('/probe/body', bytes, { 'content-encoding': encoding })).body).toEqual({ name: 'packed' });
  });

  it.each(['gzip', 'deflate', 'br'])('that only claims to be %s is a 400', async (encoding) => {
    const { status, body } = await api.post('/probe/body', '{"name":"a"}', { 'content-encoding': encoding });
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [{ field: 'body', message: 'is not validly compressed' }],
    });
  });

  it('over the limit is a 413 that says the limit, announced, chunked or inflated', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(70_000) });
    const chunked = new ReadableStream({ pull: (stream) => (stream.enqueue(Buffer.from(large)), stream.close()) });
    const answers = [
      await api.post('/probe/free', large),
      await api.post('/probe/free', chunked),
      await api.post('/probe/free', gzipSync(Buffer.alloc(50 * 1024 * 1024)), { 'content-encoding': 'gzip' }),
    ];
    for (const { status, body } of answers)
      expect({ status, code: body.code, limit: body.limit }).toEqual({
        status: 413,
        code: 'request.too_large',
        limit: 65_536,
      });
    expect((await api.get('/probe/text')).status).toBe(200);
  });
});

describe('a streamed body', () => {
  it('is read item by item from NDJSON and from arrays', async () => {
    const lines = await api.post('/probe/items', '{"a":1}\n\n[2]\n{broken\n{"a":"\\u0000"}', {
      'content-type': 'application/x-ndjson',
    });
    expect(lines.body).toEqual([
      { index: 0, value: { a: 1 } },
      { index: 1, value: [2] },
      { index: 2, errors: [{ field: '2', message: expect.stringContaining('is not valid JSON') }] },
      { index: 3, errors: [{ field: '3.a', message: 'must not contain NUL characters or unpaired surrogates' }] },
    ]);
    const lists = await api.post('/probe/items', { entries: [{ n: 1 }], edges: [2, 3] });
    expect(lists.body).toEqual([
      { index: 0, list: 'entries', value: { n: 1 } },
      { index: 1, list: 'edges', value: 2 },
      { index: 2, list: 'edges', value: 3 },
    ]);
  });

  it('has its own, larger limit', async () => {
    const body = JSON.stringify(Array.from({ length: 1000 }, () => 'x'.repeat(100)));
    expect((await api.post('/probe/items', body)).body).toHaveLength(1000);
    const over = await api.post('/probe/items', gzipSync(`[${'"xxxxxxxx",'.repeat(40_000)}1]`), {
      'content-encoding': 'gzip',
    });
    expect({ status: over.status, limit: over.body.limit }).toEqual({ status: 413, limit: 262_144 });
  });

  it('of another type is a 415', async () => {
    const { status, body } = await api.post('/probe/items', 'a,b', { 'content-type': 'text/csv' });
    expect({ status, detail: body.detail }).toEqual({
      status: 415,
      detail: 'Content-Type must be application/json or application/x-ndjson.',
    });
  });

  it('that breaks off ends only its own request', async () => {
    const head = 'POST /probe/items HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    await sendAndBreak(`${head}Content-Length: 100\r\n\r\n[1,2`);
    await sendAndBreak(`${head}Transfer-Encoding: chunked\r\n\r\n4\r\n[1,2\r\n`);
    await sendAndBreak(`${head.replace('items', 'body')}Content-Length: 100\r\n\r\n{`);
    expect((await api.get('/probe/text')).status).toBe(200);
  });
});
