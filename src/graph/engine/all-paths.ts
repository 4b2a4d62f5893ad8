import type { NodeId } from './neighbor-source.js';

/** One way from an entry to the next. */
export interface PathStep {
  from: NodeId;
  to: NodeId;
  edge: number;
}

export interface FoundPath {
  nodes: NodeId[];
  /** Relationships between them, in order. */
  edges: number[];
}

export interface AllPaths {
  /** Shorter ones first. */
  paths: FoundPath[];
  /** There are more, or may be: `limit` paths were found, or as many beginnings looked at as are allowed. */
  cut: { reason: 'limit' | 'steps'; atLength: number } | null;
}

export interface AllPathsBudget {
  /** Most steps of a path. */
  length: number;
  /** Most paths. */
  paths: number;
  /** Most beginnings of paths that are held and looked at: there may be very many that lead nowhere. */
  beginnings: number;
}

interface Beginning {
  node: NodeId;
  length: number;
  edge: number;
  before?: Beginning;
}

const BEGINNINGS_BETWEEN_PAUSES = 2_000;

/**
 * The paths from one entry to another that meet no entry twice, shorter ones first. Beginnings are taken up in the order
 * of what they come to at least (their length, and the distance that is left), so that of the two to the power of k paths
 * over a ladder of diamonds the first hundred cost a hundred. Yields now and then, so that others may run.
 */
export function* allPaths(
  steps: readonly PathStep[],
  { source, target }: { source: NodeId; target: NodeId },
  budget: AllPathsBudget,
): Generator<undefined, AllPaths> {
  const left = distancesTo(target, steps);
  const next = stepsByStart(steps);
  const found: AllPaths = { paths: [], cut: null };
  // By least length in the end; the last one put in is taken first, which comes to its end soonest.
  const lines: Beginning[][] = Array.from({ length: budget.length + 1 }, () => []);
  let [held, most] = [0, budget.length];
  const put = (beginning: Beginning): void => {
    const least = beginning.length + (left.get(beginning.node) ?? Infinity);
    if (least > most) return;
    lines[least].push(beginning);
    held++;
  };
  put({ node: source, length: 0, edge: -1 });
  let looked = 0;
  for (let length = 0; length <= most; length++) {
    for (let at = lines[length].pop(); at; at = lines[length].pop()) {
      held--;
      if (at.node === target) {
        if (found.paths.length === budget.paths) return { ...found, cut: { reason: 'limit', atLength: length } };
        found.paths.push(pathTo(at));
        continue;
      }
      if (looked > budget.beginnings) return { ...found, cut: { reason: 'steps', atLength: length } };
      if (looked++ % BEGINNINGS_BETWEEN_PAUSES === 0) yield;
      const before = entriesOf(at);
      for (const { to, edge } of next.get(at.node) ?? [])
        if (!before.has(to)) put({ node: to, length: at.length + 1, edge, before: at });
      // Of more than can be held the longest are given up: one entry may lead to hundreds of thousands.
      for (; held > budget.beginnings && most > length; most--) held -= lines[most].splice(0).length;
      if (held > budget.beginnings) return { ...found, cut: { reason: 'steps', atLength: length } };
    }
  }
  return most < budget.length ? { ...found, cut: { reason: 'steps', atLength: most + 1 } } : found;
}

function pathTo(end: Beginning): FoundPath {
  const path: FoundPath = { nodes: [end.node], edges: [] };
  for (let at = end; at.before; at = at.before) {
    path.nodes.push(at.before.node);
    path.edges.push(at.edge);
  }
  path.nodes.reverse();
  path.edges.reverse();
  return path;
}

function entriesOf(end: Beginning): Set<NodeId> {
  const entries = new Set<NodeId>();
  for (let at: Beginning | undefined = end; at; at = at.before) entries.add(at.node);
  return entries;
}

/** Greatest first: what is put in last is taken first. */
function stepsByStart(steps: readonly PathStep[]): Map<NodeId, PathStep[]> {
  const lists = grouped(steps, ({ from }) => from);
  for (const list of lists.values()) list.sort((a, b) => b.to - a.to);
  return lists;
}

function distancesTo(target: NodeId, steps: readonly PathStep[]): Map<NodeId, number> {
  const back = grouped(steps, ({ to }) => to);
  const distance = new Map([[target, 0]]);
  for (const [node, length] of distance)
    for (const { from } of back.get(node) ?? []) if (!distance.has(from)) distance.set(from, length + 1);
  return distance;
}

function grouped(steps: readonly PathStep[], key: (step: PathStep) => NodeId): Map<NodeId, PathStep[]> {
  const lists = new Map<NodeId, PathStep[]>();
  for (const step of steps) {
    const list = lists.get(key(step));
    if (list) list.push(step);
    else lists.set(key(step), [step]);
  }
  return lists;
}
