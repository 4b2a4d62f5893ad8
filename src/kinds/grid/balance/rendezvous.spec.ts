import { BOUND, boundOf, rendezvous, seedOf } from './rendezvous.js';

const KEYS = Array.from({ length: 100_000 }, (_, n) => `session-${n}`);
const ids = Array.from({ length: 10 }, (_, n) => `0192f0c1-7c3a-7a10-9d5e-0242ac12000${n}`);

/** To which node each key goes. */
function homes(nodes: readonly { id: string; weight: number }[]): string[] {
  const hashed = nodes.map(({ weight }) => ({ weight, load: { connections: 0 } }));
  const seeds = Uint32Array.from(nodes, ({ id }) => seedOf(id));
  return KEYS.map((key) => nodes[rendezvous(key, hashed, seeds, () => true)!.place].id);
}

const equal = (some: readonly string[]) => some.map((id) => ({ id, weight: 1 }));
const countOf = (found: readonly string[], id: string): number => found.filter((one) => one === id).length;

describe('rendezvous hashing of 100,000 keys over ten nodes', () => {
  const before = homes(equal(ids));

  it('gives none more than 1.05 times the mean', () => {
    expect(Math.max(...ids.map((id) => countOf(before, id)))).toBeLessThanOrEqual(10_500);
  });

  it('moves the keys of a node that leaves, at most 10.5 % of all, and no other; they are back when it is', () => {
    const [left, ...rest] = ids;
    const after = homes(equal(rest));
    const moved = KEYS.filter((_, n) => before[n] !== after[n]);
    expect(moved.length).toBe(countOf(before, left));
    expect(moved.length).toBeLessThanOrEqual(10_500);
    expect(homes(equal([...rest, left]))).toEqual(before);
  });

  it('follows weights, and moves keys only to the node whose weight grew', () => {
    const heavier = ids.map((id, n) => ({ id, weight: n === 0 ? 3 : 1 }));
    const after = homes(heavier);
    expect(countOf(after, ids[0]) / 100_000).toBeCloseTo(3 / 12, 2);
    for (const [n, id] of after.entries()) if (id !== before[n]) expect(id).toBe(ids[0]);
  });
});

describe('bounded load', () => {
  it('sends one hot key to other nodes before any has more than 1.25 times the mean', () => {
    const nodes = ids.map(() => ({ weight: 1, load: { connections: 0 } }));
    const seeds = Uint32Array.from(ids, seedOf);
    for (let total = 0; total < 5000; total++) {
      const found = rendezvous('hot', nodes, seeds, (at) => nodes[at].load.connections < boundOf(total, 1 / 10))!;
      nodes[found.place].load.connections++;
    }
    const counts = nodes.map(({ load }) => load.connections);
    expect(Math.max(...counts)).toBeLessThanOrEqual(BOUND * 500 + 1);
    expect(counts.filter((count) => count > 0).length).toBeGreaterThan(7);
  });

  it('leaves keys that are spread evenly where they are, however many are open', () => {
    const nodes = ids.map(() => ({ weight: 1, load: { connections: 0 } }));
    const seeds = Uint32Array.from(ids, seedOf);
    let passed = 0;
    for (const [total, key] of KEYS.entries()) {
      const found = rendezvous(key, nodes, seeds, (at) => nodes[at].load.connections < boundOf(total, 1 / 10))!;
      nodes[found.place].load.connections++;
      if (found.place !== found.home) passed++;
    }
    expect(passed).toBe(0);
  });
});
