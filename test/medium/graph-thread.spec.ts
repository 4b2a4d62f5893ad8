import { GraphThread } from '../../src/graph/analysis/graph-thread.js';
import { workedOut } from '../../src/graph/analysis/graph-work.js';
import type { GraphWork } from '../../src/graph/analysis/graph-work.js';
import { storedGraph } from '../support/stored-graph.js';
import { randomEdges, seeded } from './graph-oracle.js';

const thread = new GraphThread();
afterAll(() => thread.onModuleDestroy());

const random = (nodes: number, edges: number) =>
  storedGraph(
    nodes,
    randomEdges(seeded(3), nodes, edges).map(({ source, target }) => [source - 1, target - 1] as const),
  );
const small = random(60, 200);
const limit = (milliseconds: number, signal = new AbortController().signal) => ({
  signal,
  deadline: performance.now() + milliseconds,
});

describe('the thread for whole graphs', () => {
  const works: GraphWork[] = [
    { name: 'centrality' },
    { name: 'communities' },
    { name: 'components', connection: 'weak' },
    { name: 'components', connection: 'strong' },
  ];
  test.each(works)('answers %j as the algorithm does, order after order', async (work) => {
    const found = await thread.run(work, { graph: small, choice: {} }, limit(60_000));
    expect(found).toEqual(workedOut(small, {}, work, () => undefined));
  });

  test('ends at its time, and when nobody waits any more, and works on', async () => {
    const large = random(20_000, 300_000);
    const communities = { name: 'communities' } as const;
    await expect(thread.run(communities, { graph: large, choice: {} }, limit(1))).rejects.toMatchObject({
      reason: 'deadline',
    });
    const gone = new AbortController();
    const waited = thread.run(communities, { graph: large, choice: {} }, limit(60_000, gone.signal));
    setTimeout(() => gone.abort(), 20);
    await expect(waited).rejects.toMatchObject({ reason: 'cancelled' });
    await expect(
      thread.run(communities, { graph: small, choice: {} }, limit(60_000, AbortSignal.abort())),
    ).rejects.toMatchObject({ reason: 'cancelled' });
    expect(await thread.run(communities, { graph: small, choice: {} }, limit(60_000))).toMatchObject({ entries: 60 });
  });
});
