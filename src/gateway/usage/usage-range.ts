import { InvalidError } from '../../platform/errors/registry-error.js';

export const STEPS = ['hour', 'day'] as const;
export type UsageStep = (typeof STEPS)[number];
const STEP_MS: Record<UsageStep, number> = { hour: 3_600_000, day: 86_400_000 };
const DAY_MS = STEP_MS.day;
const MOST_DAYS: Record<UsageStep, number> = { hour: 31, day: 400 };
const USUAL_DAYS: Record<UsageStep, number> = { hour: 1, day: 30 };
/** A longer range is answered by the day, unless hours are asked for. */
const HOURLY_BY_ITSELF_DAYS = 7;
const EARLIEST = Date.UTC(2000, 0);
const LATEST = Date.UTC(9999, 0);

/** Whole steps, in UTC; `to` is the first moment behind them. */
export interface UsageRange {
  from: Date;
  to: Date;
  step: UsageStep;
}

export interface GivenRange {
  from?: string;
  to?: string;
  step?: UsageStep;
}

/**
 * The range that is asked for, widened to whole steps. Until now when no end is given, a day (by the hour) or 30 days (by
 * the day) when no beginning is. Throws an InvalidError naming `from`, `to` or both.
 */
export function usageRange(given: GivenRange, hourlyDays: number, now = Date.now()): UsageRange {
  const to = given.to === undefined ? now : instant('to', given.to);
  const from = given.from === undefined ? to - USUAL_DAYS[given.step ?? 'hour'] * DAY_MS : instant('from', given.from);
  if (from >= to) throw InvalidError.field(given.from === undefined ? 'to' : 'from', 'must be before to');
  const kept = now - hourlyDays * DAY_MS;
  const step = given.step ?? (to - from > HOURLY_BY_ITSELF_DAYS * DAY_MS || from < kept ? 'day' : 'hour');
  const range = { from: whole(from, step), to: whole(to - 1, step) + STEP_MS[step], step };
  if (step === 'hour' && range.from < whole(kept, 'hour'))
    throw InvalidError.field(
      'from',
      `is too long ago: usage is kept by the hour for ${hourlyDays} days, ask for step=day`,
    );
  // Widening must not make a range of just as many days too long.
  if (to - from > MOST_DAYS[step] * DAY_MS)
    throw InvalidError.field('from', `must be at most ${MOST_DAYS[step]} days before to with step=${step}`);
  return { from: new Date(range.from), to: new Date(range.to), step };
}

/** When each step of a range begins. */
export function stepsOf({ from, to, step }: UsageRange): Date[] {
  const count = Math.round((to.getTime() - from.getTime()) / STEP_MS[step]);
  return Array.from({ length: count }, (_, n) => new Date(from.getTime() + n * STEP_MS[step]));
}

const whole = (at: number, step: UsageStep): number => at - (at % STEP_MS[step]);

function instant(field: 'from' | 'to', text: string): number {
  const at = Date.parse(text);
  if (!(at >= EARLIEST && at < LATEST)) throw InvalidError.field(field, 'must be a moment between 2000 and 9999');
  return at;
}
