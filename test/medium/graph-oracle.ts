import type { Direction, EdgeSteps, NodeId, Steps } from '../../src/graph/engine/neighbor-source.js';
import type { AheadSource } from '../../src/graph/engine/reading-ahead.js';

/** A relationship by the numbers of its ends. */
export interface OracleEdge {
  id: number;
  source: number;
  target: number;
  type: string;
  weight: number;
  bidirectional: boolean;
}

/** Random numbers from 0 to 1, the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const TYPES = ['depends_on', 'requires', 'calls'];

/** No two edges share source, type and target; weights are eighths (sums are exact), some of them 0. */
export function randomEdges(random: () => number, nodes: number, edges: number, types = TYPES): OracleEdge[] {
  const whole = (n: number): number => Math.floor(random() * n);
  const made = new Map<string, OracleEdge>();
  for (let i = 0; i < edges; i++) {
    const [source, target, type] = [1 + whole(nodes), 1 + whole(nodes), types[whole(types.length)]];
    const id = made.size + 1;
    const key = `${source} ${type} ${target}`;
    if (source === target || made.has(key)) continue;
    made.set(key, { id, source, target, type, weight: whole(17) / 8, bidirectional: random() < 0.15 });
  }
  return [...made.values()];
}

/** One way an edge may be walked. */
export interface OracleStep {
  from: number;
  to: number;
  edge: OracleEdge;
}

export function stepsOf(edges: readonly OracleEdge[], direction: Direction): OracleStep[] {
  return edges.flatMap((edge) => {
    const along = { from: edge.source, to: edge.target, edge };
    const against = { from: edge.target, to: edge.source, edge };
    if (direction === 'both' || edge.bidirectional) return [along, against];
    return direction === 'out' ? [along] : [against];
  });
}

/** Fewest steps to everything reachable, by relaxing every edge until nothing changes. */
export const distances = (steps: readonly OracleStep[], start: number): Map<number, number> =>
  relaxed(steps, start, () => 1);

/** Least weight to everything reachable. */
export const costs = (steps: readonly OracleStep[], start: number): Map<number, number> =>
  relaxed(steps, start, ({ edge }) => edge.weight);

function relaxed(
  steps: readonly OracleStep[],
  start: number,
  price: (step: OracleStep) => number,
): Map<number, number> {
  const best = new Map([[start, 0]]);
  for (let changed = true; changed;) {
    changed = false;
    for (const step of steps) {
      const known = best.get(step.from);
      if (known === undefined) continue;
      const cost = known + price(step);
      if (cost < (best.get(step.to) ?? Infinity)) {
        best.set(step.to, cost);
        changed = true;
      }
    }
  }
  return best;
}

/** Sets of nodes that reach each other, by asking every pair; members rise, larger sets first. */
export function mutuallyReachable(steps: readonly OracleStep[], nodes: number): number[][] {
  const reach = Array.from({ length: nodes + 1 }, (_, node) => distances(steps, node));
  const sets: number[][] = [];
  const placed = new Set<number>();
  for (let node = 1; node <= nodes; node++) {
    if (placed.has(node)) continue;
    const set = [...reach[node].keys()].filter((other) => reach[other].has(node)).sort((a, b) => a - b);
    for (const member of set) placed.add(member);
    if (set.length > 1) sets.push(set);
  }
  return sets.sort((a, b) => b.length - a.length || a[0] - b[0]);
}

/** Neighbours read from memory; counts what it was asked, so that a test can say what a walk costs. */
export class MemoryNeighbors implements AheadSource {
  asked = 0;
  read = 0;
  private readonly next = new Map<number, OracleStep[]>();

  constructor(edges: readonly OracleEdge[], direction: Direction) {
    for (const step of stepsOf(edges, direction)) {
      const list = this.next.get(step.from);
      if (list) list.push(step);
      else this.next.set(step.from, [step]);
    }
  }

  async reach(frontier: readonly NodeId[], limit: number): Promise<Steps> {
    const parents = new Map<NodeId, NodeId>();
    for (const { from, to } of this.steps(frontier)) {
      const known = parents.get(to);
      if (known === undefined || from < known) parents.set(to, from);
    }
    const all = [...parents].sort(([a], [b]) => a - b);
    const kept = all.slice(0, limit);
    return { to: kept.map(([to]) => to), from: kept.map(([, from]) => from), cut: all.length > limit };
  }

  async edges(frontier: readonly NodeId[], limit: number): Promise<EdgeSteps> {
    const all = this.steps(frontier);
    const kept = all.slice(0, limit);
    return {
      from: kept.map((step) => step.from),
      to: kept.map((step) => step.to),
      edge: kept.map((step) => step.edge.id),
      weight: kept.map((step) => step.edge.weight),
      cut: all.length > limit,
    };
  }

  async ahead(frontier: readonly NodeId[], limit: number): Promise<NodeId[]> {
    this.asked++;
    const found = new Set(frontier);
    for (const node of found) for (const { to } of this.next.get(node) ?? []) if (found.size < limit) found.add(to);
    return [...found];
  }

  async degrees(frontier: readonly NodeId[]): Promise<Map<NodeId, number>> {
    return new Map(frontier.map((node) => [node, this.next.get(node)?.length ?? 0]));
  }

  private steps(frontier: readonly NodeId[]): OracleStep[] {
    this.asked++;
    const steps = frontier.flatMap((node) => this.next.get(node) ?? []);
    this.read += steps.length;
    return steps;
  }
}

let nextId = 0;
/** An edge with nothing special about it. */
export const edge = (source: number, target: number, extra: Partial<OracleEdge> = {}): OracleEdge => ({
  id: ++nextId,
  source,
  target,
  type: 'depends_on',
  weight: 1,
  bidirectional: false,
  ...extra,
});

/** 1 → {2, 3} → 4 → {5, 6} → 7 …: 2^rungs paths over 3·rungs + 1 nodes. */
export const diamonds = (rungs: number): OracleEdge[] =>
  Array.from({ length: rungs }, (_, i) => 3 * i + 1).flatMap((top) => [
    edge(top, top + 1),
    edge(top, top + 2),
    edge(top + 1, top + 3),
    edge(top + 2, top + 3),
  ]);

/** 1 → 2 → 3 … */
export const chain = (nodes: number): OracleEdge[] => Array.from({ length: nodes - 1 }, (_, i) => edge(i + 1, i + 2));

/** 1 → 2, 3, 4 … */
export const star = (leaves: number): OracleEdge[] => Array.from({ length: leaves }, (_, i) => edge(1, i + 2));
