import { storedGraph, storedRelationships } from '../../../test/support/stored-graph.js';
import type { Step } from '../../../test/support/stored-graph.js';
import { chain, diamonds, randomEdges, seeded } from '../../../test/medium/graph-oracle.js';
import type { OracleEdge } from '../../../test/medium/graph-oracle.js';
import { communities } from './communities.js';
import { countOf, membersOf, sizeOf } from './groups.js';
import { pathCentrality } from './shortest-paths.js';
import { Stopped } from './stopped.js';
import { componentLabels, weakComponents } from './weak-components.js';
import type { Rows, WholeGraph } from './whole-graph.js';
import { undirected, wholeGraph } from './whole-graph.js';

const idle = (): void => undefined;
const rowsOf = ({ offsets, targets }: Rows): number[][] =>
  Array.from({ length: offsets.length - 1 }, (_, i) => [...targets.subarray(offsets[i], offsets[i + 1])]);
const stepsOf = (edges: readonly OracleEdge[]): Step[] => edges.map(({ source, target }) => [source - 1, target - 1]);
const graphOf = (size: number, edges: readonly OracleEdge[]): WholeGraph =>
  wholeGraph(storedGraph(size, stepsOf(edges)), {}, idle);

describe('a graph as algorithms take it', () => {
  const stored = storedRelationships(4, [
    { source: 0, target: 2 },
    { source: 0, target: 2, type: 2 },
    { source: 0, target: 1, type: 2, bidirectional: true },
    { source: 2, target: 0 },
    { source: 3, target: 0, type: 3 },
  ]);

  test('has parallel relationships once and bidirectional ones both ways, in rows that rise', () => {
    const graph = wholeGraph(stored, {}, idle);
    expect(rowsOf(graph.out)).toEqual([[1, 2], [0], [0], [0]]);
    expect(rowsOf(graph.in)).toEqual([[1, 2, 3], [0], [0], []]);
    expect(rowsOf(undirected(graph))).toEqual([[1, 2, 3], [0], [0], [0]]);
  });

  test('leaves out other types, and entries that are not there', () => {
    expect(rowsOf(wholeGraph(stored, { types: [2] }, idle).out)).toEqual([[1, 2], [0], [], []]);
    const graph = wholeGraph(stored, { without: Float64Array.of(0, 7) }, idle);
    expect([[...graph.ids], rowsOf(graph.out)]).toEqual([
      [1, 2, 3],
      [[], [], []],
    ]);
    expect(rowsOf(wholeGraph(stored, { without: Float64Array.of(1) }, idle).out)).toEqual([[1], [0], [0]]);
  });
});

describe('shortest paths', () => {
  const ALL = { sources: Infinity, leastSources: 1 };

  test('are counted beyond what a number holds', () => {
    // 2 to the power of 1500 paths lead from end to end; half of those through the middle of a rung take either side.
    const rungs = 1_500;
    const graph = graphOf(3 * rungs + 1, diamonds(rungs));
    const { betweenness, closeness } = pathCentrality(graph, { sources: 3, leastSources: 1 }, idle);
    for (const value of [...betweenness, ...closeness]) expect(Number.isFinite(value)).toBe(true);
    expect(Math.max(...betweenness)).toBeGreaterThan(0);
  });

  test('of a deep chain are exact', () => {
    const size = 2_000;
    const { betweenness, exact } = pathCentrality(graphOf(size, chain(size)), ALL, idle);
    expect(exact).toBe(true);
    expect(betweenness[1_000]).toBeCloseTo((1_000 * 999) / ((size - 1) * (size - 2)), 9);
  });

  test('from a sample are near the truth, by about as much as the sample says', () => {
    const graph = graphOf(400, randomEdges(seeded(5), 400, 1_600));
    const truth = pathCentrality(graph, ALL, idle);
    const sample = pathCentrality(graph, { sources: 100, leastSources: 16 }, idle);
    expect([sample.exact, sample.sources]).toEqual([false, 100]);
    // A few sources near by may make most of an entry's betweenness: a sample without them cannot know its error.
    for (const [measure, least] of [
      ['betweenness', 320],
      ['closeness', 380],
    ] as const) {
      const within = [...truth[measure]].filter(
        (value, i) => Math.abs(sample[measure][i] - value) <= 3 * sample[`${measure}Error`]![i] + 1e-9,
      );
      expect(within.length).toBeGreaterThan(least);
    }
  });

  test('that are cut by time are a sample of what was walked, unless that is too little or nobody waits', () => {
    const graph = graphOf(2_000, randomEdges(seeded(6), 2_000, 60_000));
    const stopAfter = (calls: number, reason: Stopped['reason']) => {
      let left = calls;
      return () => {
        if (left-- === 0) throw new Stopped(reason);
      };
    };
    const sample = pathCentrality(graph, { sources: Infinity, leastSources: 16 }, stopAfter(60, 'deadline'));
    expect(sample.exact).toBe(false);
    expect(sample.sources).toBeGreaterThanOrEqual(16);
    expect(sample.sources).toBeLessThan(100);
    const budget = { sources: Infinity, leastSources: 16 };
    expect(() => pathCentrality(graph, budget, stopAfter(2, 'deadline'))).toThrow(Stopped);
    expect(() => pathCentrality(graph, budget, stopAfter(60, 'cancelled'))).toThrow(Stopped);
  });
});

describe('communities', () => {
  /** `blocks` sets of `size` entries, related within more than between. */
  function planted(blocks: number, size: number): OracleEdge[] {
    const random = seeded(9);
    const whole = (n: number): number => Math.floor(random() * n);
    const pairs = new Map<string, OracleEdge>();
    for (let i = 0; i < blocks * size * 8; i++) {
      const source = whole(blocks * size);
      const inside = random() < 0.85;
      const target = inside ? size * Math.floor(source / size) + whole(size) : whole(blocks * size);
      if (source !== target)
        pairs.set(`${source} ${target}`, {
          id: i,
          source: source + 1,
          target: target + 1,
          type: 'calls',
          weight: 1,
          bidirectional: false,
        });
    }
    return [...pairs.values()];
  }

  test('are those that were planted', () => {
    const { groups, modularity } = communities(graphOf(600, planted(12, 50)), idle);
    expect(countOf(groups)).toBe(12);
    for (let group = 0; group < 12; group++) {
      const blocks = new Set([...membersOf(groups, group)].map((place) => Math.floor(place / 50)));
      expect(sizeOf(groups, group) >= 48 && blocks.size <= 2).toBe(true);
    }
    expect(modularity).toBeGreaterThan(0.6);
  });

  test('hang together, each of them, and are the same every time', () => {
    const graph = graphOf(300, randomEdges(seeded(8), 300, 500));
    const [first, second] = [communities(graph, idle), communities(graph, idle)];
    expect(second).toEqual(first);
    const neighbours = rowsOf(undirected(graph));
    for (let group = 0; group < countOf(first.groups); group++) {
      const members = [...membersOf(first.groups, group)];
      const place = new Map(members.map((member, i) => [member, i]));
      const rows = members.map((member) => neighbours[member].flatMap((other) => place.get(other) ?? []));
      const offsets = Uint32Array.from([0, ...rows.map((_, i) => rows.slice(0, i + 1).flat().length)]);
      expect(new Set(componentLabels(offsets, Uint32Array.from(rows.flat()), idle)).size).toBe(1);
    }
  });
});

test('components of a graph without relationships are its entries', () => {
  const groups = weakComponents(graphOf(3, []), idle);
  expect([countOf(groups), [...groups.ids]]).toEqual([3, [0, 1, 2]]);
});
