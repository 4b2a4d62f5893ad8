import { RelationshipTypes } from '../../src/entries/relationships/relationship-types.js';
import { CyclesRepository } from '../../src/graph/cycles.repository.js';
import { CyclesService } from '../../src/graph/cycles.service.js';
import { breadthFirst } from '../../src/graph/engine/breadth-first.js';
import { lightestPath } from '../../src/graph/engine/lightest-path.js';
import type { Direction } from '../../src/graph/engine/neighbor-source.js';
import { shortestPath } from '../../src/graph/engine/shortest-path.js';
import { GraphRepository } from '../../src/graph/graph.repository.js';
import { testDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { storeEdges, storeGraph } from './graph-fixture.js';
import {
  MemoryNeighbors,
  chain,
  costs,
  distances,
  edge,
  mutuallyReachable,
  randomEdges,
  seeded,
  stepsOf,
} from './graph-oracle.js';
import type { OracleEdge } from './graph-oracle.js';

const NODES = 14;
const AMPLE = { nodes: 10_000, edges: 10_000, deadline: Infinity };
const DIRECTIONS: Direction[] = ['out', 'in', 'both'];
const AGAINST: Record<Direction, Direction> = { out: 'in', in: 'out', both: 'both' };

let database: TestDatabase;
let graph: GraphRepository;
let cycles: CyclesService;

beforeAll(async () => {
  database = await testDatabase();
  graph = new GraphRepository(database.uow, new RelationshipTypes(database.uow));
  cycles = new CyclesService(graph, new CyclesRepository(database.uow));
});
afterAll(() => database.close());

/** Random graphs, each stored beside the others, with one choice of types in turn. */
async function* stored(seed: number, rounds: number) {
  const random = seeded(seed);
  for (let round = 0; round < rounds; round++) {
    const all = randomEdges(random, NODES, Math.floor(random() * 50));
    const { ids, numbers, edgeIds } = await storeGraph(database.uow, NODES, all);
    const types = [undefined, ['depends_on'], ['depends_on', 'requires']][round % 3];
    const edges = types ? all.filter(({ type }) => types.includes(type)) : all;
    const typeIds = await graph.typeIds(types);
    yield { edges, ids, numbers, edgeIds, typeIds, direction: DIRECTIONS[Math.floor(random() * 3)] };
  }
}

describe('neighbours read from the database', () => {
  test('are those of the graph, in every direction and choice of types', async () => {
    for await (const { edges, ids, numbers, edgeIds, typeIds } of stored(11, 9)) {
      for (const direction of DIRECTIONS) {
        const [source, oracle] = [graph.neighbours(direction, typeIds), new MemoryNeighbors(edges, direction)];
        const frontier = [2, 3, 5, 7];
        const reached = await source.reach(
          frontier.map((number) => ids[number]),
          100,
        );
        const expected = await oracle.reach(frontier, 100);
        expect(new Set(reached.to.map((id) => numbers.get(id)))).toEqual(new Set(expected.to));
        const steps = await source.edges(
          frontier.map((number) => ids[number]),
          1000,
        );
        const walked = await oracle.edges(frontier, 1000);
        const tell = (...parts: (number | undefined)[]): string => parts.join(' ');
        expect(
          steps.edge
            .map((id, i) => tell(numbers.get(steps.from[i]), numbers.get(steps.to[i]), id, steps.weight[i]))
            .toSorted(),
        ).toEqual(
          walked.edge.map((id, i) => tell(walked.from[i], walked.to[i], edgeIds.get(id), walked.weight[i])).toSorted(),
        );
      }
    }
  });

  test('say when there are more than asked for, and count the degrees', async () => {
    const { ids } = await storeGraph(database.uow, 8, [edge(1, 2), edge(1, 3), edge(1, 4), edge(5, 1)]);
    const source = graph.neighbours('out');
    expect(await source.reach([ids[1]], 2)).toEqual({
      from: [ids[1], ids[1]],
      to: [ids[2], ids[3]].toSorted((a, b) => a - b),
      cut: true,
    });
    expect(await source.reach([ids[1]], 3)).toMatchObject({ cut: false });
    expect(await source.edges([ids[1]], 2)).toMatchObject({ cut: true });
    expect(await source.edges([ids[8]], 0)).toEqual({ from: [], to: [], edge: [], weight: [], cut: false });
    const degrees = async (direction: Direction) => (await graph.neighbours(direction).degrees([ids[1]])).get(ids[1]);
    expect(await Promise.all(DIRECTIONS.map(degrees))).toEqual([3, 1, 4]);
  });
});

describe('walks over the database agree with an oracle', () => {
  test('on what is reached, and at which distance', async () => {
    for await (const { edges, ids, numbers, typeIds, direction } of stored(12, 15)) {
      const walk = await breadthFirst(graph.neighbours(direction, typeIds), ids[1], AMPLE);
      const found = new Map(walk.nodes.map((id, i) => [numbers.get(id), walk.distance[i]]));
      expect(found).toEqual(distances(stepsOf(edges, direction), 1));
    }
  });

  test('on the relationships between what is reached', async () => {
    for await (const { edges, ids, edgeIds, typeIds, direction } of stored(13, 24)) {
      const walk = await breadthFirst(graph.neighbours(direction, typeIds), ids[1], { ...AMPLE, depth: 2 });
      const walked = await graph.edgesWalked(walk, direction, typeIds, 1000);
      const within = distances(stepsOf(edges, direction), 1);
      const used = stepsOf(edges, direction).filter(({ from }) => (within.get(from) ?? 2) < 2);
      expect(walked.map(({ id }) => Number(id))).toEqual(
        [...new Set(used.map((step) => edgeIds.get(step.edge.id)!))].toSorted((a, b) => a - b),
      );
    }
  });

  test('on the length of the shortest path, and on the least weight', async () => {
    for await (const { edges, ids, typeIds, direction } of stored(14, 15)) {
      const [forward, backward] = [graph.neighbours(direction, typeIds), graph.neighbours(AGAINST[direction], typeIds)];
      const ends = { source: ids[1], target: ids[2] };
      const shortest = await shortestPath(forward, backward, ends, AMPLE);
      const lightest = await lightestPath(forward, backward, ends, AMPLE);
      const steps = stepsOf(edges, direction);
      expect(shortest.found === 'path' ? shortest.path.length - 1 : undefined).toBe(distances(steps, 1).get(2));
      expect(lightest.found === 'path' ? lightest.path.cost : undefined).toBe(costs(steps, 1).get(2));
      if (shortest.found !== 'path') continue;
      const along = await graph.edgesAlong(shortest.path, direction, typeIds);
      expect(along).toHaveLength(shortest.path.length - 1);
      along.forEach(({ source_id, target_id }, i) => {
        const pair = [shortest.path[i], shortest.path[i + 1]].toSorted((a, b) => a - b);
        expect([Number(source_id), Number(target_id)].toSorted((a, b) => a - b)).toEqual(pair);
      });
    }
  });

  test('on the strongly connected components', async () => {
    const random = seeded(15);
    for (let round = 0; round < 8; round++) {
      // A type of its own per round, since cycles are asked of the whole graph.
      const types = [`round_${round}`];
      const edges = randomEdges(random, NODES, Math.floor(random() * 40), types);
      if (edges.length === 0) continue;
      const { uids } = await storeGraph(database.uow, NODES, edges);
      const { cycles: found, total } = await cycles.list({ types, limit: 100, offset: 0 });
      const expected = mutuallyReachable(stepsOf(edges, 'out'), NODES);
      expect(total).toBe(expected.length);
      const members = found.map(({ nodes }) => nodes.map(({ id }) => uids.indexOf(id)).toSorted((a, b) => a - b));
      expect(new Set(members.map(String))).toEqual(new Set(expected.map(String)));
      expect(found.map(({ size }) => size)).toEqual(expected.map((set) => set.length));
    }
  });
});

describe('cycles', () => {
  test('are computed again after every kind of change, and not without one', async () => {
    const types = ['turning'];
    const count = async (): Promise<number> => (await cycles.list({ types, limit: 10, offset: 0 })).total;
    const circle: OracleEdge[] = [edge(1, 2, { type: 'turning' }), edge(2, 3, { type: 'turning' })];
    const { ids } = await storeGraph(database.uow, 3, circle);
    expect(await count()).toBe(0);
    await storeEdges(database.uow, ids, [edge(3, 1, { type: 'turning' })]);
    expect(await count()).toBe(1);
    const load = jest.spyOn(CyclesRepository.prototype, 'load');
    expect(await Promise.all([count(), count(), count()])).toEqual([1, 1, 1]);
    expect(load).not.toHaveBeenCalled();
    load.mockRestore();
    await database.uow.query('DELETE FROM relationship WHERE source_id = $1', [ids[3]]);
    expect(await count()).toBe(0);
    await database.uow.query('UPDATE relationship SET bidirectional = true WHERE source_id = $1', [ids[1]]);
    expect(await count()).toBe(1);
    await database.uow.query('DELETE FROM entry WHERE id = $1', [ids[1]]);
    expect(await count()).toBe(0);
  });
});

describe('a long chain', () => {
  test('of fifteen hundred is walked to its end', async () => {
    const { ids } = await storeGraph(database.uow, 1_500, chain(1_500));
    const walk = await breadthFirst(graph.neighbours('out'), ids[1], { nodes: 10_000, deadline: Infinity });
    expect(walk.distance.at(-1)).toBe(1_499);
    expect(walk.truncated).toBeNull();
  });
});
