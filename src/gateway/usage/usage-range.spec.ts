import { stepsOf, usageRange } from './usage-range.js';
import type { GivenRange } from './usage-range.js';

const NOW = Date.parse('2026-05-20T10:20:30Z');
const HOURLY_DAYS = 31;

const range = (given: GivenRange): string => {
  const { from, to, step } = usageRange(given, HOURLY_DAYS, NOW);
  return `${from.toISOString().slice(0, 13)} ${to.toISOString().slice(0, 13)} ${step}`;
};

describe('the range of a question about usage', () => {
  it.each<[GivenRange, string]>([
    [{}, '2026-05-19T10 2026-05-20T11 hour'],
    [{ step: 'day' }, '2026-04-20T00 2026-05-21T00 day'],
    [{ from: '2026-05-20T08:59:59Z' }, '2026-05-20T08 2026-05-20T11 hour'],
    [{ from: '2026-05-18T00:00:00+02:00', to: '2026-05-20T00:00:00Z' }, '2026-05-17T22 2026-05-20T00 hour'],
    [{ from: '2026-05-18T00:00:00Z', to: '2026-05-20T00:00:00Z', step: 'day' }, '2026-05-18T00 2026-05-20T00 day'],
    [{ from: '2026-05-10T05:00:00Z' }, '2026-05-10T00 2026-05-21T00 day'],
    [{ from: '2026-05-10T05:00:00Z', step: 'hour' }, '2026-05-10T05 2026-05-20T11 hour'],
    [{ from: '2026-01-01T05:00:00Z', to: '2026-01-02T05:00:00Z' }, '2026-01-01T00 2026-01-03T00 day'],
    [{ from: '2026-04-19T10:20:30Z', step: 'hour' }, '2026-04-19T10 2026-05-20T11 hour'],
  ])('%j is %s', (given, expected) => {
    expect(range(given)).toBe(expected);
  });

  it.each<[GivenRange, string, string]>([
    [{ from: '2026-02-30T25:00:00Z' }, 'from', 'must be a moment'],
    [{ from: '0000-01-01T00:00:00Z' }, 'from', 'must be a moment'],
    [{ to: '9999-12-31T23:59:59Z' }, 'to', 'must be a moment'],
    [{ from: '2026-05-20T09:00:00Z', to: '2026-05-20T09:00:00Z' }, 'from', 'before to'],
    [{ from: '2026-05-21T09:00:00Z' }, 'from', 'before to'],
    [{ from: '2026-04-19T09:59:59Z', step: 'hour' }, 'from', 'ask for step=day'],
    [{ from: '2026-05-01T00:00:00Z', to: '2026-06-02T00:00:00Z', step: 'hour' }, 'from', 'at most 31 days'],
    [{ from: '2025-04-01T00:00:00Z', step: 'day' }, 'from', 'at most 400 days'],
  ])('%j is refused for %s', (given, field, message) => {
    expect(() => range(given)).toThrow(
      expect.objectContaining({ errors: [{ field, message: expect.stringContaining(message) }] }),
    );
  });

  it('has its steps', () => {
    const steps = stepsOf(usageRange({ from: '2026-05-20T08:30:00Z' }, HOURLY_DAYS, NOW));
    expect(steps.map((at) => at.toISOString().slice(11, 16))).toEqual(['08:00', '09:00', '10:00']);
    expect(stepsOf(usageRange({ step: 'day' }, HOURLY_DAYS, NOW))).toHaveLength(31);
  });
});
