import type { Demand, LimitStore, Supply } from './limit-store.js';
import { LocalCounter } from './local-counter.js';
import { Quota } from './quota.js';
import type { LimitWindow } from './sliding-window.js';

const flushed = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

describe('a quota', () => {
  let now: number;
  let asked: Demand[];
  let store: LimitStore;
  const clock = (): number => now;

  beforeEach(() => {
    [now, asked] = [1_000_000, []];
    const counter = new LocalCounter(clock);
    store = {
      take: (demand: Demand): Promise<Supply> => {
        asked.push(demand);
        return counter.take(demand);
      },
    };
  });
  const quota = (limit: number, seconds = 60, more: LimitWindow[] = []): Quota =>
    new Quota('key', [...more, { name: 'main', limit, seconds }], store, clock);

  it('asks once for many requests, and answers the others without waiting', async () => {
    const own = quota(500);
    expect(await own.spend(1)).toBeUndefined();
    for (let i = 0; i < 4; i++) expect(own.spend(1)).toBeUndefined();
    expect(asked).toHaveLength(1);
    expect(own.spend(1)).toBeInstanceOf(Promise);
    await flushed();
    expect(asked).toHaveLength(2);
  });

  it('asks for the next block when half of one is spent, so that nobody waits', async () => {
    const own = quota(1000);
    expect(await own.spend(1)).toBeUndefined();
    for (let i = 0; i < 200; i++) {
      expect(own.spend(1)).toBeUndefined();
      await flushed();
    }
    expect(asked.length).toBeGreaterThan(20);
    expect(own.remainders()[0].units).toBe(799);
  });

  it('gives back what it had of a cell that ended while the next block was on its way', async () => {
    const own = quota(1000);
    expect(await own.spend(1)).toBeUndefined();
    for (let i = 0; i < 4; i++) expect(own.spend(1)).toBeUndefined();
    now += 990;
    const { take } = store;
    store.take = async (demand) => {
      now += 20;
      return take(demand);
    };
    expect(own.spend(1)).toBeUndefined();
    await flushed();
    expect(own.spend(1)).toBeUndefined();
    expect(own.withdraw()).toMatchObject({ owner: 'key', units: 4 });
    expect(own.withdraw()).toBeUndefined();
  });

  it('goes on with what it has when the next block does not come', async () => {
    const { take } = store;
    const own = quota(1000);
    expect(await own.spend(1)).toBeUndefined();
    store.take = async () => {
      throw new Error('away');
    };
    for (let i = 0; i < 9; i++) {
      expect(own.spend(1)).toBeUndefined();
      await flushed();
    }
    store.take = take;
    expect(await own.spend(1)).toBeUndefined();
  });

  it('admits exactly its limit, and says which window is spent and when to come back', async () => {
    const own = quota(7, 60);
    const outcomes = await Promise.all(Array.from({ length: 20 }, async () => own.spend(1)));
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(7);
    const refusal = outcomes.at(-1);
    expect(refusal?.violated).toEqual(['main']);
    expect(refusal?.waitMs).toBeGreaterThanOrEqual(60_000);
    expect(refusal?.waitMs).toBeLessThanOrEqual(61_000);
    now += refusal!.waitMs;
    expect(await own.spend(1)).toBeUndefined();
  });

  it('serves who comes while it asks by one more question', async () => {
    const own = quota(50);
    const outcomes = Promise.all(Array.from({ length: 30 }, async () => own.spend(1)));
    expect(await outcomes).toEqual(Array.from({ length: 30 }, () => undefined));
    expect(asked.map(({ wanted }) => wanted)).toEqual([1, 29]);
  });

  it('remembers a refusal for a moment and asks nobody meanwhile', async () => {
    const own = quota(1, 60);
    await own.spend(1);
    expect(await own.spend(1)).toBeDefined();
    const before = asked.length;
    for (let i = 0; i < 100; i++) expect(own.spend(1)).not.toBeInstanceOf(Promise);
    expect(asked).toHaveLength(before);
    now += 1_001;
    expect(await own.spend(1)).toBeDefined();
    expect(asked).toHaveLength(before + 1);
  });

  it('spends nothing past the cell it was counted in: it gives that back and takes anew', async () => {
    const own = quota(1000);
    await own.spend(1);
    now += 1_000;
    await own.spend(1);
    expect(asked[1].back?.units).toBe(9);
    const [left] = own.remainders();
    expect(left.units).toBe(998);
  });

  it('takes from all windows or from none', async () => {
    const own = quota(100, 3600, [{ name: 'burst', limit: 3, seconds: 1 }]);
    const outcomes = await Promise.all(Array.from({ length: 5 }, async () => own.spend(1)));
    expect(outcomes.slice(3)).toEqual([
      expect.objectContaining({ violated: ['burst'] }),
      expect.objectContaining({ violated: ['burst'] }),
    ]);
    const units = Object.fromEntries(own.remainders().map(({ window, units: left }) => [window.name, left]));
    expect(units).toEqual({ burst: 0, main: 97 });
  });

  it('lets pass what is cheaper than what was refused', async () => {
    const own = quota(6, 60);
    expect(await own.spend(4)).toBeUndefined();
    expect(await own.spend(5)).toMatchObject({ violated: ['main'] });
    expect(await own.spend(1)).toBeUndefined();
  });

  it('never refuses what is free, and asks nobody for it', async () => {
    const own = quota(1, 10);
    expect(own.spend(0)).toBeUndefined();
    expect(asked).toHaveLength(0);
    expect(await own.spend(1)).toBeUndefined();
    // The unit's cell ends while the refusal is still remembered.
    now += 950;
    expect(await own.spend(1)).toBeDefined();
    now += 100;
    expect(own.spend(0)).toBeUndefined();
  });

  it('takes a whole limit for what costs more than that', async () => {
    const own = quota(3, 60);
    expect(await own.spend(5)).toBeUndefined();
    expect(await own.spend(1)).toBeDefined();
  });

  it('hands over what it did not spend, once', async () => {
    const own = quota(1000);
    await own.spend(1);
    expect(own.withdraw()).toBeUndefined();
    expect(own.withdraw(true)).toMatchObject({ owner: 'key', units: 9 });
    expect(own.withdraw(true)).toBeUndefined();
  });
});

