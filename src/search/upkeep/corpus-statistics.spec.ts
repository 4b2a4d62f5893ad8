import { isStale, spread } from './corpus-statistics.js';

describe('the counts of the catalog', () => {
  const noon = Date.parse('2026-03-01T12:00:00Z');
  const hour = 3_600_000;

  it('are stale when the catalog has moved by a tenth or after their time', () => {
    const at = new Date(noon - hour / 2);
    expect(isStale(1000, 1100, at, hour, noon)).toBe(false);
    expect(isStale(1000, 1101, at, hour, noon)).toBe(true);
    expect(isStale(1000, 899, at, hour, noon)).toBe(true);
    expect(isStale(1000, 1000, at, hour / 4, noon)).toBe(true);
  });

  it('are missing at first, unless there is nothing to count', () => {
    expect(isStale(0, 1, null, hour, noon)).toBe(true);
    expect(isStale(0, 0, null, hour, noon)).toBe(false);
  });

  it('come from all ranges, or from some spread evenly', () => {
    expect(spread(undefined)).toEqual([]);
    expect(spread({ first: 1n, last: 2000n })).toEqual([{ first: 1n, last: 2000n }]);
    const all = spread({ first: 1n, last: 20_001n });
    expect(all).toHaveLength(11);
    expect(all.at(-1)).toEqual({ first: 20_001n, last: 22_000n });
    expect(spread({ first: 1n, last: 20_000n }, 2).map(({ first }) => first)).toEqual([1n, 10_001n]);
  });
});
