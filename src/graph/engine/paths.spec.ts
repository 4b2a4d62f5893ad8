import {
  MemoryNeighbors,
  chain,
  costs,
  diamonds,
  distances,
  edge,
  randomEdges,
  seeded,
  star,
  stepsOf,
} from '../../../test/medium/graph-oracle.js';
import type { OracleEdge } from '../../../test/medium/graph-oracle.js';
import { lightestPath } from './lightest-path.js';
import { OutOfTime } from './neighbor-source.js';
import type { Direction } from './neighbor-source.js';
import { shortestPath } from './shortest-path.js';

const AMPLE = { nodes: 100_000, edges: 100_000, deadline: Infinity };
const AGAINST: Record<Direction, Direction> = { out: 'in', in: 'out', both: 'both' };

const sides = (edges: OracleEdge[], direction: Direction): [MemoryNeighbors, MemoryNeighbors] => [
  new MemoryNeighbors(edges, direction),
  new MemoryNeighbors(edges, AGAINST[direction]),
];
const shortest = (edges: OracleEdge[], source: number, target: number, direction: Direction = 'out', budget = AMPLE) =>
  shortestPath(...sides(edges, direction), { source, target }, budget);
const lightest = (edges: OracleEdge[], source: number, target: number, direction: Direction = 'out', budget = AMPLE) =>
  lightestPath(...sides(edges, direction), { source, target }, budget);

describe('the shortest path', () => {
  test.each<Direction>(['out', 'in', 'both'])(
    'has the fewest steps, all of which exist, %s on random graphs',
    async (direction) => {
      const random = seeded(2);
      for (let round = 0; round < 150; round++) {
        const edges = randomEdges(random, 12, Math.floor(random() * 40));
        const steps = stepsOf(edges, direction);
        const answer = await shortest(edges, 1, 2, direction);
        const distance = distances(steps, 1).get(2);
        expect(answer.found === 'path' ? answer.path.length - 1 : undefined).toBe(distance);
        if (answer.found !== 'path') continue;
        expect([answer.path[0], answer.path.at(-1)]).toEqual([1, 2]);
        answer.path.slice(1).forEach((to, i) => {
          expect(steps.some((step) => step.from === answer.path[i] && step.to === to)).toBe(true);
        });
      }
    },
  );

  test('is the same whenever it is asked for', async () => {
    expect(await shortest(diamonds(20), 1, 61)).toEqual(await shortest(diamonds(20).reverse(), 1, 61));
  });

  test('of an entry to itself has no step', async () => {
    expect(await shortest(chain(3), 2, 2)).toEqual({ found: 'path', path: [2] });
  });

  test('does not read a hub that stands behind the cheaper side', async () => {
    const edges = [...star(10_000), edge(20_000, 20_001), edge(20_001, 20_002)];
    const [forward, backward] = sides(edges, 'out');
    expect(await shortestPath(forward, backward, { source: 1, target: 20_002 }, AMPLE)).toEqual({ found: 'none' });
    expect(forward.read + backward.read).toBe(2);
  });

  test('is unknown, not absent, when the budget ends first', async () => {
    const tight = { ...AMPLE, nodes: 10 };
    expect(await shortest(chain(100), 1, 100, 'out', tight)).toEqual({ found: 'unknown', spent: 'nodes' });
    expect(await shortest(chain(100), 1, 100, 'out', { ...AMPLE, deadline: -1 })).toEqual({
      found: 'unknown',
      spent: 'deadline',
    });
    const [forward, backward] = sides(chain(100), 'out');
    forward.reach = () => Promise.reject(new OutOfTime());
    expect(await shortestPath(forward, backward, { source: 1, target: 100 }, AMPLE)).toEqual({
      found: 'unknown',
      spent: 'deadline',
    });
  });
});

describe('the lightest path', () => {
  test.each<Direction>(['out', 'in', 'both'])('has the least weight, %s on random graphs', async (direction) => {
    const random = seeded(3);
    for (let round = 0; round < 200; round++) {
      const edges = randomEdges(random, 12, Math.floor(random() * 50));
      const answer = await lightest(edges, 1, 2, direction);
      const cost = costs(stepsOf(edges, direction), 1).get(2);
      expect(answer.found === 'path' ? answer.path.cost : undefined).toBe(cost);
      if (answer.found !== 'path') continue;
      const walked = answer.path.edges.map((id) => edges.find((one) => one.id === id)!);
      expect(walked.reduce((sum, { weight }) => sum + weight, 0)).toBe(cost);
      walked.forEach(({ source, target, bidirectional }, i) => {
        const step = [answer.path.nodes[i], answer.path.nodes[i + 1]];
        const ways = [
          ...(direction !== 'in' || bidirectional ? [[source, target]] : []),
          ...(direction !== 'out' || bidirectional ? [[target, source]] : []),
        ];
        expect(ways).toContainEqual(step);
      });
    }
  });

  test('takes a detour that weighs less, and no steps for nothing', async () => {
    const detour = [edge(1, 4, { weight: 10 }), edge(1, 2), edge(2, 3), edge(3, 4)];
    expect(await lightest(detour, 1, 4)).toMatchObject({ found: 'path', path: { nodes: [1, 2, 3, 4], cost: 3 } });
    const free = [edge(1, 4, { weight: 0 }), edge(1, 2, { weight: 0 }), edge(2, 4, { weight: 0 })];
    expect(await lightest(free, 1, 4)).toMatchObject({ path: { nodes: [1, 4], cost: 0 } });
  });

  test('takes the lightest of several relationships between the same two', async () => {
    const [heavy, light] = [edge(1, 2, { weight: 5 }), edge(1, 2, { type: 'calls', weight: 2 })];
    expect(await lightest([heavy, light], 1, 2)).toMatchObject({ path: { edges: [light.id], cost: 2 } });
  });

  test('of an entry to itself weighs nothing', async () => {
    expect(await lightest(chain(3), 2, 2)).toEqual({ found: 'path', path: { nodes: [2], edges: [], cost: 0 } });
  });

  test('asks about many entries at once', async () => {
    const [forward, backward] = sides(
      [...star(500), ...star(500).map((one) => ({ ...one, source: one.target, target: 1_000 }))],
      'out',
    );
    expect(await lightestPath(forward, backward, { source: 1, target: 1_000 }, AMPLE)).toMatchObject({
      path: { cost: 2 },
    });
    expect(forward.asked + backward.asked).toBeLessThan(10);
  });

  test('is found from the other end when a hub is more than the budget lets through', async () => {
    const edges = [...star(100), edge(200, 201)];
    const tight = { ...AMPLE, edges: 10 };
    expect(await lightest(edges, 1, 50, 'out', tight)).toMatchObject({ path: { nodes: [1, 50], cost: 1 } });
    expect(await lightest(edges, 1, 201, 'both', tight)).toEqual({ found: 'none' });
  });

  test('is unknown, not absent, when the budget ends first', async () => {
    expect(await lightest(chain(100), 1, 100, 'out', { ...AMPLE, nodes: 10 })).toEqual({
      found: 'unknown',
      spent: 'nodes',
    });
    const stars = [...star(100), ...star(100).map((one) => ({ ...one, source: 300, target: one.target + 400 }))];
    expect(await lightest(stars, 1, 300, 'both', { ...AMPLE, edges: 10 })).toEqual({
      found: 'unknown',
      spent: 'edges',
    });
    expect(await lightest(chain(100), 1, 100, 'out', { ...AMPLE, deadline: -1 })).toEqual({
      found: 'unknown',
      spent: 'deadline',
    });
  });
});
