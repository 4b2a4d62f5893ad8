import type { EdgeSteps, NeighborSource, NodeId, Steps } from './neighbor-source.js';

/** A source that can say in one question what lies behind a frontier, many levels deep. */
export interface AheadSource extends NeighborSource {
  /** The frontier and entries behind it, in no order; any of them may be missing. */
  ahead(frontier: readonly NodeId[], limit: number): Promise<NodeId[]>;
}

/** A frontier of no more entries is thin, and after so many thin ones in a row the next are likely to be. */
const THIN_NODES = 8;
const THIN_LEVELS = 8;
const AHEAD_NODES = 4_000;
const AHEAD_EDGES = 20_000;

/**
 * Walks through a chain ask for one entry at a time, and each question is a way to the database and back. After some thin
 * frontiers this one reads what lies behind in one go, and answers the next questions from that. What it answers is what
 * the source would.
 */
export class ReadingAhead implements NeighborSource {
  private thin = 0;
  private next = new Map<NodeId, NodeId[]>();
  private known: ReadonlyMap<NodeId, number> = new Map();

  constructor(private readonly source: AheadSource) {}

  async reach(frontier: readonly NodeId[], limit: number): Promise<Steps> {
    if (!this.has(frontier)) {
      this.thin = frontier.length <= THIN_NODES ? this.thin + 1 : 0;
      if (this.thin > THIN_LEVELS) await this.read(frontier);
      if (!this.has(frontier)) return this.source.reach(frontier, limit);
    }
    return this.reached(frontier, limit);
  }

  edges(frontier: readonly NodeId[], limit: number): Promise<EdgeSteps> {
    return this.source.edges(frontier, limit);
  }

  async degrees(frontier: readonly NodeId[]): Promise<ReadonlyMap<NodeId, number>> {
    if (!this.has(frontier)) return this.source.degrees(frontier);
    return new Map(frontier.map((node) => [node, this.known.get(node) ?? 0]));
  }

  private has(frontier: readonly NodeId[]): boolean {
    return this.next.size > 0 && frontier.every((node) => this.next.has(node));
  }

  /** Keeps only what lies ahead now: what lies behind is not asked for again. */
  private async read(frontier: readonly NodeId[]): Promise<void> {
    const nodes = await this.source.ahead(frontier, AHEAD_NODES);
    const { from, to, cut } = await this.source.edges(nodes, AHEAD_EDGES);
    this.next = new Map();
    // The graph is wide behind here; whose steps are all there cannot be told.
    if (cut) {
      this.thin = -AHEAD_EDGES;
      return;
    }
    this.known = await this.source.degrees(nodes);
    for (const node of nodes) this.next.set(node, []);
    for (let i = 0; i < to.length; i++) this.next.get(from[i])?.push(to[i]);
  }

  private reached(frontier: readonly NodeId[], limit: number): Steps {
    const parents = new Map<NodeId, NodeId>();
    for (const node of frontier)
      for (const to of this.next.get(node)!) {
        const parent = parents.get(to);
        if (parent === undefined || node < parent) parents.set(to, node);
      }
    const to = [...parents.keys()].sort((a, b) => a - b).slice(0, limit);
    return { from: to.map((node) => parents.get(node)!), to, cut: parents.size > limit };
  }
}
