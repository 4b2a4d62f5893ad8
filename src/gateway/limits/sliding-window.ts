/**
 * A window is counted in so many cells. All of them and the one that is just filling count in full, so no stretch of time
 * as long as the window ever holds more than the limit; what a cell held comes back at once when it leaves, at most a
 * sixtieth of the window late. (The usual two cells assume that the former one was filled evenly: a burst at its end
 * lets nearly twice the limit through.)
 */
export const CELLS = 60;

/** So many units in any stretch of so many seconds. */
export interface LimitWindow {
  /** As the headers call it: `hour`. */
  name: string;
  limit: number;
  seconds: number;
}

/** The cells of a window at the moment they were read. */
export interface CellCounts {
  /** Number of the newest cell since 1970, by the clock of whoever keeps the count. */
  newest: number;
  /** Units by cell, the newest first; one more than CELLS. */
  counts: readonly number[];
  /** Milliseconds until the newest cell ends. */
  leftMs: number;
}

export const cellMs = ({ seconds }: LimitWindow): number => (seconds * 1000) / CELLS;

/** The cells after `by` new ones have begun. */
export function advanced(counts: readonly number[], by: number): number[] {
  if (by <= 0) return [...counts];
  const fresh = Array.from({ length: Math.min(by, CELLS + 1) }, () => 0);
  return [...fresh, ...counts].slice(0, CELLS + 1);
}

/** Units that are not spent; below zero when the limit was lowered. */
export function freeIn({ limit }: LimitWindow, { counts }: CellCounts): number {
  let used = 0;
  for (const count of counts) used += count;
  return limit - used;
}

/** Milliseconds until at least `units` are free, if nobody spends any more. Never more than the window and a cell. */
export function waitFor(units: number, window: LimitWindow, cells: CellCounts): number {
  let lacking = Math.min(units, window.limit) - freeIn(window, cells);
  if (lacking <= 0) return 0;
  for (let place = CELLS; place >= 0; place--) {
    lacking -= cells.counts[place];
    if (lacking <= 0) return cells.leftMs + (CELLS - place) * cellMs(window);
  }
  return cells.leftMs + CELLS * cellMs(window);
}

/** Milliseconds until some spent unit comes back; 0 when none is spent. */
export function nextRelease(window: LimitWindow, { counts, leftMs }: CellCounts): number {
  for (let place = CELLS; place >= 0; place--) if (counts[place] > 0) return leftMs + (CELLS - place) * cellMs(window);
  return 0;
}
