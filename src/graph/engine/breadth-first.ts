import { OutOfTime, chunksOf } from './neighbor-source.js';
import type { NeighborSource, NodeId } from './neighbor-source.js';

export interface WalkBudget {
  /** Most steps from the start; none asked for: as far as it goes. */
  depth?: number;
  /** Most entries, the start included. */
  nodes: number;
  /** Entries with more relationships than this are reached but not walked through, except the start. */
  hub?: number;
  /** On the clock of `performance.now()`. */
  deadline: number;
}

/**
 * Why something is missing: the `limit` of entries, the `deadline`, or a `hub` not walked through. `atDepth` is the
 * first distance at which something may be missing. Reaching the depth asked for is none of these.
 */
export interface Truncation {
  reason: 'limit' | 'deadline' | 'hub';
  atDepth: number;
}

export interface SkippedHub {
  node: NodeId;
  degree: number;
  distance: number;
}

/** What a walk found. The three columns belong together; the start is first, then by distance and id. */
export interface Walk {
  nodes: NodeId[];
  distance: number[];
  /** Place in `nodes` of the entry before it on one shortest path (the one with the smallest id); -1 for the start. */
  parent: number[];
  /** The entries whose relationships were followed. */
  expanded: NodeId[];
  truncated: Truncation | null;
  hubs: SkippedHub[];
}

/** Walks level by level: every entry is asked about once, so that cycles end and ladders of diamonds do not explode. */
export function breadthFirst(source: NeighborSource, start: NodeId, budget: WalkBudget): Promise<Walk> {
  return new BreadthFirst(source, start, budget).walk();
}

class BreadthFirst {
  private readonly place = new Map<NodeId, number>();
  private readonly result: Walk = { nodes: [], distance: [], parent: [], expanded: [], truncated: null, hubs: [] };
  private depth = 0;

  constructor(
    private readonly source: NeighborSource,
    start: NodeId,
    private readonly budget: WalkBudget,
  ) {
    this.add(start, -1);
  }

  async walk(): Promise<Walk> {
    let frontier = [...this.result.nodes];
    while (frontier.length > 0 && this.depth < (this.budget.depth ?? Infinity) && !this.result.truncated) {
      this.depth++;
      const found = new Map<NodeId, number>();
      try {
        await this.expand(frontier, found);
      } catch (error) {
        if (!(error instanceof OutOfTime)) throw error;
        this.stop('deadline');
      }
      frontier = this.admit(found);
    }
    const [first] = this.result.hubs;
    if (first) this.result.truncated ??= { reason: 'hub', atDepth: first.distance + 1 };
    return this.result;
  }

  /** Finds the unseen entries next to the frontier, each with the place of its parent, until there are too many. */
  private async expand(frontier: NodeId[], found: Map<NodeId, number>): Promise<void> {
    const degrees = this.budget.hub === undefined || this.depth === 1 ? undefined : await this.source.degrees(frontier);
    const open = degrees ? this.withoutHubs(frontier, degrees, this.budget.hub!) : frontier;
    for (const chunk of chunksOf(open, degrees)) {
      if (performance.now() > this.budget.deadline) return this.stop('deadline');
      const { from, to } = await this.source.reach(chunk, this.budget.nodes + 1);
      for (let i = 0; i < to.length; i++) this.note(from[i], to[i], found);
      for (const node of chunk) this.result.expanded.push(node);
      if (this.result.nodes.length + found.size > this.budget.nodes) return;
    }
  }

  private note(from: NodeId, to: NodeId, found: Map<NodeId, number>): void {
    if (this.place.has(to)) return;
    const known = found.get(to);
    if (known === undefined || from < this.result.nodes[known]) found.set(to, this.place.get(from)!);
  }

  /** Takes what a level found in order of id, while there is room. */
  private admit(found: Map<NodeId, number>): NodeId[] {
    const admitted: NodeId[] = [];
    for (const node of [...found.keys()].sort((a, b) => a - b)) {
      if (this.result.nodes.length >= this.budget.nodes) {
        this.stop('limit');
        break;
      }
      this.add(node, found.get(node)!);
      admitted.push(node);
    }
    return admitted;
  }

  private withoutHubs(frontier: NodeId[], degrees: ReadonlyMap<NodeId, number>, hub: number): NodeId[] {
    return frontier.filter((node) => {
      const degree = degrees.get(node) ?? 0;
      if (degree > hub) this.result.hubs.push({ node, degree, distance: this.depth - 1 });
      return degree <= hub;
    });
  }

  private add(node: NodeId, parent: number): void {
    this.place.set(node, this.result.nodes.length);
    this.result.nodes.push(node);
    this.result.distance.push(this.depth);
    this.result.parent.push(parent);
  }

  private stop(reason: Truncation['reason']): void {
    this.result.truncated ??= { reason, atDepth: this.depth };
  }
}
