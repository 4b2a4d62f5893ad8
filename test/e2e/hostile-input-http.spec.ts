import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Answer } from '../support/api-client.js';
import { testApp } from '../support/test-app.js';
import type { TestApp } from '../support/test-app.js';
import { converse } from '../support/wire-client.js';
import { Logger } from '../../src/platform/logging/logger.js';

const ENTITIES = '/api/v1/entities';
const MIB = 1024 ** 2;
const TEN_MIB = 'a'.repeat(10 * MIB);

describe('connections that do not keep to HTTP', () => {
  let app: TestApp;
  const log: string[] = [];

  beforeAll(async () => {
    const logger = Logger.create({ logLevel: 'warn', logFormat: 'json' }, { write: (line) => log.push(line) });
    app = await testApp({ logger });
    const entries = Array.from({ length: 3000 }, (_, n) => ({
      type: 'resource',
      name: `r${n}`,
      description: `a thing of no use ${'that goes on '.repeat(60)}`,
    }));
    await app.api.post(`${ENTITIES}/bulk`, entries);
  });
  afterAll(() => app.close());
  /** Twenty questions at once, more than there are connections: those that were kept would be missing here. */
  async function answering(): Promise<number[]> {
    const ask = (_: unknown, n: number): Promise<Answer> => app.api.get(`${ENTITIES}/resource_r${n}`);
    return (await Promise.all(Array.from({ length: 20 }, ask))).map(({ status }) => status);
  }
  const ALL = Array<number>(20).fill(200);

  const chunked = 'Transfer-Encoding: chunked';
  const post = 'POST /api/v1/search HTTP/1.1\r\nHost: a';
  it.each([
    [
      'both lengths',
      `${post}\r\nContent-Length: 5\r\n${chunked}\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`,
    ],
    [
      'two lengths',
      `${post}\r\nContent-Length: 2\r\nContent-Length: 44\r\n\r\n{}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`,
    ],
    ['a negative length', `${post}\r\nContent-Length: -1\r\n\r\n`],
    ['a length with a sign', `${post}\r\nContent-Length: +2\r\n\r\n{}`],
    ['a length of letters', `${post}\r\nContent-Length: 0x2\r\n\r\n{}`],
    ['a huge length', `${post}\r\nContent-Length: 99999999999999999999999\r\n\r\n{}`],
    ['an unknown coding', `${post}\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ['a coding with a tab', `${post}\r\nTransfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n`],
    ['a space before the colon', `${post}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ['a folded header', `${post}\r\nX-A: b\r\n c\r\n\r\n`],
    ['a NUL in a header', `${post}\r\nX-A: b\0c\r\n\r\n`],
    ['a header without a name', `${post}\r\n: b\r\n\r\n`],
    ['a bare carriage return', `${post}\r\nX-A: b\rX-B: c\r\n\r\n`],
    ['a header of 20 KiB', `${post}\r\nX-A: ${'a'.repeat(20_480)}\r\n\r\n`],
    ['an address of 20 KiB', `GET /${'a'.repeat(20_480)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['an address with a space', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['an unknown method', 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['no host', 'GET /health/live HTTP/1.1\r\n\r\n'],
    ['another version', 'GET /health/live HTTP/7.7\r\nHost: a\r\n\r\n'],
    ['a greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a greeting of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['noise', `${'\xfe\x80\x07'.repeat(300)}\r\n\r\n`],
  ])('are refused and ended: %s', async (_, bytes) => {
    const answer = await converse(app.url, Buffer.from(bytes, 'latin1'));
    const [head, ...more] = answer.split(/(?=HTTP\/1\.1 )/);
    expect(more).toEqual([]);
    expect(head).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(head).toMatch(/\r\nConnection: close\r\n/i);
    expect(head).toContain('application/problem+json');
    expect(answer).not.toContain('smuggled');
  });

  it.each([
    [
      'a broken chunk',
      `${post}\r\n${chunked}\r\nX-API-Key: KEY\r\nContent-Type: application/json\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
    ],
    [
      'a chunk of endless size',
      `${post}\r\n${chunked}\r\nX-API-Key: KEY\r\nContent-Type: application/json\r\n\r\n${'f'.repeat(17)}\r\n`,
    ],
  ])('break off in the middle of a body: %s', async (_, bytes) => {
    const answer = await converse(app.url, bytes.replace('KEY', app.adminKey));
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(await answering()).toEqual(ALL);
  });

  it('offer another protocol and are served by this one', async () => {
    const offer = 'Host: a\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk';
    expect(await converse(app.url, `GET /health/live HTTP/1.1\r\n${offer}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 OK/);
    const body = '{"limit":1}';
    const search = `POST /api/v1/search HTTP/1.1\r\n${offer}\r\nX-API-Key: ${app.adminKey}\r\nContent-Type: application/json`;
    expect(await converse(app.url, `${search}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)).toMatch(
      /^HTTP\/1\.1 200 OK/,
    );
    const socket = `GET ${ENTITIES} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket`;
    expect(await converse(app.url, `${socket}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 401 /);
    const odd = 'GET /ws HTTP/1.1\r\nHost: [\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n';
    expect(await converse(app.url, odd)).toMatch(/^HTTP\/1\.1 4\d\d .*problem\+json/s);
    expect(
      await converse(app.url, 'GET /health/live HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nConnection: close\r\n\r\n'),
    ).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it.each([
    ['a field', ENTITIES, { type: 'service', name: 'a', title: TEN_MIB }],
    ['a search', '/api/v1/search', { query: TEN_MIB }],
    ['one item of a bulk', `${ENTITIES}/bulk`, [{ type: 'service', name: 'a', description: TEN_MIB }]],
    ['the name of a list', `${ENTITIES}/import`, { [TEN_MIB]: [] }],
  ])('send ten megabytes and are told the limit: %s', async (_, path, body) => {
    const answer = await app.api.post(path, body);
    expect([400, 413]).toContain(answer.status);
    if (answer.status === 413)
      expect(answer.body).toMatchObject({ code: 'request.too_large', limit: expect.any(Number) });
    const unknown = await app.api.as(undefined).post(path, body);
    expect(unknown.status).toBe(401);
  });

  it.each([
    ['JSON', ENTITIES, 'application/json', Buffer.alloc(80 * MIB, 0x20)],
    ['lines', `${ENTITIES}/bulk?mode=best_effort`, 'application/x-ndjson', Buffer.alloc(80 * MIB, 0x0a)],
    ['a list', `${ENTITIES}/bulk?mode=best_effort`, 'application/json', Buffer.alloc(80 * MIB, 0x5b)],
    ['YAML', `${ENTITIES}/import`, 'application/yaml', Buffer.alloc(80 * MIB, 0x2d)],
  ])(
    'send eighty megabytes in eighty kilobytes: %s',
    async (_, path, type, bytes) => {
      const before = process.memoryUsage().rss;
      const bomb = gzipSync(bytes);
      const answer = await app.api.post(path, bomb, { 'Content-Type': type, 'Content-Encoding': 'gzip' });
      expect(answer.status).toBe(413);
      expect(process.memoryUsage().rss - before).toBeLessThan(400 * MIB);
    },
    120_000,
  );

  it.each([
    ['no gzip', 'gzip', Buffer.from('{"type":"service","name":"a"}')],
    ['half a gzip', 'gzip', gzipSync(Buffer.from('{"type":"service","name":"a"}')).subarray(0, 30)],
    ['no brotli', 'br', Buffer.alloc(100, 1)],
    ['no deflate', 'deflate', Buffer.alloc(100, 255)],
  ])('send what is not packed as they say: %s', async (_, encoding, bytes) => {
    const answer = await app.api.post(ENTITIES, bytes, { 'Content-Encoding': encoding });
    expect(answer).toMatchObject({ status: 400, body: { code: expect.stringContaining('request.') } });
  });

  /** Begins a request and gives it up. */
  async function abandon(
    path: string,
    method = 'GET',
    headers: Record<string, string> = {},
    part?: string,
  ): Promise<void> {
    const begun = request(app.url + path, { method, headers: { 'X-API-Key': app.adminKey, ...headers } });
    begun.on('error', () => undefined);
    if (part === undefined) {
      begun.end();
      const [answer] = (await once(begun, 'response')) as [NodeJS.ReadableStream];
      answer.on('error', () => undefined);
      await once(answer, 'readable');
    } else {
      begun.write(part);
      await pause(20);
    }
    begun.destroy();
  }

  it.each([
    ['exports', `${ENTITIES}/export`, {}],
    ['exports in gzip', `${ENTITIES}/export?format=json`, { 'Accept-Encoding': 'gzip' }],
    ['exports in YAML', `${ENTITIES}/export?format=yaml`, {}],
    ['lists', `${ENTITIES}?limit=1000`, {}],
    ['streams', '/api/v1/events', { Accept: 'text/event-stream' }],
  ])('leave fifty %s in the middle', async (_, path, headers: Record<string, string>) => {
    await Promise.all(Array.from({ length: 50 }, () => abandon(path, 'GET', headers)));
    expect(await answering()).toEqual(ALL);
  });

  it.each([
    ['JSON', ENTITIES, 'application/json', '{"type":"service",', ''],
    ['under an Idempotency-Key', ENTITIES, 'application/json', '{"type":"service",', 'one-key'],
    [
      'lines',
      `${ENTITIES}/bulk?mode=best_effort`,
      'application/x-ndjson',
      '{"type":"service","name":"left"}\n{"ty',
      '',
    ],
    ['an atomic bulk', `${ENTITIES}/bulk`, 'application/json', '[{"type":"service","name":"never"},', ''],
    ['YAML', `${ENTITIES}/import`, 'application/yaml', 'entries:\n- ', ''],
  ])('leave thirty uploads in the middle: %s', async (_, path, type, part, key) => {
    const headers = { 'Content-Type': type, 'Content-Length': '5000', ...(key && { 'Idempotency-Key': key }) };
    await Promise.all(Array.from({ length: 30 }, () => abandon(path, 'POST', headers, part)));
    expect(await answering()).toEqual(ALL);
    expect((await app.api.get(`${ENTITIES}/svc_never`)).status).toBe(404);
  });

  it('send one Idempotency-Key thirty times at once, with the same body and with others', async () => {
    const headers = { 'Idempotency-Key': 'at-once' };
    const send = (name: string): Promise<Answer> => app.api.post(ENTITIES, { type: 'team', name }, headers);
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => send(n % 3 === 0 ? `other-${n}` : 'same')));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].filter((status) => ![201, 409, 422].includes(status))).toEqual([]);
    const made = answers.filter(({ status }) => status === 201).map(({ body }) => body.id as string);
    expect(new Set(made).size).toBe(1);
    expect(await answering()).toEqual(ALL);
  });

  it('are no failures of requests, and the log tells of none', async () => {
    const requests = log.filter((line) => line.includes('"name":"http"'));
    expect(requests.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([]);
    expect((await app.api.as(undefined).get('/health/live')).status).toBe(200);
  });
});
