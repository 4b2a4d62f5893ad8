import { LONGEST_MS, RELATIVE_ERROR, SHORTEST_MS, SLOTS, merge, percentiles, slotOf } from './latency-histogram.js';

const SHARES = [0.01, 0.5, 0.95, 0.99, 1];
/** What rounding to four digits adds. */
const ALLOWED = RELATIVE_ERROR + 0.001;

const counted = (latencies: readonly number[]): Uint32Array => {
  const counts = new Uint32Array(SLOTS);
  for (const latency of latencies) counts[slotOf(latency)]++;
  return counts;
};
const exact = (latencies: readonly number[], share: number): number =>
  latencies.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * latencies.length) - 1)];

/** The same numbers every time (a linear congruential generator). */
function chance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}

describe('latencies by slot', () => {
  it.each([
    ['even', (next: () => number) => 1 + next() * 99],
    ['exponential', (next: () => number) => 0.06 - 8 * Math.log(1 - next())],
    ['over six orders of magnitude', (next: () => number) => 0.06 * 10 ** (next() * 7)],
    ['of two kinds', (next: () => number) => (next() < 0.93 ? 2 + next() : 900 + next() * 4000)],
    ['all alike', () => 17.3],
  ])('every percentile is within the error: %s', (_, latency) => {
    for (const size of [1, 2, 10, 999, 5000]) {
      const next = chance(size);
      const latencies = Array.from({ length: size }, () => latency(next));
      const found = percentiles(counted(latencies), SHARES);
      SHARES.forEach((share, at) => {
        const right = exact(latencies, share);
        expect(Math.abs(found[at]! - right) / right).toBeLessThanOrEqual(ALLOWED);
      });
    }
  });

  it('each latency stands in a slot, whatever it is', () => {
    for (const odd of [0, -1, Number.NaN, SHORTEST_MS]) expect(slotOf(odd)).toBe(0);
    for (const long of [LONGEST_MS, LONGEST_MS * 2, Number.MAX_VALUE, Infinity]) expect(slotOf(long)).toBe(SLOTS - 1);
    for (let ms = SHORTEST_MS; ms < LONGEST_MS * 2; ms *= 1.01) {
      expect(slotOf(ms * 1.01)).toBeGreaterThanOrEqual(slotOf(ms));
      expect(Number.isInteger(slotOf(ms))).toBe(true);
    }
  });

  it('parts added up are the whole, in any order, also those cut off after their last slot', () => {
    const next = chance(7);
    const latencies = Array.from({ length: 3000 }, () => 0.01 + 40 * next() ** 6);
    const whole = counted(latencies);
    const parts = [latencies.slice(0, 100), latencies.slice(100, 900), latencies.slice(900)].map(counted);
    for (const order of [parts, parts.toReversed()]) {
      const sum = new Uint32Array(SLOTS);
      for (const part of order) merge(sum, [...part].slice(0, part.findLastIndex((n) => n > 0) + 1));
      expect(sum).toEqual(whole);
      expect(percentiles(sum, SHARES)).toEqual(percentiles(whole, SHARES));
    }
  });

  it('nothing has no percentile', () => {
    expect(percentiles(new Uint32Array(SLOTS), [0.5])).toEqual([null]);
    expect(percentiles([], [0.5, 0.99])).toEqual([null, null]);
  });
});
