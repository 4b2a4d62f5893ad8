import { FRONTIER_CHUNK, OutOfTime, chunksOf } from './neighbor-source.js';
import type { NeighborSource, NodeId } from './neighbor-source.js';

export interface WalkBudget {
  /** Most steps from the start; none asked for: as far as it goes. */
  depth?: number;
  /** Most entries, the start included. */
  nodes: number;
  /** Collect the relationships walked, at most so many. */
  edges?: number;
  /** Entries with more relationships than this are reached but not walked through, except the start. */
  hub?: number;
  /** On the clock of `performance.now()`. */
  deadline: number;
}

/**
 * Why something is missing: `limit` of entries, `edges` of relationships, `deadline`, or a `hub` not walked through.
 * `atDepth` is the first distance at which something may be missing. Reaching the depth asked for is none of these.
 */
export interface Truncation {
  reason: 'limit' | 'edges' | 'deadline' | 'hub';
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
  /** Ids of the relationships walked whose both ends are among `nodes`, each once. */
  edges: number[];
  truncated: Truncation | null;
  hubs: SkippedHub[];
}

/** Walks level by level: every entry is asked about once, so that cycles end and ladders of diamonds do not explode. */
export function breadthFirst(source: NeighborSource, start: NodeId, budget: WalkBudget): Promise<Walk> {
  return new BreadthFirst(source, start, budget).walk();
}

interface Level {
  /** Unseen entries by id, with the place of their parent. */
  found: Map<NodeId, number>;
  steps: { edge: number; to: NodeId }[];
}

class BreadthFirst {
  private readonly place = new Map<NodeId, number>();
  private readonly seenEdges = new Set<number>();
  private readonly result: Walk = { nodes: [], distance: [], parent: [], edges: [], truncated: null, hubs: [] };
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
      const level: Level = { found: new Map(), steps: [] };
      try {
        await this.expand(await this.withoutHubs(frontier), level);
      } catch (error) {
        if (!(error instanceof OutOfTime)) throw error;
        this.stop('deadline');
      }
      frontier = this.admit(level);
    }
    const [first] = this.result.hubs;
    if (first) this.result.truncated ??= { reason: 'hub', atDepth: first.distance + 1 };
    return this.result;
  }

  private async expand(frontier: readonly NodeId[], level: Level): Promise<void> {
    for (const chunk of chunksOf(frontier, FRONTIER_CHUNK)) {
      if (chunk.length === 0) return;
      if (performance.now() > this.budget.deadline) return this.stop('deadline');
      if (this.budget.edges === undefined) this.note(await this.source.reach(chunk, this.budget.nodes + 1), level);
      else if (await this.expandEdges(chunk, this.budget.edges, level)) return this.stop('edges');
    }
  }

  private async expandEdges(chunk: readonly NodeId[], most: number, level: Level): Promise<boolean> {
    const steps = await this.source.edges(chunk, most - this.result.edges.length - level.steps.length);
    this.note(steps, level);
    for (let i = 0; i < steps.edge.length; i++) level.steps.push({ edge: steps.edge[i], to: steps.to[i] });
    return steps.cut;
  }

  private note({ from, to }: { from: NodeId[]; to: NodeId[] }, level: Level): void {
    for (let i = 0; i < to.length; i++) {
      if (this.place.has(to[i])) continue;
      const parent = this.place.get(from[i])!;
      const known = level.found.get(to[i]);
      if (known === undefined || from[i] < this.result.nodes[known]) level.found.set(to[i], parent);
    }
  }

  /** Takes the level's entries in order of id while there is room, then the relationships between what was taken. */
  private admit(level: Level): NodeId[] {
    const admitted: NodeId[] = [];
    for (const node of [...level.found.keys()].sort((a, b) => a - b)) {
      if (this.result.nodes.length >= this.budget.nodes) {
        this.stop('limit');
        break;
      }
      this.add(node, level.found.get(node)!);
      admitted.push(node);
    }
    for (const { edge, to } of level.steps) {
      if (!this.place.has(to) || this.seenEdges.has(edge)) continue;
      this.seenEdges.add(edge);
      this.result.edges.push(edge);
    }
    return admitted;
  }

  private async withoutHubs(frontier: NodeId[]): Promise<readonly NodeId[]> {
    const { hub } = this.budget;
    if (hub === undefined || this.depth === 1) return frontier;
    const degrees = await this.source.degrees(frontier);
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
