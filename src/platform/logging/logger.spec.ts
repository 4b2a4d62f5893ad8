import { runInRequest } from '../http/request-context.js';
import { Logger } from './logger.js';
import type { LogTarget } from './logger.js';

const KEY = `ureg_${'A1b2C3d4E5'.repeat(5).slice(0, 49)}`;

function recorded(format: 'json' | 'pretty' = 'json'): { lines: string[]; logger: Logger } {
  const lines: string[] = [];
  const target: LogTarget = { write: (line) => lines.push(line) };
  return { lines, logger: Logger.create({ logLevel: 'debug', logFormat: format }, target) };
}

describe('the log', () => {
  it('writes one JSON object a line, with level, time, name and fields', () => {
    const { lines, logger } = recorded();
    logger.child('relay').info({ events: 3 }, 'delivered');
    expect(JSON.parse(lines[0])).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      name: 'relay',
      events: 3,
      msg: 'delivered',
    });
  });

  it('carries the id and trace of the request it is written in', () => {
    const { lines, logger } = recorded();
    runInRequest({ requestId: 'r-1', traceId: 'a'.repeat(32) }, () => logger.warn('slow'));
    expect(JSON.parse(lines[0])).toMatchObject({ request_id: 'r-1', trace_id: 'a'.repeat(32), msg: 'slow' });
  });

  it('leaves out what is below its level', () => {
    const { lines, logger } = recorded();
    logger.trace('chatter');
    expect(lines).toEqual([]);
  });

  it.each([
    ['an API key in a message', (logger: Logger) => logger.info(`used ${KEY} twice`), KEY],
    ['a key in a nested field', (logger: Logger) => logger.info({ a: { b: [{ c: `key=${KEY}` }] } }, 'm'), KEY],
    [
      'an authorization header',
      (logger: Logger) => logger.info({ headers: { authorization: 'Basic aHVudGVyMg==' } }, 'm'),
      'aHVudGVyMg',
    ],
    ['an X-API-Key header', (logger: Logger) => logger.info({ headers: { 'X-API-Key': 'hunter2' } }, 'm'), 'hunter2'],
    ['a password', (logger: Logger) => logger.info({ user: { password: 'hunter2' } }, 'm'), 'hunter2'],
    ['a secret object', (logger: Logger) => logger.info({ client_secret: { value: 'hunter2' } }, 'm'), 'hunter2'],
    ['an access token', (logger: Logger) => logger.info({ access_token: 'hunter2' }, 'm'), 'hunter2'],
    ['a master key', (logger: Logger) => logger.info({ masterKey: 'hunter2' }, 'm'), 'hunter2'],
    ['a JWT', (logger: Logger) => logger.info('eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJodW50ZXIyIn0.c2ln'), 'eyJzdWIi'],
    ['a bearer token', (logger: Logger) => logger.info('Authorization: Bearer hunter2hunter2'), 'hunter2'],
    [
      'a database password in an error',
      (logger: Logger) => logger.error({ err: new Error('connect postgres://u:hunter2@db/x') }, 'm'),
      'hunter2',
    ],
  ])('never shows %s', (_, write, secret) => {
    const { lines, logger } = recorded();
    write(logger);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(secret);
    expect(lines[0]).toContain('[redacted]');
  });

  it('shows an error with its stack and cause', () => {
    const { lines, logger } = recorded();
    logger.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed');
    const { err } = JSON.parse(lines[0]) as { err: { message: string; stack: string } };
    expect(err.message).toBe('outer: inner');
    expect(err.stack).toContain('caused by: Error: inner');
  });

  it('writes one-liners for people', () => {
    const { lines, logger } = recorded('pretty');
    logger.child('http').info({ port: 8080, tags: ['a'] }, 'listening');
    logger.error({ err: new Error('gone') }, 'failed');
    // oxlint-disable-next-line no-control-regex
    const plain = lines.map((line) => line.replace(/\u001B\[[\d;]+m/g, ''));
    expect(plain[0]).toMatch(/^[\d:.]{12} info {2}\[http\] listening port=8080 tags=\["a"\]\n$/);
    expect(plain[1]).toMatch(/^[\d:.]{12} error failed\nError: gone\n +at /);
  });
});
