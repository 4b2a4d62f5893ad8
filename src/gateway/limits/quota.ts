import type { LimitStore, Supply } from './limit-store.js';
import { cellMs, freeIn, nextRelease, waitFor } from './sliding-window.js';
import type { LimitWindow } from './sliding-window.js';

/** Units handed out in advance: a hundredth of the limit, at most so many, for at most so long. */
const MOST_SPARE = 2_000;
const MOST_LEASE_MS = 30_000;
/** Fewer than these are not worth asking for before they are needed. */
const LEAST_AHEAD = 10;
const LEAST_CELL_MS = 1_000;
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

/** What the store said last, reckoned once: it is told with every answer. */
interface Reading {
  window: LimitWindow;
  free: number;
  releaseMs: number;
}

interface Waiter {
  cost: number;
  resolve: (outcome: Refusal | undefined) => void;
  reject: (error: unknown) => void;
}

/**
 * What one owner may still spend in this process. Units come from the store in small blocks, each good until its cell
 * ends; as long as some are at hand a request is answered without waiting, and the next block is asked for when half of one
 * is spent. One question to the store at a time: whoever comes meanwhile is served together by the next one, in the order
 * of arrival.
 */
export class Quota {
  private units = 0;
  private until = 0;
  private refusedUntil = 0;
  private supply: Supply = { granted: 0, windows: [], cells: [] };
  private readings: Reading[] = [];
  private readAt = 0;
  /** Units of a cell that ended while the next block was on its way: they wait to be given back. */
  private left?: { units: number; cells: readonly number[] };
  /** The last block was smaller than it might have been. */
  private scarce = true;
  private waiting: Waiter[] = [];
  private asking = false;
  private readonly spare: number;
  private readonly smallest: number;
  /** With fewer units at hand than this the next block is asked for. */
  private readonly low: number;

  constructor(
    readonly owner: string,
    readonly windows: readonly LimitWindow[],
    private readonly store: LimitStore,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.smallest = Math.min(...windows.map(({ limit }) => limit));
    this.spare = Math.min(MOST_SPARE, Math.max(1, Math.floor(this.smallest / 100)));
    // Where cells are short, blocks would come for a cell that has ended.
    const longCells = windows.every((window) => cellMs(window) >= LEAST_CELL_MS);
    this.low = longCells && this.spare >= LEAST_AHEAD ? this.spare / 2 : 0;
  }

  /**
   * Spends `cost` units: undefined when that is done, else why not; a promise of it when the store has to be asked. What costs
   * more than a whole limit costs the whole limit.
   */
  spend(cost: number): Refusal | undefined | Promise<Refusal | undefined> {
    const units = Math.min(cost, this.smallest);
    // What is free is never refused, not even while a refusal is remembered or nothing can be counted.
    if (units === 0) return undefined;
    const now = this.now();
    if (this.units >= units && now < this.until) {
      this.units -= units;
      if (this.units < this.low && !this.asking && !this.scarce && !this.left) void this.askAhead();
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
    const passed = now - this.readAt;
    return this.readings.map(({ window, free, releaseMs }) => ({
      window,
      units: Math.min(window.limit, free + atHand),
      waitMs: Math.max(0, releaseMs - passed),
    }));
  }

  /** Takes out units that are past their time, or all there are, to give them back to the store. Call it until there is none. */
  withdraw(all = false): Unspent | undefined {
    const { owner, windows, left } = this;
    if (left) {
      this.left = undefined;
      return { owner, windows, ...left };
    }
    if (this.asking || this.units === 0 || (!all && this.now() < this.until)) return undefined;
    return { owner, windows, ...this.takeOut() };
  }

  /** Nothing is at hand, asked or remembered. */
  get idle(): boolean {
    return !this.asking && !this.left && this.units === 0 && this.now() >= Math.max(this.until, this.refusedUntil);
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

  /** Fetches the next block while there are units left. Nobody waits for it, so a failure is left to who needs some. */
  private async askAhead(): Promise<void> {
    this.asking = true;
    const { owner, windows, spare } = this;
    const askedAt = this.now();
    try {
      this.accept(await this.store.take({ owner, windows, wanted: 0, spare }), 0, askedAt);
    } catch {
      this.scarce = true;
    }
    await this.ask();
  }

  private accept(supply: Supply, wanted: number, askedAt: number): void {
    const sameCell =
      supply.cells.length > 0 && supply.cells.every(({ newest }, i) => newest === this.supply.cells[i]?.newest);
    if (this.units > 0 && !sameCell) this.left = this.takeOut();
    this.supply = supply;
    this.readAt = this.now();
    this.readings = supply.cells.map((cells, i) => ({
      window: supply.windows[i],
      free: Math.max(0, freeIn(supply.windows[i], cells)),
      releaseMs: nextRelease(supply.windows[i], cells),
    }));
    this.units += supply.granted;
    this.scarce = supply.granted < Math.max(wanted, this.spare);
    // Told from the moment of asking, so never later than by the clock of the store.
    const leftMs = Math.min(MOST_LEASE_MS, ...supply.cells.map((cells) => cells.leftMs));
    this.until = supply.cells.length > 0 ? askedAt + leftMs : 0;
    if (supply.granted >= wanted) return;
    const releases = this.readings.map(({ releaseMs }) => releaseMs).filter((ms) => ms > 0);
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
