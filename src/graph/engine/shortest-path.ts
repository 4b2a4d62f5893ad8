import { OutOfTime, chunksOf } from './neighbor-source.js';
import type { NeighborSource, NodeId } from './neighbor-source.js';

export interface PathBudget {
  /** Most entries looked at, both sides together. */
  nodes: number;
  /** Most relationships looked at; only weighted searches count them. */
  edges: number;
  /** On the clock of `performance.now()`. */
  deadline: number;
}

/** `unknown`: the budget ended before an answer, which is not the same as there being no path. */
export type PathAnswer<Path> =
  { found: 'path'; path: Path } | { found: 'none' } | { found: 'unknown'; spent: 'nodes' | 'edges' | 'deadline' };

interface Side {
  source: NeighborSource;
  parent: Map<NodeId, NodeId | undefined>;
  frontier: NodeId[];
  degrees?: ReadonlyMap<NodeId, number>;
}

/**
 * The entries of one path of fewest steps, both ends included. Two frontiers grow towards each other, level by level,
 * always the one with fewer relationships to look at: from one side alone a search in a large graph looks at most of it.
 *
 * When two frontiers meet for the first time, every meeting lies on a shortest path; the smallest id is taken.
 */
export async function shortestPath(
  forward: NeighborSource,
  backward: NeighborSource,
  ends: { source: NodeId; target: NodeId },
  budget: PathBudget,
): Promise<PathAnswer<NodeId[]>> {
  if (ends.source === ends.target) return { found: 'path', path: [ends.source] };
  const sides: [Side, Side] = [sideOf(forward, ends.source), sideOf(backward, ends.target)];
  try {
    while (sides.every((side) => side.frontier.length > 0)) {
      if (performance.now() > budget.deadline) return { found: 'unknown', spent: 'deadline' };
      const [side, other] = await cheaperFirst(sides);
      const room = budget.nodes - sides[0].parent.size - sides[1].parent.size;
      const { meeting, spent } = await grow(side, other, room, budget.deadline);
      if (meeting !== undefined) return { found: 'path', path: joined(sides, meeting) };
      if (spent) return { found: 'unknown', spent };
    }
  } catch (error) {
    if (error instanceof OutOfTime) return { found: 'unknown', spent: 'deadline' };
    throw error;
  }
  return { found: 'none' };
}

const sideOf = (source: NeighborSource, end: NodeId): Side => ({
  source,
  parent: new Map([[end, undefined]]),
  frontier: [end],
});

async function cheaperFirst(sides: [Side, Side]): Promise<[Side, Side]> {
  const costs: number[] = [];
  for (const side of sides) {
    const degrees = (side.degrees ??= await side.source.degrees(side.frontier));
    costs.push(side.frontier.reduce((sum, node) => sum + (degrees.get(node) ?? 0), side.frontier.length));
  }
  return costs[0] <= costs[1] ? sides : [sides[1], sides[0]];
}

type Growth = { meeting?: NodeId; spent?: 'nodes' | 'deadline' };

async function grow(side: Side, other: Side, room: number, deadline: number): Promise<Growth> {
  const found = new Map<NodeId, NodeId>();
  let meeting: NodeId | undefined;
  let spent: Growth['spent'];
  for (const chunk of chunksOf(side.frontier, side.degrees)) {
    if (performance.now() > deadline) spent = 'deadline';
    else if (found.size > room) spent = 'nodes';
    if (spent) break;
    // Every neighbour already seen may come before the first new one.
    const { from, to, cut } = await side.source.reach(chunk, side.parent.size + room + 1);
    for (let i = 0; i < to.length; i++) {
      if (side.parent.has(to[i])) continue;
      const known = found.get(to[i]);
      if (known === undefined || from[i] < known) found.set(to[i], from[i]);
      if (other.parent.has(to[i]) && (meeting === undefined || to[i] < meeting)) meeting = to[i];
    }
    if (cut) spent = 'nodes';
  }
  for (const [node, parent] of found) side.parent.set(node, parent);
  side.frontier = [...found.keys()].sort((a, b) => a - b);
  side.degrees = undefined;
  return { meeting, spent: spent ?? (found.size > room ? 'nodes' : undefined) };
}

function joined([forward, backward]: [Side, Side], meeting: NodeId): NodeId[] {
  const path: NodeId[] = [];
  for (let at: NodeId | undefined = meeting; at !== undefined; at = forward.parent.get(at)) path.push(at);
  path.reverse();
  for (let at = backward.parent.get(meeting); at !== undefined; at = backward.parent.get(at)) path.push(at);
  return path;
}
