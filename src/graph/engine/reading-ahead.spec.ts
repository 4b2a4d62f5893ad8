import { MemoryNeighbors, chain, diamonds, randomEdges, seeded, star } from '../../../test/medium/graph-oracle.js';
import type { OracleEdge } from '../../../test/medium/graph-oracle.js';
import { breadthFirst } from './breadth-first.js';
import type { WalkBudget } from './breadth-first.js';
import { ReadingAhead } from './reading-ahead.js';
import { shortestPath } from './shortest-path.js';

const AMPLE: WalkBudget = { nodes: 100_000, deadline: Infinity };
const tailed = (edges: OracleEdge[], more: OracleEdge[], by: number): OracleEdge[] => [
  ...edges,
  ...more.map((one) => ({ ...one, source: one.source + by, target: one.target + by })),
];

describe('reading ahead', () => {
  test.each(['out', 'in', 'both'] as const)('changes nothing about what a walk %s finds', async (direction) => {
    const random = seeded(7);
    for (let round = 0; round < 40; round++) {
      const size = 20 + Math.floor(random() * 40);
      // Sparse, so that some walks are thin and long.
      const edges = randomEdges(random, size, Math.floor(size * (0.9 + random())));
      const budgets = [AMPLE, { ...AMPLE, nodes: 15 }, { ...AMPLE, depth: 12 }, { ...AMPLE, hub: 3 }];
      for (const budget of budgets) {
        const far = await breadthFirst(new ReadingAhead(new MemoryNeighbors(edges, direction)), 1, budget);
        expect(far).toEqual(await breadthFirst(new MemoryNeighbors(edges, direction), 1, budget));
      }
    }
  });

  test('walks a chain, and a ladder, by few questions', async () => {
    for (const edges of [chain(1000), diamonds(300)]) {
      const source = new MemoryNeighbors(edges, 'out');
      const walk = await breadthFirst(new ReadingAhead(source), 1, AMPLE);
      expect(walk.nodes.length).toBeGreaterThan(900);
      expect(source.asked).toBeLessThan(30);
    }
  });

  test('finds a path along a chain by few questions', async () => {
    const [forth, back] = [new MemoryNeighbors(chain(1000), 'out'), new MemoryNeighbors(chain(1000), 'in')];
    const budget = { nodes: 10_000, edges: 10_000, deadline: Infinity };
    const answer = await shortestPath(
      new ReadingAhead(forth),
      new ReadingAhead(back),
      { source: 1, target: 1000 },
      budget,
    );
    expect(answer).toMatchObject({ found: 'path', path: { length: 1000 } });
    expect(forth.asked + back.asked).toBeLessThan(60);
  });

  test('gives up where the graph gets wide', async () => {
    const edges = tailed(chain(30), star(30_000), 29);
    const source = new MemoryNeighbors(edges, 'out');
    const walk = await breadthFirst(new ReadingAhead(source), 1, AMPLE);
    expect(walk).toEqual(await breadthFirst(new MemoryNeighbors(edges, 'out'), 1, AMPLE));
    expect(walk.nodes).toHaveLength(30_030);
  });
});
