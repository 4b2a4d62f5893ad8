/** Bounds grow by a fifth, from a quarter of a millisecond to some seven minutes: a percentile is right to an eighth. */
const [FIRST_MS, GROWTH] = [0.25, 1.2];
export const STEPS = 80;
const LOG = Math.log(GROWTH);

/** The step a time belongs to: above the bound below, at most its own. */
export function stepOf(milliseconds: number): number {
  if (milliseconds <= FIRST_MS) return 0;
  return Math.min(STEPS - 1, Math.ceil(Math.log(milliseconds / FIRST_MS) / LOG - 1e-9));
}

const boundOf = (step: number): number => FIRST_MS * GROWTH ** step;

/** The time within which so large a share of what was counted lay; null of nothing. */
export function percentileOf(steps: readonly number[], share: number): number | null {
  const total = steps.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = share * total;
  for (const [step, count] of steps.entries()) {
    if (count > 0 && left <= count) {
      const below = step === 0 ? 0 : boundOf(step - 1);
      return Math.round((below + (boundOf(step) - below) * (left / count)) * 100) / 100;
    }
    left -= count;
  }
  return boundOf(STEPS - 1);
}
