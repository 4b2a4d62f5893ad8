import { ahead, bestFit, leastHistory } from './holt-winters.js';

export interface Sample {
  at: Date;
  value: number;
}

/** One step of the resampled history, in seconds. */
export const STEP_SECONDS = 60;

export interface ForecastQuestion {
  now: Date;
  seasonSeconds: number;
  horizonSeconds: number;
}

/** What a metric will be at the horizon, and the most on the way there; undefined while the history is too short. */
export function forecast(
  samples: readonly Sample[],
  { now, seasonSeconds, horizonSeconds }: ForecastQuestion,
): { value: number; steps: number } | undefined {
  const period = Math.round(seasonSeconds / STEP_SECONDS);
  const values = resampled(samples, now);
  if (values.length < leastHistory(period)) return undefined;
  const known = bestFit(values, period);
  const steps = Math.max(1, Math.ceil(horizonSeconds / STEP_SECONDS));
  // Units must be there for the worst of it, so the most counts; a load below nothing there is not.
  const coming = Array.from({ length: steps }, (_, i) => ahead(known, i + 1));
  return { value: Math.max(0, ...coming), steps: values.length };
}

/**
 * The mean of each step that is over, oldest first. A step without a sample has the value before it; a gap of more than
 * ten steps begins the history anew, as nobody knows what was in it.
 */
export function resampled(samples: readonly Sample[], now: Date): number[] {
  const stepOf = (at: Date): number => Math.floor(at.getTime() / (STEP_SECONDS * 1000));
  const last = stepOf(now);
  const steps = new Map<number, { sum: number; n: number }>();
  for (const { at, value } of samples) {
    const step = stepOf(at);
    if (step >= last || !Number.isFinite(value)) continue;
    const one = steps.get(step) ?? { sum: 0, n: 0 };
    steps.set(step, { sum: one.sum + value, n: one.n + 1 });
  }
  let values: number[] = [];
  let before: number | undefined;
  for (const [step, { sum, n }] of [...steps].toSorted(([a], [b]) => a - b)) {
    if (before !== undefined && step - before > MOST_GAP) values = [];
    else if (before !== undefined)
      for (let missing = before + 1; missing < step; missing++) values.push(values.at(-1)!);
    values.push(sum / n);
    before = step;
  }
  return before === undefined || last - before > MOST_GAP ? [] : values;
}

const MOST_GAP = 10;
