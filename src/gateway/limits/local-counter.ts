import type { Demand, LimitStore, Supply } from './limit-store.js';
import { grantOf } from './limit-store.js';
import { CELLS, advanced, cellMs, freeIn } from './sliding-window.js';
import type { LimitWindow } from './sliding-window.js';

interface Counter {
  newest: number;
  counts: number[];
  cellMs: number;
}

const NOTHING: readonly number[] = Array.from({ length: CELLS + 1 }, () => 0);

/** The count of this process alone, for while the common one cannot be reached. `now` is in milliseconds. */
export class LocalCounter implements LimitStore {
  private readonly counters = new Map<string, Counter>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  async take(demand: Demand): Promise<Supply> {
    const now = this.now();
    const counters = demand.windows.map((window, i) => this.counter(demand, window, i, now));
    const cells = counters.map(({ newest, counts, cellMs: length }) => ({
      newest,
      counts,
      leftMs: (newest + 1) * length - now,
    }));
    const free = Math.min(...demand.windows.map((window, i) => freeIn(window, cells[i])));
    const granted = grantOf(free, demand);
    for (const { counts } of counters) counts[0] += granted;
    return { granted, windows: demand.windows, cells: cells.map((one) => ({ ...one, counts: [...one.counts] })) };
  }

  /** Forgets what no window holds any more. */
  sweep(): void {
    const now = this.now();
    for (const [key, { newest, cellMs: length }] of this.counters)
      if (now / length > newest + CELLS + 1) this.counters.delete(key);
  }

  private counter({ owner, back }: Demand, window: LimitWindow, index: number, now: number): Counter {
    const key = `${owner} ${window.name} ${window.seconds}`;
    const length = cellMs(window);
    const newest = Math.floor(now / length);
    const before = this.counters.get(key) ?? { newest, counts: [...NOTHING], cellMs: length };
    const counter = { newest, counts: advanced(before.counts, newest - before.newest), cellMs: length };
    const place = back ? newest - back.cells[index] : -1;
    if (back && place >= 0 && place <= CELLS) counter.counts[place] = Math.max(0, counter.counts[place] - back.units);
    this.counters.set(key, counter);
    return counter;
  }
}