/** Several processes with one count, at random times; what is spent at hand in one stretch of the window's length. */
describe('no stretch of time as long as the window', () => {
  const replay = async (limit: number, ms: number, processes: number, seed: number): Promise<number> => {
    let [now, state] = [5_000_000 + seed * 137, seed];
    const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    const counter = new LocalCounter(() => now);
    const window = { name: 'w', limit, seconds: ms / 1000 };
    const quotas = Array.from({ length: processes }, () => new Quota('key', [window], counter, () => now));
    const spent: number[] = [];
    let most = 0;
    for (let step = 0; step < limit * 20; step++) {
      // Now a flood, now nobody.
      now += random() < 0.4 / limit ? random() * ms * 1.5 : random() * (ms / limit);
      const quota = quotas[Math.floor(random() * processes)];
      if ((await quota.spend(1)) === undefined) spent.push(now);
      const back = random() < 0.1 ? quota.withdraw() : undefined;
      if (back) await counter.take({ owner: 'key', windows: [window], wanted: 0, spare: 0, back });
      while (spent.length > 0 && spent[0] <= now - ms) spent.shift();
      most = Math.max(most, spent.length);
    }
    return most;
  };

  it.each([1, 2, 3, 4, 5, 6])('holds more than the limit, and some hold nearly all of it (seed %i)', async (seed) => {
    for (const [limit, ms] of [
      [200, 2_000],
      [20, 1_000],
      [1000, 60_000],
      [3000, 120_000],
    ]) {
      const most = await replay(limit, ms, 3, seed);
      expect(most).toBeLessThanOrEqual(limit);
      expect(most).toBeGreaterThan(limit * 0.9);
    }
  });
});
