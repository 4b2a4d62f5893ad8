import { mayRepeat, parseRetryAfter, retryDelay, type Outcome } from './retry.js';

const status = (code: number, retryAfter?: string): Outcome => ({ kind: 'status', status: code, retryAfter });
const cut = (code: string, sent: boolean): Outcome => ({ kind: 'transport', code, sent });

describe('asking again', () => {
  it.each([
    ['GET', false, status(503), true],
    ['DELETE', false, status(502), true],
    ['POST', false, status(503), false],
    ['POST', true, status(503), true],
    ['POST', false, status(429), true],
    ['POST', true, { ...status(409), inFlight: true }, true],
    ['POST', true, status(409), false],
    ['GET', false, status(500), false],
    ['GET', false, status(404), false],
    ['POST', false, cut('ECONNREFUSED', false), true],
    ['POST', false, cut('ECONNRESET', true), false],
    ['POST', true, cut('ECONNRESET', true), true],
    ['PATCH', false, cut('ECONNRESET', true), false],
    ['GET', false, cut('ECONNRESET', true), true],
    ['GET', false, cut('ETIMEDOUT', true), false],
    ['GET', false, cut('ENOTFOUND', false), false],
  ])('%s (repeatable: %s) after %j: %s', (method, repeatable, outcome, expected) => {
    expect(mayRepeat(method, repeatable, outcome)).toBe(expected);
  });

  it('waits as long as the server says', () => {
    expect(retryDelay(0, status(429, '3'))).toBe(3000);
    const now = Date.parse('2026-03-01T12:00:00Z');
    expect(parseRetryAfter('Sun, 01 Mar 2026 12:00:05 GMT', now)).toBe(5000);
    expect(parseRetryAfter('Sun, 01 Mar 2026 11:00:00 GMT', now)).toBe(0);
    expect(parseRetryAfter('soon', now)).toBeUndefined();
  });

  it('waits longer each time otherwise, and never more than ten seconds', () => {
    const waits = [0, 1, 2, 10].map((attempt) => retryDelay(attempt, status(503), 0, () => 1));
    expect(waits).toEqual([200, 400, 800, 10_000]);
    expect(retryDelay(0, status(503), 0, () => 0)).toBe(100);
  });
});
