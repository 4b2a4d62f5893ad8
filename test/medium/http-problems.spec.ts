import { connect } from 'node:net';
import { VERSION } from '../../src/platform/env/version.js';
import { ApiClient } from '../support/api-client.js';
import type { Answer } from '../support/api-client.js';
import { probes } from './http-probes.js';
import type { Probes } from './http-probes.js';

let service: Probes;
let api: ApiClient;

beforeAll(async () => {
  service = await probes();
  api = new ApiClient(service.url);
});
afterAll(() => service.close());

/** Every problem has the same members, whatever it is about. */
function expectProblem(answer: Answer, expected: { status: number; code: string; [member: string]: unknown }): void {
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect({ ...answer.body, http: answer.status }).toMatchObject({ ...expected, http: expected.status });
  expect(answer.body.type).toMatch(/^\/problems\/[a-z-]+$/);
  expect(answer.body.title).toEqual(expect.any(String));
  expect(answer.body.detail).toEqual(expect.any(String));
  expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
  expect(answer.headers.get('x-registry-version')).toBe(VERSION);
}

/** The answer to bytes that may be no HTTP at all. */
function raw(bytes: string): Promise<string> {
  const { port, hostname } = new URL(service.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let answer = '';
    socket.on('data', (data) => (answer += data.toString('latin1')));
    socket.on('close', () => resolve(answer));
  });
}

describe('a problem', () => {
  it('of an unknown path is a 404 in our words', async () => {
    expectProblem(await api.get('/no/such/path?secret=1'), {
      status: 404,
      code: 'route.not_found',
      instance: '/no/such/path',
    });
  });

  it('of a wrong method names the right ones', async () => {
    const answer = await api.delete('/probe/items/7');
    expectProblem(answer, { status: 405, code: 'route.method_not_allowed', allowed: ['GET', 'HEAD'] });
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
    expectProblem(await api.get('/probe/body'), { status: 405, code: 'route.method_not_allowed', allowed: ['POST'] });
  });

  it('of a failure shows nothing of it, and is logged under its request id', async () => {
    const answer = await api.get('/probe/boom');
    expectProblem(answer, { status: 500, code: 'internal' });
    expect(JSON.stringify(answer.body)).not.toMatch(/hunter2|TypeError|at /);
    const line = service.log
      .map((text) => JSON.parse(text))
      .find(({ request_id, level }) => request_id === answer.body.request_id && level === 'error');
    expect(line).toMatchObject({
      name: 'http',
      path: '/probe/boom',
      err: { message: 'the secret is hunter2', stack: expect.stringContaining('boom') },
    });
  });

  it('of a database that is away is a 503 with a time to come back', async () => {
    const answer = await api.get('/probe/lost');
    expectProblem(answer, { status: 503, code: 'database.unavailable' });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.body.detail).not.toContain('10.0.0.1');
  });

  it('may say more, but not other than the standard members', async () => {
    expectProblem(await api.get('/probe/conflict'), {
      status: 409,
      code: 'probe.state',
      type: '/problems/conflict',
      state: 'running',
      allowed: ['stop'],
    });
  });

  it('in the middle of an answer cuts the connection, so that no half passes for a whole', async () => {
    await expect(fetch(`${service.url}/probe/cut`).then((response) => response.text())).rejects.toThrow(
      /fetch failed|terminated/,
    );
  });

  it.each([
    ['a broken %-sequence', '/probe/items/%E0%A4%A', 'path'],
    ['a NUL character in the path', '/probe/items/a%00b', 'id'],
    ['a NUL character in the query', '/probe/list?q=%00', 'q'],
    ['a broken %-sequence in the query', '/probe/list?sort=%', 'sort'],
    ['an unknown parameter', '/probe/list?colour=red', 'colour'],
    ['a prototype', '/probe/list?__proto__=1', '__proto__'],
    ['a list where one is meant', '/probe/list?limit=1&limit=2', 'limit'],
    ['a cursor of nowhere', '/probe/list?cursor=a&cursor=b', 'cursor'],
  ])('of %s is a 400 that names the field', async (_, path, field) => {
    const answer = await api.get(path);
    expectProblem(answer, { status: 400, code: 'request.invalid' });
    expect(answer.body.errors[0].field).toBe(field);
  });

  it.each([
    ['a header over 16 KiB', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['no HTTP', 'HELO registry\r\n\r\n', 400],
    ['two lengths', 'POST /probe/body HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n', 400],
    [
      'a length and chunks',
      'POST /probe/body HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ])('of %s on the wire is a %s', async (_, bytes, status) => {
    const answer = await raw(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain(`\r\nX-Registry-Version: ${VERSION}\r\n`);
  });

  it('has a type that leads to its explanation', async () => {
    const { body } = await api.get('/nowhere');
    expect((await api.get(body.type)).body).toMatchObject({
      type: '/problems/not-found',
      title: body.title,
      status: 404,
    });
    const all = (await api.get('/problems')).body as { type: string }[];
    for (const { type } of all) expect((await api.get(type)).status).toBe(200);
    expectProblem(await api.get('/problems/none'), { status: 404, code: 'problem.not_found' });
  });
});

describe('a process that only runs jobs', () => {
  it('answers operations and nothing else', async () => {
    const worker = await probes({ ROLE: 'worker' });
    const client = new ApiClient(worker.url);
    expectProblem(await client.get('/probe/text'), { status: 404, code: 'route.not_here' });
    await worker.close();
  });
});

describe('the pages of the documentation', () => {
  it('come whole from here, with a policy that lets nothing else in', async () => {
    for (const path of ['/docs', '/redoc']) {
      const { status, headers, body } = await api.get(path);
      expect({ path, status, type: headers.get('content-type') }).toEqual({
        path,
        status: 200,
        type: 'text/html; charset=utf-8',
      });
      expect(headers.get('content-security-policy')).toContain("script-src 'self'");
      const files = [...(body as string).matchAll(/(?:src|href|spec-url)="([^"]+)"/g)].map(([, file]) => file);
      expect(files.length).toBeGreaterThan(2);
      for (const file of files) expect({ file, status: (await api.get(file)).status }).toEqual({ file, status: 200 });
      expect(body).not.toMatch(/https?:\/\//);
    }
  });

  it.each(['/docs/package.json', '/docs/..%2fpackage.json', '/redoc/constructor', '/docs/__proto__'])(
    '%s is no file of theirs',
    async (path) => {
      expectProblem(await api.get(path), { status: 404, code: 'file.not_found' });
    },
  );
});
