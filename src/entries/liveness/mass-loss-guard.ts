/**
 * When most of all instances fall silent at once, it is more likely the registry that cannot hear than all of them that are
 * gone. Then nothing expires, for a minute at most: it is shown, it ends by itself, and an operator may end it sooner.
 */
export interface GuardState {
  since: Date | null;
  until: Date | null;
  /** It has held for its time; it does not hold again before most are heard of. */
  spent: boolean;
}

export interface BeatCounts {
  /** Instances that send heartbeats and are not given up. */
  live: number;
  /** Of these: silent for most of their time to live, which who beats twice in it never is. */
  late: number;
}

export const GUARD_SHARE = 0.5;
/** With fewer than this there is no telling a loss of all from the end of a few. */
export const GUARD_LEAST = 10;
export const GUARD_SECONDS = 60;

export const OPEN_AGAIN: GuardState = { since: null, until: null, spent: false };

/** What the guard is to be now, given what it was. */
export function guardAfter(state: GuardState, { live, late }: BeatCounts, now: Date): GuardState {
  const loss = late >= GUARD_LEAST && late > live * GUARD_SHARE;
  if (!loss) return state.since || state.spent ? OPEN_AGAIN : state;
  if (state.spent) return state;
  if (!state.until) return { since: now, until: new Date(now.getTime() + GUARD_SECONDS * 1000), spent: false };
  return now < state.until ? state : { since: null, until: null, spent: true };
}

export const isHolding = ({ until }: GuardState, now: Date): boolean => until !== null && now < until;
