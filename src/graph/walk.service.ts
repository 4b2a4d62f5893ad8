import { Injectable } from '@nestjs/common';
import { EntryIds } from '../entries/entry-ids.js';
import { currentViewer } from '../entries/visibility.js';
import { NotFoundError } from '../platform/errors/registry-error.js';
import { ConstraintsRepository } from './constraints.repository.js';
import { breadthFirst } from './engine/breadth-first.js';
import type { SkippedHub } from './engine/breadth-first.js';
import type { Direction } from './engine/neighbor-source.js';
import { WALK } from './graph-limits.js';
import { entryNamed, nodeOf, truncationOf } from './graph-node.js';
import type { GraphNode, TruncationAnswer } from './graph-node.js';
import type { SummaryRow } from '../entries/entry-response.js';
import { GraphRepository } from './graph.repository.js';
import type { EdgeRow } from './graph.repository.js';
import type { ConstraintAnswer } from './version-constraint.js';

export interface WalkQuestion {
  root: string;
  depth: number;
  types?: readonly string[];
  direction: Direction;
  /** Most entries answered, the root included. */
  limit: number;
  /** Tells of each relationship whether it gets the version it asks for. */
  constraints?: boolean;
}

export interface GraphEdge extends Partial<ConstraintAnswer> {
  id: string;
  source_id: string;
  target_id: string;
  type: string;
  weight: number;
  bidirectional: boolean;
}

export interface WalkAnswer {
  root_id: string;
  depth: number;
  nodes: GraphNode[];
  edges: GraphEdge[];
  truncated: TruncationAnswer | null;
  skipped_hubs: { id: string; key: string; degree: number; distance: number }[];
}

/** The surroundings of an entry: bounded, and told when they are not whole. */
@Injectable()
export class WalkService {
  constructor(
    private readonly ids: EntryIds,
    private readonly graph: GraphRepository,
    private readonly constraints: ConstraintsRepository,
  ) {}

  async walk({ root, depth, types, direction, limit, constraints }: WalkQuestion): Promise<WalkAnswer> {
    const [start, typeIds] = await Promise.all([entryNamed(this.ids, 'root_id', root), this.graph.typeIds(types)]);
    const walk = await breadthFirst(this.graph.neighbours(direction, typeIds), start, {
      depth,
      nodes: limit,
      hub: WALK.hub,
      deadline: performance.now() + WALK.milliseconds,
    });
    const [rows, walked] = await Promise.all([
      this.graph.summaries(walk.nodes),
      this.graph.edgesWalked(walk, direction, typeIds, WALK.edges + 1),
    ]);
    const first = rows.get(start);
    if (!first) throw new NotFoundError('entity', root);
    const tooMany = walked.length > WALK.edges;
    const told = edges(tooMany ? walked.slice(0, WALK.edges) : walked, rows);
    if (constraints) await this.tellConstraints(told, rows);
    return {
      root_id: first.uid,
      depth,
      nodes: walk.nodes.flatMap((id, i) => (rows.has(id) ? [nodeOf(rows.get(id)!, walk.distance[i])] : [])),
      edges: told,
      truncated: truncationOf(walk.truncated) ?? (tooMany ? { reason: 'edges', at_depth: 1 } : null),
      skipped_hubs: await this.hubs(walk.hubs, rows, direction),
    };
  }

  /** Which entries are hubs hangs on all their relationships; how many they have is told of those the caller may see. */
  private async hubs(
    skipped: readonly SkippedHub[],
    rows: Map<number, SummaryRow>,
    direction: Direction,
  ): Promise<WalkAnswer['skipped_hubs']> {
    const told: WalkAnswer['skipped_hubs'] = [];
    for (const { node, degree, distance } of skipped) {
      const row = rows.get(node);
      if (!row) continue;
      const { id, key } = nodeOf(row, distance);
      told.push({ id, key, degree: currentViewer() ? await this.seenDegree(node, direction) : degree, distance });
    }
    return told;
  }

  private async seenDegree(node: number, direction: Direction): Promise<number> {
    const degree = await this.graph.degree(node);
    return direction === 'both' ? degree.out + degree.in : degree[direction];
  }

  private async tellConstraints(told: GraphEdge[], rows: Map<number, SummaryRow>): Promise<void> {
    const byUid = new Map([...rows.values()].map((row) => [row.uid, row]));
    const answers = await this.constraints.of(
      told.map(({ id, target_id }) => ({ id, reached: byUid.get(target_id)! })),
    );
    for (const one of told) Object.assign(one, answers.get(one.id));
  }
}

function edges(walked: readonly EdgeRow[], rows: Map<number, SummaryRow>): GraphEdge[] {
  return walked.flatMap(({ id, source_id, target_id, type, weight, bidirectional }) => {
    const [source, target] = [rows.get(Number(source_id)), rows.get(Number(target_id))];
    // An end removed since the walk took its relationships along.
    if (!source || !target) return [];
    return [{ id, source_id: source.uid, target_id: target.uid, type, weight, bidirectional }];
  });
}
