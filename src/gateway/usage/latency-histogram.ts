/**
 * Latencies by slots whose bounds grow by a constant factor, as in DDSketch (Masson, Rim and Lee, VLDB 2019): a percentile
 * read from the counts is at most 5 % away from the exact one, and counts of any hours, keys and processes add up to the
 * same as if all had been counted in one place.
 *
 * Stored: a change of these constants would give counts of the past another meaning.
 */
export const RELATIVE_ERROR = 0.05;
const GROWTH = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LN_GROWTH = Math.log(GROWTH);
/** All that is faster shares the first slot; all that takes longer than an hour the last. */
export const SHORTEST_MS = 0.05;
export const LONGEST_MS = 3_600_000;
export const SLOTS = Math.ceil(Math.log(LONGEST_MS / SHORTEST_MS) / LN_GROWTH) + 1;

/** Slot 0 ends at the shortest latency, slot n at the shortest times the factor to the power of n. */
export function slotOf(milliseconds: number): number {
  if (!(milliseconds > SHORTEST_MS)) return 0;
  return Math.min(SLOTS - 1, Math.ceil(Math.log(milliseconds / SHORTEST_MS) / LN_GROWTH));
}

/** The latency that is nowhere in the slot further away than the error. */
const millisecondsOf = (slot: number): number =>
  slot === 0 ? SHORTEST_MS : (SHORTEST_MS * GROWTH ** slot * 2) / (1 + GROWTH);

/** Adds up counts by slot; `other` may be shorter, as what is stored ends with the last slot that has any. */
export function merge(counts: Uint32Array | number[], other: ArrayLike<number>): void {
  for (let slot = 0; slot < other.length; slot++) counts[slot] += other[slot];
}

/** The latencies in milliseconds that these shares (0 to 1) of all requests did not exceed; null where none was counted. */
export function percentiles(counts: ArrayLike<number>, shares: readonly number[]): (number | null)[] {
  let total = 0;
  for (let slot = 0; slot < counts.length; slot++) total += counts[slot];
  return shares.map((share) => (total === 0 ? null : rounded(millisecondsOf(slotAt(counts, share * total)))));
}

/** The first slot by which so many were counted (nearest rank). */
function slotAt(counts: ArrayLike<number>, rank: number): number {
  let passed = 0;
  for (let slot = 0; slot < counts.length; slot++) {
    passed += counts[slot];
    if (passed >= rank && passed > 0) return slot;
  }
  return counts.length - 1;
}

const rounded = (milliseconds: number): number => Number(milliseconds.toPrecision(4));
