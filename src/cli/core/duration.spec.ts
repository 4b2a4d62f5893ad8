import { parseMoment, parsePastMoment, parseRate, parseSeconds, spanText } from './duration.js';

describe('a duration', () => {
  it.each([
    ['90', 90],
    ['15m', 900],
    ['24h', 86_400],
    ['30d', 2_592_000],
    ['2w', 1_209_600],
    ['0', 0],
  ])('of %s is %i seconds', (text, seconds) => {
    expect(parseSeconds(text, '--grace', 0, 2_592_000)).toBe(seconds);
  });

  it.each(['', '1.5h', '-1', '31d', '1y', '1e3', '99999999999999'])('of %j is refused with its flag', (text) => {
    expect(() => parseSeconds(text, '--grace', 0, 2_592_000)).toThrow(`--grace ${JSON.stringify(text)}`);
  });

  it('is written in the largest unit that tells it whole', () => {
    expect([0, 1, 90, 3600, 86_400, 5400].map((seconds) => spanText(seconds))).toEqual([
      '0s',
      '1s',
      '90s',
      '1h',
      '1d',
      '90m',
    ]);
  });
});

describe('a rate', () => {
  it.each([
    ['1000/1h', 1000, 3600],
    ['50/s', 50, 1],
    ['200/2s', 200, 2],
    ['10/60', 10, 60],
  ])('of %s is %i in %i seconds', (text, limit, window) => {
    expect(parseRate(text, '--rate')).toEqual({ limit, window_seconds: window });
  });

  it.each(['1000', '/h', '5/', 'x/h', '0/h', '5/0s', '5/2y'])('of %j is refused', (text) => {
    expect(() => parseRate(text, '--rate')).toThrow('--rate');
  });
});

describe('a time', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');

  it.each([
    ['30d', '2026-03-31T12:00:00.000Z'],
    ['12h', '2026-03-02T00:00:00.000Z'],
    ['2030-01-01', '2030-01-01T00:00:00.000Z'],
    ['2030-01-01T12:00+02:00', '2030-01-01T10:00:00.000Z'],
  ])('of %s is %s', (text, expected) => {
    expect(parseMoment(text, '--expires', now)).toBe(expected);
  });

  it('that is past is counted back from now', () => {
    expect(parsePastMoment('7d', '--from', now)).toBe('2026-02-22T12:00:00.000Z');
    expect(parsePastMoment('2026-02-22', '--from', now)).toBe('2026-02-22T00:00:00.000Z');
  });

  it.each(['', '30', 'tomorrow', '2030-02-31', '2030-13-01', '2030-01-01T25:00:00Z', '2030-01-01T12:00'])(
    'of %j is refused',
    (text) => {
      expect(() => parseMoment(text, '--expires', now)).toThrow('--expires');
    },
  );
});
