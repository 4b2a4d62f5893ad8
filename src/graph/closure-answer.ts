import { toSummaryResponse } from '../entries/entry-response.js';
import type { SummaryResponse, SummaryRow } from '../entries/entry-response.js';
import type { Alternatives } from './alternatives.js';
import type { ConstraintsRepository, Step } from './constraints.repository.js';
import type { Walk } from './engine/breadth-first.js';
import type { NodeId } from './engine/neighbor-source.js';
import { nodeOf, truncationOf } from './graph-node.js';
import type { GraphNode, TruncationAnswer } from './graph-node.js';
import type { GraphRepository } from './graph.repository.js';
import type { ConstraintAnswer } from './version-constraint.js';

/** Entries read, worked out and written at a time: what bounds the memory of an answer of a hundred thousand. */
const BATCH = 500;
/** Keys of a path: along a chain of ten thousand entries whole paths would be fifty million. */
const MOST_PATH = 100;

export interface ClosureNode extends GraphNode, Partial<ConstraintAnswer> {
  /** Keys from the root to this entry, both included; of a long path the root's and the last 99. */
  path: string[];
  /** Impact only: what it needs of the entry before it on the path can be met by an entry that is not affected. */
  has_alternative?: boolean;
}

export interface ClosureSummary {
  count: number;
  truncated: TruncationAnswer | null;
  /** Entries by type. */
  by_type: Record<string, number>;
  /** Impact only: entries not affected that could stand in for the root. */
  alternatives?: SummaryResponse[];
}

/** What an answer tells beside the entries. */
export interface ClosureExtras {
  /** Impact only. */
  alternatives?: Alternatives;
  /** Dependencies only: whether each relationship gets the version it asks for. */
  constraints?: { repository: ConstraintsRepository; typeIds: readonly number[] };
}

/** A closure whose entries are read while they are written. */
export class ClosureAnswer {
  private readonly counts = new Map<string, number>();
  /** What paths and needs are told by: the entries others were reached from, by their place in the walk. */
  private readonly parents: Map<number, Pick<GraphNode, 'key' | 'type' | 'name'> | undefined>;
  readonly root: GraphNode;

  constructor(
    private readonly walk: Walk,
    root: SummaryRow,
    private readonly graph: GraphRepository,
    private readonly extras: ClosureExtras,
  ) {
    this.root = nodeOf(root, 0);
    this.parents = new Map(walk.parent.map((place) => [place, undefined]));
    this.parents.set(0, this.root);
  }

  async *batches(): AsyncGenerator<ClosureNode[]> {
    const { nodes } = this.walk;
    for (let at = 1; at < nodes.length; at += BATCH) {
      const rows = await this.graph.summaries(nodes.slice(at, at + BATCH));
      yield await this.batch(at, rows);
    }
  }

  /** Holds once all batches are read. */
  async summary(): Promise<ClosureSummary> {
    const by_type = Object.fromEntries([...this.counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
    const count = [...this.counts.values()].reduce((sum, n) => sum + n, 0);
    const summary: ClosureSummary = { count, truncated: truncationOf(this.walk.truncated), by_type };
    const { alternatives } = this.extras;
    if (!alternatives) return summary;
    const ids = await alternatives.ofRoot();
    const rows = await this.graph.summaries(ids);
    return { ...summary, alternatives: ids.flatMap((id) => (rows.has(id) ? [toSummaryResponse(rows.get(id)!)] : [])) };
  }

  private async batch(from: number, rows: Map<NodeId, SummaryRow>): Promise<ClosureNode[]> {
    const found: { place: number; node: ClosureNode }[] = [];
    for (let place = from; place < from + BATCH && place < this.walk.nodes.length; place++) {
      const row = rows.get(this.walk.nodes[place]);
      if (!row) continue;
      const node = nodeOf(row, this.walk.distance[place]);
      const path = this.pathTo(place, node);
      // An entry on its path was removed while the answer was written.
      if (!path) continue;
      this.counts.set(node.type, (this.counts.get(node.type) ?? 0) + 1);
      found.push({ place, node: Object.assign(node, { path }) });
    }
    const { alternatives, constraints } = this.extras;
    if (alternatives) await this.tellAlternatives(alternatives, found);
    if (constraints) {
      const steps = found.map(({ place, node }) => this.stepTo(place, node));
      const answers = await constraints.repository.along(steps, constraints.typeIds);
      found.forEach(({ node }, i) => Object.assign(node, answers[i]));
    }
    return found.map(({ node }) => node);
  }

  private stepTo(place: number, { name, version }: GraphNode): Step {
    const { nodes, parent } = this.walk;
    return { from: nodes[parent[place]], to: nodes[place], reached: { name, version: version ?? '' } };
  }

  private pathTo(place: number, { key, type, name }: GraphNode): string[] | undefined {
    const path = [key];
    for (let at = this.walk.parent[place]; at >= 0; at = this.walk.parent[at]) {
      const before = this.parents.get(path.length < MOST_PATH - 1 ? at : 0);
      if (!before) return undefined;
      path.push(before.key);
      if (path.length === MOST_PATH) break;
    }
    if (this.parents.has(place)) this.parents.set(place, { key, type, name });
    return path.reverse();
  }

  private async tellAlternatives(
    alternatives: Alternatives,
    found: { place: number; node: ClosureNode }[],
  ): Promise<void> {
    const { nodes, parent } = this.walk;
    const needs = found.map(({ place }) => ({
      dependent: nodes[place],
      needed: nodes[parent[place]],
      known: this.parents.get(parent[place])!,
    }));
    const answers = await alternatives.of(needs);
    found.forEach(({ node }, i) => (node.has_alternative = answers[i]));
  }
}
