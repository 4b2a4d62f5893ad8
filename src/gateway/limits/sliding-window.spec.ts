import { CELLS, advanced, cellMs, freeIn, nextRelease, waitFor } from './sliding-window.js';

const hour = { name: 'hour', limit: 10, seconds: 3600 };
const cells = (
  counts: Record<number, number>,
  leftMs = 1000,
): { newest: number; counts: number[]; leftMs: number } => ({
  newest: 100,
  counts: Array.from({ length: CELLS + 1 }, (_, place) => counts[place] ?? 0),
  leftMs,
});

describe('a sliding window', () => {
  it('counts every cell in full', () => {
    expect(freeIn(hour, cells({}))).toBe(10);
    expect(freeIn(hour, cells({ 0: 3, [CELLS]: 4 }))).toBe(3);
    expect(freeIn(hour, cells({ 0: 12 }))).toBe(-2);
  });

  it('forgets the oldest cells as new ones begin', () => {
    const { counts } = cells({ 0: 1, 1: 2, [CELLS]: 5 });
    expect(advanced(counts, 0)).toEqual(counts);
    expect(advanced(counts, 2).slice(0, 4)).toEqual([0, 0, 1, 2]);
    expect(advanced(counts, 1)[CELLS]).toBe(0);
    for (const by of [CELLS + 1, 1e9]) expect(advanced(counts, by)).toEqual(cells({}).counts);
    expect(advanced(counts, 7)).toHaveLength(CELLS + 1);
  });

  it('tells when so many units are free again: when enough of the oldest have left', () => {
    const spent = cells({ 0: 4, 10: 3, [CELLS]: 3 });
    const cell = cellMs(hour);
    expect(waitFor(1, hour, spent)).toBe(1000);
    expect(waitFor(4, hour, spent)).toBe(1000 + (CELLS - 10) * cell);
    expect(waitFor(10, hour, spent)).toBe(1000 + CELLS * cell);
    expect(waitFor(1, hour, cells({ 5: 9 }))).toBe(0);
  });

  it('never lets wait longer than the window and a cell, whatever is asked', () => {
    expect(waitFor(1_000, hour, cells({ 0: 10 }, cellMs(hour)))).toBe(3_600_000 + cellMs(hour));
  });

  it('tells when the next unit comes back', () => {
    expect(nextRelease(hour, cells({}))).toBe(0);
    expect(nextRelease(hour, cells({ 0: 1, [CELLS - 1]: 1 }))).toBe(1000 + cellMs(hour));
  });
});
