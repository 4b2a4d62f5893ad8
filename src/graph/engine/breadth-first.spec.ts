import {
  MemoryNeighbors,
  chain,
  diamonds,
  distances,
  edge,
  randomEdges,
  seeded,
  star,
  stepsOf,
} from '../../../test/medium/graph-oracle.js';
import { breadthFirst } from './breadth-first.js';
import type { Walk, WalkBudget } from './breadth-first.js';
import { OutOfTime } from './neighbor-source.js';
import type { Direction } from './neighbor-source.js';

const AMPLE: WalkBudget = { nodes: 100_000, deadline: Infinity };
const found = ({ nodes, distance }: Walk): Map<number, number> => new Map(nodes.map((node, i) => [node, distance[i]]));

describe('walking breadth first', () => {
  test.each<Direction>(['out', 'in', 'both'])(
    'finds what can be reached %s, at its least distance, on random graphs',
    async (direction) => {
      const random = seeded(1);
      for (let round = 0; round < 60; round++) {
        const edges = randomEdges(random, 3 + Math.floor(random() * 25), Math.floor(random() * 70));
        const walk = await breadthFirst(new MemoryNeighbors(edges, direction), 1, AMPLE);
        expect(found(walk)).toEqual(distances(stepsOf(edges, direction), 1));
        expect(walk.truncated).toBeNull();
      }
    },
  );

  test('leads every entry back to the start by steps that exist, over the smallest ids', async () => {
    const edges = [edge(1, 3), edge(1, 2), edge(3, 4), edge(2, 4), edge(4, 5)];
    const walk = await breadthFirst(new MemoryNeighbors(edges, 'out'), 1, AMPLE);
    expect(walk.nodes).toEqual([1, 2, 3, 4, 5]);
    expect(walk.parent.map((at) => walk.nodes[at])).toEqual([undefined, 1, 1, 2, 4]);
  });

  test('asks about every entry once, however many paths there are', async () => {
    const source = new MemoryNeighbors(diamonds(50), 'out');
    const walk = await breadthFirst(source, 1, AMPLE);
    expect(walk.nodes).toHaveLength(151);
    expect(walk.distance.at(-1)).toBe(100);
    expect(source.read).toBe(200);
  });

  test('ends on cycles, and walks a bidirectional relationship both ways whatever the direction', async () => {
    const edges = [edge(1, 2), edge(2, 3), edge(3, 1), edge(4, 3, { bidirectional: true })];
    const walk = await breadthFirst(new MemoryNeighbors(edges, 'out'), 1, AMPLE);
    expect(found(walk)).toEqual(new Map([[1, 0], [2, 1], [3, 2], [4, 3]])); // prettier-ignore
  });

  test('reaching the depth asked for is no truncation', async () => {
    const walk = await breadthFirst(new MemoryNeighbors(chain(10), 'out'), 1, { ...AMPLE, depth: 3 });
    expect(walk.nodes).toEqual([1, 2, 3, 4]);
    expect(walk.truncated).toBeNull();
  });

  test('tells that the limit ended it, and keeps the smallest ids of the level it ended in', async () => {
    const walk = await breadthFirst(new MemoryNeighbors(star(20), 'out'), 1, { ...AMPLE, nodes: 5 });
    expect(walk.nodes).toEqual([1, 2, 3, 4, 5]);
    expect(walk.truncated).toEqual({ reason: 'limit', atDepth: 1 });
  });

  test('reads no further once there is more than fits', async () => {
    const wide = star(100).flatMap((one) => [
      one,
      ...star(1_000).map((leaf) => edge(one.target, one.target * 10_000 + leaf.target)),
    ]);
    const source = new MemoryNeighbors(wide, 'out');
    const walk = await breadthFirst(source, 1, { ...AMPLE, nodes: 150, hub: 5_000 });
    expect(walk.nodes).toHaveLength(150);
    expect(source.read).toBe(100 + 20_000);
    expect(walk.expanded).toHaveLength(1 + 20);
  });

  test('a limit that everything fits in exactly is no truncation', async () => {
    const walk = await breadthFirst(new MemoryNeighbors(star(4), 'out'), 1, { ...AMPLE, nodes: 5 });
    expect(walk.nodes).toHaveLength(5);
    expect(walk.truncated).toBeNull();
  });
});

test('a walk says whose relationships it followed: neither those of hubs nor of the last level', async () => {
  const edges = [edge(1, 2), edge(1, 3), edge(2, 4), edge(3, 5), edge(3, 6)];
  const walk = await breadthFirst(new MemoryNeighbors(edges, 'out'), 1, { ...AMPLE, depth: 2, hub: 1 });
  expect(walk.expanded).toEqual([1, 2]);
});

describe('hubs', () => {
  const hub = [
    ...star(30).map((one) => ({ ...one, source: 2, target: one.target + 100 })),
    edge(1, 2),
    edge(1, 3),
    edge(3, 4),
  ];

  test('are answered but not walked through, and reported', async () => {
    const walk = await breadthFirst(new MemoryNeighbors(hub, 'out'), 1, { ...AMPLE, hub: 10 });
    expect(walk.nodes).toEqual([1, 2, 3, 4]);
    expect(walk.hubs).toEqual([{ node: 2, degree: 30, distance: 1 }]);
    expect(walk.truncated).toEqual({ reason: 'hub', atDepth: 2 });
  });

  test('are walked through when they are the start, and left alone at the last level', async () => {
    const start = await breadthFirst(new MemoryNeighbors(hub, 'out'), 2, { ...AMPLE, hub: 10 });
    expect(start.nodes).toHaveLength(31);
    const shallow = await breadthFirst(new MemoryNeighbors(hub, 'out'), 1, { ...AMPLE, hub: 10, depth: 1 });
    expect(shallow.hubs).toEqual([]);
    expect(shallow.truncated).toBeNull();
  });
});

describe('running out of time', () => {
  test('is told, with what was found until then', async () => {
    const source = new MemoryNeighbors(chain(10), 'out');
    const walk = await breadthFirst(source, 1, { ...AMPLE, deadline: -1 });
    expect(walk.nodes).toEqual([1]);
    expect(walk.truncated).toEqual({ reason: 'deadline', atDepth: 1 });
  });

  test('of the source itself is the same', async () => {
    const source = new MemoryNeighbors(chain(10), 'out');
    const reach = source.reach.bind(source);
    source.reach = (frontier, limit) => (frontier[0] === 3 ? Promise.reject(new OutOfTime()) : reach(frontier, limit));
    const walk = await breadthFirst(source, 1, AMPLE);
    expect(walk.nodes).toEqual([1, 2, 3]);
    expect(walk.truncated).toEqual({ reason: 'deadline', atDepth: 3 });
  });
});
