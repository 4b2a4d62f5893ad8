import { Heap } from './heap.js';
import { OutOfTime } from './neighbor-source.js';
import type { NeighborSource, NodeId } from './neighbor-source.js';
import type { PathAnswer, PathBudget } from './shortest-path.js';

export interface WeightedPath {
  nodes: NodeId[];
  /** Ids of the relationships between them, in order. */
  edges: number[];
  cost: number;
}

/** Entries whose relationships are fetched together with those of the one that is next. */
const PREFETCH = 256;

interface Label {
  node: NodeId;
  cost: number;
  /** Breaks ties, so that steps of no weight are not taken for nothing. */
  hops: number;
  from?: Label;
  edge: number;
}

interface Step {
  to: NodeId;
  edge: number;
  weight: number;
}

const lighter = (a: { cost: number; hops: number }, b: { cost: number; hops: number }): boolean =>
  a.cost < b.cost || (a.cost === b.cost && a.hops < b.hops);

/**
 * A path of least weight, and of fewest steps among those: Dijkstra from both ends (weights are never negative). What
 * the next entries in line lead to is fetched in one go, since one statement per entry would be most of the time.
 */
export function lightestPath(
  forward: NeighborSource,
  backward: NeighborSource,
  ends: { source: NodeId; target: NodeId },
  budget: PathBudget,
): Promise<PathAnswer<WeightedPath>> {
  return new LightestPath(forward, backward, ends, budget).search();
}

class Side {
  readonly labels = new Map<NodeId, Label>();
  /** A hub with more relationships than the budget stands next in line: the other side may still find its way. */
  stuck = false;
  readonly line = new Heap<Label>(
    (a, b) => lighter(a, b) || (a.cost === b.cost && a.hops === b.hops && a.node < b.node),
  );
  private readonly settled = new Set<NodeId>();
  private readonly fetched = new Map<NodeId, Step[]>();

  constructor(
    private readonly source: NeighborSource,
    end: NodeId,
  ) {
    this.improve({ node: end, cost: 0, hops: 0, edge: 0 });
  }

  improve(label: Label): boolean {
    const known = this.labels.get(label.node);
    if (known && !lighter(label, known)) return false;
    this.labels.set(label.node, label);
    this.line.push(label);
    return true;
  }

  /** The lightest entry not settled yet. */
  next(): Label | undefined {
    for (let top = this.line.peek(); top; top = this.line.peek()) {
      if (!this.settled.has(top.node)) return top;
      this.line.pop();
    }
    return undefined;
  }

  /** The next entry's steps; undefined, and this side goes no further, when they are more than `room` lets through. */
  async settle(label: Label, room: number): Promise<{ steps: Step[]; read: number } | undefined> {
    let read = 0;
    if (!this.fetched.has(label.node)) {
      const line = this.line.near(PREFETCH).filter(({ node }) => !this.settled.has(node) && !this.fetched.has(node));
      const fetched =
        (await this.fetch([...new Set([label.node, ...line.map(({ node }) => node)])], room)) ??
        (await this.fetch([label.node], room));
      this.stuck = fetched === undefined;
      if (fetched === undefined) return undefined;
      read = fetched;
    }
    this.settled.add(label.node);
    const steps = this.fetched.get(label.node)!;
    this.fetched.delete(label.node);
    return { steps, read };
  }

  private async fetch(nodes: readonly NodeId[], room: number): Promise<number | undefined> {
    const { from, to, edge, weight, cut } = await this.source.edges(nodes, room);
    if (cut) return undefined;
    for (const node of nodes) this.fetched.set(node, []);
    for (let i = 0; i < to.length; i++)
      this.fetched.get(from[i])!.push({ to: to[i], edge: edge[i], weight: weight[i] });
    return to.length;
  }
}

class LightestPath {
  private readonly sides: [Side, Side];
  private best?: { cost: number; hops: number; meeting: NodeId };
  private edges = 0;

  constructor(
    forward: NeighborSource,
    backward: NeighborSource,
    { source, target }: { source: NodeId; target: NodeId },
    private readonly budget: PathBudget,
  ) {
    this.sides = [new Side(forward, source), new Side(backward, target)];
    if (source === target) this.best = { cost: 0, hops: 0, meeting: source };
  }

  async search(): Promise<PathAnswer<WeightedPath>> {
    try {
      for (;;) {
        const [ahead, behind] = this.sides.map((side) => side.next());
        // A side that has nothing left has settled everything it reaches, and met the other wherever they touch.
        if (!ahead || !behind) break;
        if (this.best && !lighter({ cost: ahead.cost + behind.cost, hops: ahead.hops + behind.hops }, this.best)) break;
        const spent = await this.step(ahead, behind);
        if (spent) return { found: 'unknown', spent };
      }
    } catch (error) {
      if (error instanceof OutOfTime) return { found: 'unknown', spent: 'deadline' };
      throw error;
    }
    return this.best ? { found: 'path', path: this.pathThrough(this.best.meeting) } : { found: 'none' };
  }

  private async step(ahead: Label, behind: Label): Promise<'nodes' | 'edges' | 'deadline' | undefined> {
    const [forward, backward] = this.sides;
    if (performance.now() > this.budget.deadline) return 'deadline';
    if (forward.labels.size + backward.labels.size > this.budget.nodes) return 'nodes';
    if (forward.stuck && backward.stuck) return 'edges';
    const isForward = backward.stuck || (!forward.stuck && forward.line.size <= backward.line.size);
    const [side, other, label] = isForward ? [forward, backward, ahead] : [backward, forward, behind];
    const settled = await side.settle(label, this.budget.edges - this.edges);
    if (!settled) return undefined;
    this.edges += settled.read;
    for (const { to, edge, weight } of settled.steps) {
      const next = { node: to, cost: label.cost + weight, hops: label.hops + 1, from: label, edge };
      if (!side.improve(next)) continue;
      const opposite = other.labels.get(to);
      if (!opposite) continue;
      const through = { cost: next.cost + opposite.cost, hops: next.hops + opposite.hops, meeting: to };
      if (!this.best || lighter(through, this.best)) this.best = through;
    }
    return undefined;
  }

  private pathThrough(meeting: NodeId): WeightedPath {
    const [forward, backward] = this.sides.map((side) => side.labels.get(meeting)!);
    const path: WeightedPath = { nodes: [meeting], edges: [], cost: forward.cost + backward.cost };
    for (let at = forward; at.from; at = at.from) {
      path.nodes.push(at.from.node);
      path.edges.push(at.edge);
    }
    path.nodes.reverse();
    path.edges.reverse();
    for (let at = backward; at.from; at = at.from) {
      path.nodes.push(at.from.node);
      path.edges.push(at.edge);
    }
    return path;
  }
}
