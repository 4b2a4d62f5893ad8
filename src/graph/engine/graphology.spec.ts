import { join } from 'node:path';
import { askGraphology } from '../../../test/support/graphology-oracle.js';
import type { Oracle } from '../../../test/support/graphology-oracle.js';
import { packageSteps } from '../../../test/support/package-steps.js';
import { randomEdges, seeded, stepsOf } from '../../../test/medium/graph-oracle.js';
import { communities } from './communities.js';
import { countOf, membersOf } from './groups.js';
import type { Groups } from './groups.js';
import { pageRank } from './page-rank.js';
import { pathCentrality } from './shortest-paths.js';
import { strongComponents } from './strong-components.js';
import { weakComponents } from './weak-components.js';
import type { WholeGraph } from './whole-graph.js';
import { storedGraph } from '../../../test/support/stored-graph.js';
import { wholeGraph } from './whole-graph.js';

const idle = (): void => undefined;
const ALL = { sources: Infinity, leastSources: 1 };

const setsOf = (groups: Groups): number[][] =>
  Array.from({ length: countOf(groups) }, (_, i) => [...membersOf(groups, i)]);

function strong(graph: WholeGraph): number[][] {
  const search = strongComponents({ ids: graph.ids, ...graph.out });
  for (let step = search.next(); ; step = search.next()) if (step.done) return step.value;
}

const closeTo = (found: Float64Array | number[], expected: number[]): void => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 9));
};

function expectSame(size: number, steps: readonly (readonly [number, number])[], seed: number): Oracle {
  const graph = wholeGraph(storedGraph(size, steps), {}, idle);
  const oracle = askGraphology(size, steps, seeded(seed));
  const degree = (place: number, { offsets }: WholeGraph['out']): number => offsets[place + 1] - offsets[place];
  const share = (value: number): number => value / (size - 1);
  const places = Array.from({ length: size }, (_, i) => i);
  closeTo(places.map((i) => share(degree(i, graph.out))), oracle.outDegree); // prettier-ignore
  closeTo(places.map((i) => share(degree(i, graph.in))), oracle.inDegree); // prettier-ignore
  closeTo(places.map((i) => share(degree(i, graph.out) + degree(i, graph.in))), oracle.degree); // prettier-ignore
  const paths = pathCentrality(graph, ALL, idle);
  expect([paths.exact, paths.sources]).toEqual([true, size]);
  closeTo(paths.betweenness, oracle.betweenness);
  closeTo(paths.closeness, oracle.closeness);
  closeTo(pageRank(graph, idle).values, oracle.pageRank);
  expect(setsOf(weakComponents(graph, idle))).toEqual(oracle.weak);
  expect(strong(graph)).toEqual(oracle.strong);
  expectGoodCommunities(graph, oracle);
  return oracle;
}

function expectGoodCommunities(graph: WholeGraph, oracle: Oracle): void {
  const found = communities(graph, idle);
  const label: number[] = [];
  setsOf(found.groups).forEach((members, i) => members.forEach((place) => (label[place] = i)));
  expect(found.modularity).toBeCloseTo(oracle.modularity(label), 9);
  expect(found.modularity).toBeGreaterThanOrEqual(oracle.louvain - 0.01 * Math.abs(oracle.louvain));
}

describe('graphology agrees', () => {
  test('on 200 random graphs, of every algorithm', () => {
    const random = seeded(2001);
    for (let round = 0; round < 200; round++) {
      const size = 3 + Math.floor(random() * 60);
      const edges = randomEdges(random, size, Math.floor(random() * size * 4));
      const steps = stepsOf(edges, 'out').map(({ from, to }) => [from - 1, to - 1] as const);
      expectSame(size, steps, round);
    }
  });

  test('on a piece of a package index', () => {
    const { size, steps } = packageSteps(join(__dirname, '../../../test/fixtures/debian-sample.jsonl.gz'));
    expect(size).toBeGreaterThan(1_500);
    const { louvain } = expectSame(size, steps, 1);
    expect(louvain).toBeGreaterThan(0.3);
  });
});
