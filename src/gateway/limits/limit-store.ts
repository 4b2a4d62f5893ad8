import type { CellCounts, LimitWindow } from './sliding-window.js';

/** Units asked of one owner's windows, all at once. */
export interface Demand {
  owner: string;
  /** In a fixed order, so that nobody waits for each other. */
  windows: readonly LimitWindow[];
  /** What waiting requests cost. */
  wanted: number;
  /** What may be handed out in advance, when there is plenty. */
  spare: number;
  /** Units of an earlier supply that were not spent, with the cell of each window they were counted in. */
  back?: { units: number; cells: readonly number[] };
}

export interface Supply {
  /** Counted in every window already. Less than `wanted`: there is no more. */
  granted: number;
  /** What was counted against: a process on its own has only its share of each limit. */
  windows: readonly LimitWindow[];
  /** As they are now, by window; empty when nobody counts. */
  cells: readonly CellCounts[];
}

/** Keeps the count of every window. */
export interface LimitStore {
  take(demand: Demand): Promise<Supply>;
}

/** What is granted: what is wanted and, of plenty, something in advance; less where that is all there is. */
export const grantOf = (free: number, { wanted, spare }: Pick<Demand, 'wanted' | 'spare'>): number =>
  Math.max(0, Math.min(free, Math.max(wanted, Math.min(spare, Math.floor(free / 20)))));
