import type { LimitStore, Supply } from './limit-store.js';
import { freeIn, nextRelease, waitFor } from './sliding-window.js';
import type { LimitWindow } from './sliding-window.js';

/** Units handed out in advance: a hundredth of the limit, at most so many, for at most so long. */
const MOST_SPARE = 50;
const MOST_LEASE_MS = 30_000;
/** How long a refusal is remembered; another process may have given units back meanwhile. */
const MOST_REFUSAL_MS = 1_000;

/** Why a request is refused, and when it may be tried again. */
export interface Refusal {
  violated: string[];
  waitMs: number;
}

/** What is left of a window, for the headers. */
export interface Remainder {
  window: LimitWindow;
  units: number;
  /** Until more is free. */
  waitMs: number;
}

/** Units that were handed out and not spent. */
export interface Unspent {
  owner: string;
  windows: readonly LimitWindow[];
  units: number;
  cells: readonly number[];
}

interface Waiter {
  cost: number;
  resolve: (outcome: Refusal | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * What one owner may still spend in this process. Units come from the store in small blocks, each good until its cell
 * ends; as long as some are at hand a request is answered without waiting. One question to the store at a time: whoever comes
 * meanwhile is served together by the next one, in the order of arrival.
 */
export class Quota {
  private units = 0;
  private until = 0;
  private refusedUntil = 0;
  private supply: Supply = { granted: 0, windows: [], cells: [] };
  private readAt = 0;
  private waiting: Waiter[] = [];
  private asking = false;
  private readonly spare: number;
  private readonly smallest: number;

  constructor(
    readonly owner: string,
    readonly windows: readonly LimitWindow[],
    private readonly store: LimitStore,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.smallest = Math.min(...windows.map(({ limit }) => limit));
    this.spare = Math.min(MOST_SPARE, Math.max(1, Math.floor(this.smallest / 100)));
  }

  /**
   * Spends `cost` units: undefined when that is done, else why not; a promise of it when the store has to be asked. What costs
   * more than a whole limit costs the whole limit.
   */
  spend(cost: number): Refusal | undefined | Promise<Refusal | undefined> {
    const units = Math.min(cost, this.smallest);
    const now = this.now();
    if (this.units >= units && now < this.until) {
      this.units -= units;
      return undefined;
    }
    if (now < this.refusedUntil) return this.refusal(units);
    const outcome = new Promise<Refusal | undefined>((resolve, reject) =>
      this.waiting.push({ cost: units, resolve, reject }),
    );
    if (!this.asking) void this.ask();
    return outcome;
  }

  remainders(): Remainder[] {
    const now = this.now();
    const atHand = now < this.until ? this.units : 0;
    return this.supply.cells.map((cells, i) => {
      const window = this.supply.windows[i];
      const units = Math.min(window.limit, Math.max(0, freeIn(window, cells)) + atHand);
      return { window, units, waitMs: Math.max(0, nextRelease(window, cells) - (now - this.readAt)) };
    });
  }

  /** Takes out the units at hand, all or only those that are past their time, to give them back to the store. */
  withdraw(all = false): Unspent | undefined {
    if (this.asking || this.units === 0 || (!all && this.now() < this.until)) return undefined;
    const { owner, windows } = this;
    return { owner, windows, ...this.takeOut() };
  }

  /** Nothing is at hand, asked or remembered. */
  get idle(): boolean {
    return !this.asking && this.units === 0 && this.now() >= Math.max(this.until, this.refusedUntil);
  }

  private async ask(): Promise<void> {
    this.asking = true;
    for (;;) {
      const batch = this.unsettled();
      if (batch.length === 0) break;
      const wanted = batch.reduce((sum, { cost }) => sum + cost, 0);
      const { owner, windows, spare } = this;
      const back = this.units > 0 ? this.takeOut() : undefined;
      const askedAt = this.now();
      try {
        const supply = await this.store.take({ owner, windows, wanted, spare, ...(back && { back }) });
        this.accept(supply, wanted, askedAt);
        // Counted for them at this moment: the cell may end while the answer travels.
        for (const { cost, resolve } of batch) resolve(this.pay(cost) ? undefined : this.refusal(cost));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.asking = false;
  }

  /** Serves who waits as far as that needs no question; the others. */
  private unsettled(): Waiter[] {
    const waiting = this.waiting;
    this.waiting = [];
    return waiting.filter(({ cost, resolve }) => {
      const now = this.now();
      if (now < this.until && this.pay(cost)) resolve(undefined);
      else if (now < this.refusedUntil) resolve(this.refusal(cost));
      else return true;
      return false;
    });
  }

  private accept(supply: Supply, wanted: number, askedAt: number): void {
    this.supply = supply;
    this.readAt = this.now();
    this.units = supply.granted;
    // Told from the moment of asking, so never later than by the clock of the store.
    const leftMs = Math.min(MOST_LEASE_MS, ...supply.cells.map((cells) => cells.leftMs));
    this.until = supply.cells.length > 0 ? askedAt + leftMs : 0;
    if (supply.granted >= wanted) return;
    const releases = supply.cells.map((cells, i) => nextRelease(supply.windows[i], cells)).filter((ms) => ms > 0);
    this.refusedUntil = askedAt + Math.min(MOST_REFUSAL_MS, ...releases);
  }

  private pay(cost: number): boolean {
    if (this.units < cost) return false;
    this.units -= cost;
    return true;
  }

  private takeOut(): { units: number; cells: readonly number[] } {
    const { units } = this;
    this.units = 0;
    return { units, cells: this.supply.cells.map(({ newest }) => newest) };
  }

  private refusal(cost: number): Refusal {
    const atHand = this.units;
    const passed = this.now() - this.readAt;
    const waits = this.supply.cells.map((cells, i) => waitFor(cost - atHand, this.supply.windows[i], cells) - passed);
    const waitMs = Math.max(0, ...waits);
    const violated = this.windows.filter((_, i) => waits[i] > 0).map(({ name }) => name);
    return { violated: violated.length > 0 ? violated : this.windows.map(({ name }) => name), waitMs };
  }
}
