import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RegistryClient, type ClientOptions, type RegistryRequest } from './client.js';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let seen: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string }[];
let answers: Answer[];

beforeEach(async () => {
  seen = [];
  answers = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      (answers.shift() ?? ok({}))(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const ok =
  (value: unknown): Answer =>
  (_, response) =>
    void response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
const problem =
  (status: number, body: object = {}, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response
      .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
      .end(JSON.stringify(body));

function client(options: Partial<ClientOptions> = {}): RegistryClient {
  const { port } = server.address() as AddressInfo;
  return new RegistryClient({
    server: new URL(`http://127.0.0.1:${port}/base`),
    key: 'ureg_secret',
    timeoutMs: 5000,
    retries: 2,
    program: 'ureg',
    version: '0.2.0',
    ...options,
  });
}

const GET: RegistryRequest = { method: 'GET', path: '/api/v1/entities' };
const POST: RegistryRequest = { method: 'POST', path: '/api/v1/entities', body: { name: 'ü' } };

describe('a request', () => {
  it('carries the key, the program, a request id and its query, below the path of the server', async () => {
    answers = [ok([1])];
    const rows = await client().json({ ...GET, query: { type: 'plugin', tag: ['a', 'b&c'], all: undefined, n: 5 } });
    expect(rows).toEqual([1]);
    expect(seen[0]).toMatchObject({ method: 'GET', url: '/base/api/v1/entities?type=plugin&tag=a&tag=b%26c&n=5' });
    expect(seen[0]?.headers).toMatchObject({
      authorization: 'Bearer ureg_secret',
      'user-agent': `ureg/0.2.0 node/${process.versions.node}`,
    });
    expect(seen[0]?.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('that creates carries an idempotency key, the same one when it is repeated', async () => {
    answers = [problem(503), ok({})];
    await client().request(POST);
    const keys = seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(seen.map(({ body }) => body)).toEqual(['{"name":"ü"}', '{"name":"ü"}']);
  });

  it('with a streamed body carries none, and is not repeated unless it may be', async () => {
    answers = [problem(503), ok({})];
    await expect(client().request({ ...POST, path: '/api/v1/entities/bulk' })).rejects.toMatchObject({ exitCode: 7 });
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual([undefined]);
    answers = [problem(503), ok({})];
    await client().request({ ...POST, path: '/api/v1/entities/bulk', repeatable: true });
    expect(seen).toHaveLength(3);
  });

  it('that may happen once only carries none either, and is repeated only where it cannot have arrived', async () => {
    const refresh = { ...POST, path: '/api/v1/gateway/tokens/refresh', once: true };
    answers = [problem(503), (request) => void request.socket.destroy(), problem(429, {}, { 'retry-after': '0' })];
    await expect(client().request(refresh)).rejects.toMatchObject({ exitCode: 7 });
    await expect(client().request(refresh)).rejects.toMatchObject({ exitCode: 6 });
    expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual([undefined, undefined]);
    await client().request(refresh);
    expect(seen).toHaveLength(4);
  });

  it('that is no POST is not made safe by an idempotency key', async () => {
    answers = [problem(503), ok({})];
    const patch = { method: 'PATCH', path: '/x', body: {}, headers: { 'idempotency-key': 'k' } } as const;
    await expect(client().request(patch)).rejects.toMatchObject({ exitCode: 7 });
    expect(seen).toHaveLength(1);
  });

  it('after 429 waits as told, and gives up where that is beyond the time-out', async () => {
    answers = [problem(429, {}, { 'retry-after': '0' }), ok({})];
    await client().request(POST);
    expect(seen).toHaveLength(2);
    answers = [problem(429, { detail: 'slow down' }, { 'retry-after': '60' })];
    await expect(client().request(GET)).rejects.toMatchObject({ exitCode: 8, message: 'slow down', status: 429 });
    expect(seen).toHaveLength(3);
  });

  it('is given up after the time-out', async () => {
    answers = [() => undefined];
    await expect(client({ timeoutMs: 100 }).request(GET)).rejects.toMatchObject({ code: 'cli.timeout', exitCode: 6 });
    expect(seen).toHaveLength(1);
  });

  it('whose answer stops in the middle is given up after the time-out', async () => {
    answers = [(_, response) => void response.writeHead(200, { 'content-length': '100' }).write('{"a"')];
    await expect(client({ timeoutMs: 200 }).request(GET)).rejects.toMatchObject({ exitCode: 6 });
  });

  it('whose connection is cut is repeated when it only reads', async () => {
    answers = [(request) => void request.socket.destroy(), ok({ fine: true })];
    expect(await client().json(GET)).toEqual({ fine: true });
    answers = [(request) => void request.socket.destroy()];
    await expect(client().request({ method: 'PATCH', path: '/x', body: {} })).rejects.toMatchObject({ exitCode: 6 });
    expect(seen).toHaveLength(3);
  });
});

describe('an error answer', () => {
  it.each([
    [400, 11],
    [401, 4],
    [403, 4],
    [404, 3],
    [409, 5],
    [412, 5],
    [413, 11],
    [422, 11],
    [500, 7],
    [504, 7],
  ])('%i ends with exit code %i', async (status, exitCode) => {
    answers = Array.from({ length: 3 }, () => problem(status, { code: 'x.y', detail: 'why', request_id: 'r1' }));
    await expect(client().request(GET)).rejects.toMatchObject({
      status,
      exitCode,
      code: 'x.y',
      message: 'why',
      requestId: 'r1',
    });
  });

  it('of a missing permission names it, once', async () => {
    answers = [
      problem(403, { missing: 'admin:keys' }),
      problem(403, { detail: 'needs admin:keys', missing: 'admin:keys' }),
    ];
    await expect(client().request(GET)).rejects.toMatchObject({ exitCode: 4, reason: 'missing: admin:keys' });
    await expect(client().request(GET)).rejects.toMatchObject({ message: 'needs admin:keys', reason: undefined });
  });

  it('keeps the fields that were wrong', async () => {
    answers = [problem(400, { detail: 'no', errors: [{ field: 'name', message: 'is empty' }], type: 'about:blank' })];
    await expect(client().request(POST)).rejects.toMatchObject({
      details: { errors: [{ field: 'name', message: 'is empty' }] },
    });
  });

  it('that redirects says where to, and is not followed with the key', async () => {
    const to = (location?: string): Answer => problem(301, {}, location === undefined ? {} : { location });
    answers = [to('https://registry.example.com/base/api/v1/entities?limit=5'), to('/base/login'), to()];
    await expect(client().request({ ...GET, query: { limit: 5 } })).rejects.toMatchObject({
      code: 'cli.redirected',
      exitCode: 1,
      status: 301,
      reason: 'GET /api/v1/entities is redirected to https://registry.example.com/base/api/v1/entities?limit=5',
      next: 'ureg health --server https://registry.example.com/base',
    });
    const options = { exitCode: 1, code: 'cli.redirected', next: 'ureg health --server <url>' };
    await expect(client().request({ method: 'DELETE', path: '/x' })).rejects.toMatchObject(options);
    await expect(client().request(GET)).rejects.toMatchObject({ ...options, reason: expect.stringMatching(/ 301$/) });
  });

  it('that is no problem document still has a code and words', async () => {
    answers = [(_, response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>gone</h1>')];
    await expect(client().request(GET)).rejects.toMatchObject({ code: 'http.404', message: 'not found', exitCode: 3 });
  });

  it('is no error where the status was expected', async () => {
    answers = [problem(503, { status: 'unavailable' })];
    const answer = await client().request({ ...GET, accepts: [503] });
    expect([answer.status, answer.json()]).toEqual([503, { status: 'unavailable' }]);
  });
});

describe('an answer that is no JSON', () => {
  it('is said to come from something else than a registry', async () => {
    answers = [(_, response) => void response.setHeader('content-type', 'text/html').end('<html>')];
    await expect(client().json(GET)).rejects.toMatchObject({
      code: 'cli.unexpected_answer',
      exitCode: 1,
      reason: 'expected JSON, got text/html',
    });
  });
});

describe('debug lines', () => {
  it('show the request and its end, never the key', async () => {
    const lines: string[] = [];
    answers = [problem(503), ok({})];
    await client({ debug: (line) => lines.push(line) }).request(GET);
    expect(lines.map((line) => line.replace(/\d+ ms|[0-9a-f-]{36}/g, '…'))).toEqual([
      '> GET /base/api/v1/entities',
      '< 503 …, request …',
      '  again in …',
      '> GET /base/api/v1/entities',
      '< 200 …, request …',
    ]);
    expect(lines.join('\n')).not.toContain('ureg_secret');
  });
});
