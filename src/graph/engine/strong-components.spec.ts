import { chain, edge, mutuallyReachable, randomEdges, seeded, stepsOf } from '../../../test/medium/graph-oracle.js';
import type { OracleEdge } from '../../../test/medium/graph-oracle.js';
import { CsrBuilder } from './csr.js';
import { inSlices } from './slices.js';
import { strongComponents } from './strong-components.js';

const componentsOf = (edges: OracleEdge[]): Promise<number[][]> => {
  const builder = new CsrBuilder();
  for (const { from, to } of stepsOf(edges, 'out')) builder.add(from, to);
  return inSlices(strongComponents(builder.build()));
};

describe('strongly connected components', () => {
  test('are the sets that reach each other, on random graphs', async () => {
    const random = seeded(4);
    for (let round = 0; round < 200; round++) {
      const nodes = 2 + Math.floor(random() * 20);
      const edges = randomEdges(random, nodes, Math.floor(random() * 2.5 * nodes));
      expect(await componentsOf(edges)).toEqual(mutuallyReachable(stepsOf(edges, 'out'), nodes));
    }
  });

  test('of a graph without cycles are none', async () => {
    expect(await componentsOf([])).toEqual([]);
    expect(await componentsOf([edge(1, 2), edge(2, 3), edge(1, 3)])).toEqual([]);
  });

  test('a bidirectional relationship is one of two', async () => {
    expect(await componentsOf([edge(7, 5, { bidirectional: true })])).toEqual([[5, 7]]);
  });

  test('a circle of two hundred thousand neither overflows the stack nor holds up the event loop', async () => {
    const circle = [...chain(200_000), edge(200_000, 1)];
    const builder = new CsrBuilder();
    for (const { source, target } of circle) builder.add(source, target);
    const graph = builder.build();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const [component] = await inSlices(strongComponents(graph));
    clearInterval(timer);
    expect(component).toHaveLength(200_000);
    expect(turns).toBeGreaterThan(0);
  });
});
