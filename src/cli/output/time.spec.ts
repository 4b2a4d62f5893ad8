import { age, elapsed, relative } from './time.js';

describe('times for people', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');

  it.each([
    ['2026-03-01T11:59:30Z', '30s'],
    ['2026-03-01T11:30:00Z', '30m'],
    ['2026-03-01T02:00:00Z', '10h'],
    ['2026-02-01T12:00:00Z', '28d'],
    ['2025-09-01T12:00:00Z', '6mo'],
    ['2020-03-01T12:00:00Z', '6y'],
    ['2027-01-01T00:00:00Z', '0s'],
    ['never', '-'],
    [null, '-'],
  ])('%s is %s old', (at, expected) => {
    expect(age(at, now)).toBe(expected);
  });

  it.each([
    ['2026-03-31T11:59:52Z', 'in 30d'],
    ['2026-03-01T12:20:00Z', 'in 20m'],
    ['2026-03-01T11:58:50Z', '1m ago'],
    ['2026-03-01T12:00:00Z', '0s ago'],
    [null, 'never'],
  ])('%s is %s', (at, expected) => {
    expect(relative(at, 'never', now)).toBe(expected);
  });

  it('count minutes past the first', () => {
    expect(elapsed(4200)).toBe('4.2 s');
    expect(elapsed(65_400)).toBe('1 m 05 s');
  });
});
