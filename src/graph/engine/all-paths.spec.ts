import { chain, diamonds, edge, randomEdges, seeded, stepsOf } from '../../../test/medium/graph-oracle.js';
import type { OracleEdge } from '../../../test/medium/graph-oracle.js';
import { allPaths } from './all-paths.js';
import type { AllPaths, AllPathsBudget } from './all-paths.js';

const AMPLE: AllPathsBudget = { length: 10, paths: 1_000, beginnings: 100_000 };

function pathsOf(edges: readonly OracleEdge[], source: number, target: number, budget = AMPLE): AllPaths {
  const steps = new Map(
    stepsOf(edges, 'out').map(({ from, to, edge: { id } }) => [`${from} ${to}`, { from, to, edge: id }]),
  );
  const search = allPaths([...steps.values()], { source, target }, budget);
  for (let step = search.next(); ; step = search.next()) if (step.done) return step.value;
}

/** All simple paths by going every way there is. */
function everyPath(edges: readonly OracleEdge[], source: number, target: number, most: number): string[] {
  const next = new Map<number, Set<number>>();
  for (const { from, to } of stepsOf(edges, 'out')) next.set(from, (next.get(from) ?? new Set()).add(to));
  const walk = (path: number[]): number[][] => {
    const at = path[path.length - 1];
    if (at === target) return [path];
    if (path.length > most) return [];
    return [...(next.get(at) ?? [])].filter((to) => !path.includes(to)).flatMap((to) => walk([...path, to]));
  };
  return walk([source]).map((path) => path.join());
}

describe('all paths', () => {
  test('are those that going every way finds, shorter ones first, on random graphs', () => {
    const random = seeded(21);
    for (let round = 0; round < 100; round++) {
      const size = 3 + Math.floor(random() * 8);
      const edges = randomEdges(random, size, Math.floor(random() * 24));
      const length = 1 + Math.floor(random() * 6);
      const { paths, cut } = pathsOf(edges, 1, size, { ...AMPLE, length });
      expect(cut).toBeNull();
      expect(paths.map(({ nodes }) => nodes.join()).toSorted()).toEqual(everyPath(edges, 1, size, length).toSorted());
      const lengths = paths.map(({ edges: taken }) => taken.length);
      expect(lengths).toEqual(lengths.toSorted((a, b) => a - b));
    }
  });

  test('over a ladder of diamonds cost what they are', () => {
    const { paths, cut } = pathsOf(diamonds(400), 1, 1_201, { length: 800, paths: 100, beginnings: 100_000 });
    expect(paths).toHaveLength(100);
    expect(new Set(paths.map(({ nodes }) => nodes.join())).size).toBe(100);
    expect(cut).toEqual({ reason: 'limit', atLength: 800 });
  });

  test('say when beginnings without end were given up', () => {
    const clique = Array.from({ length: 12 }, (_, a) =>
      Array.from({ length: 12 }, (__, b) => edge(a + 1, b + 1)).filter(({ source, target }) => source !== target),
    ).flat();
    // Every beginning within the clique has come from 1 and would have to lead over it again.
    const edges = [...clique, edge(1, 13), edge(13, 14)];
    expect(pathsOf(edges, 1, 14, { ...AMPLE, beginnings: 5_000 })).toMatchObject({
      paths: [{ nodes: [1, 13, 14] }],
      cut: { reason: 'steps' },
    });
    const { cut } = pathsOf(clique, 1, 2, { ...AMPLE, beginnings: 50 });
    expect(cut).toEqual({ reason: 'steps', atLength: 3 });
  });

  test('hold no more beginnings than they may, and give up the longest first', () => {
    const size = 300;
    const from = (a: number) =>
      Array.from({ length: size }, (_, b) => edge(a, b + 3)).filter(({ target }) => target !== a);
    // All that leads on leads back over 2.
    const clique = Array.from({ length: size }, (_, a) => [...from(a + 3), edge(a + 3, 2)]).flat();
    const steps = stepsOf([edge(1, 2), edge(2, 400), ...from(2), ...clique], 'out');
    const search = allPaths(
      steps.map(({ from: source, to, edge: { id } }) => ({ from: source, to, edge: id })),
      { source: 1, target: 400 },
      { length: 10, paths: 100, beginnings: 20_000 },
    );
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    for (let step = search.next(); ; step = search.next()) {
      most = Math.max(most, process.memoryUsage().heapUsed - before);
      if (!step.done) continue;
      expect(step.value).toMatchObject({ paths: [{ nodes: [1, 2, 400] }], cut: { reason: 'steps', atLength: 5 } });
      break;
    }
    expect(most).toBeLessThan(150 * 1024 ** 2);
  });

  test('from an entry to itself are the one that takes no step, and longer ones than asked for are none', () => {
    expect(pathsOf([edge(1, 2), edge(2, 1)], 1, 1)).toEqual({ paths: [{ nodes: [1], edges: [] }], cut: null });
    expect(pathsOf(chain(20), 1, 20)).toEqual({ paths: [], cut: null });
  });
});
