import { Injectable } from '@nestjs/common';
import { EntryIds } from '../entries/entry-ids.js';
import type { SummaryRow } from '../entries/entry-response.js';
import { ImpossibleError, RegistryError, UnavailableError } from '../platform/errors/registry-error.js';
import { lightestPath } from './engine/lightest-path.js';
import type { Direction, NodeId } from './engine/neighbor-source.js';
import { shortestPath } from './engine/shortest-path.js';
import type { PathAnswer as Found, PathBudget } from './engine/shortest-path.js';
import { PATH } from './graph-limits.js';
import { entryNamed, nodeOf } from './graph-node.js';
import type { GraphNode } from './graph-node.js';
import { GraphRepository } from './graph.repository.js';
import type { EdgeRow } from './graph.repository.js';
import type { GraphEdge } from './walk.service.js';

export interface PathQuestion {
  source: string;
  target: string;
  types?: readonly string[];
  direction: Direction;
  /** Least weight instead of fewest steps. */
  weighted: boolean;
}

export interface PathAnswer {
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** Steps. */
  length: number;
  /** Sum of the weights of `edges`. */
  cost: number;
}

interface Walked {
  nodes: NodeId[];
  edges: EdgeRow[];
}

const AGAINST: Record<Direction, Direction> = { out: 'in', in: 'out', both: 'both' };

/** How one entry leads to another. "There is no path" is only said when it is certain. */
@Injectable()
export class PathService {
  constructor(
    private readonly ids: EntryIds,
    private readonly graph: GraphRepository,
  ) {}

  /** @throws RegistryError 404 `graph.no_path`, 422 `graph.too_large`, 503 `graph.deadline` or `graph.changed` */
  async between(question: PathQuestion): Promise<PathAnswer> {
    const asked = [
      entryNamed(this.ids, 'source', question.source),
      entryNamed(this.ids, 'target', question.target),
      this.graph.typeIds(question.types),
    ] as const;
    // All at once; of two unknown ends it is always the first that is named.
    await Promise.allSettled(asked);
    const [source, target, typeIds] = await Promise.all(asked);
    const { nodes, edges } = await this.walked({ source, target }, question, typeIds);
    const rows = await this.graph.summaries(nodes);
    if (rows.size < nodes.length || edges.length < nodes.length - 1)
      throw new UnavailableError('graph.changed', 'The path found was changed while it was read; ask again.');
    return pathAnswer(nodes, edges, rows);
  }

  private async walked(
    ends: { source: NodeId; target: NodeId },
    { direction, weighted, ...question }: PathQuestion,
    typeIds: number[] | undefined,
  ): Promise<Walked> {
    const forward = this.graph.neighbours(direction, typeIds);
    const backward = this.graph.neighbours(AGAINST[direction], typeIds);
    const budget: PathBudget = { ...PATH, deadline: performance.now() + PATH.milliseconds };
    if (weighted) {
      const path = known(await lightestPath(forward, backward, ends, budget), question);
      const rows = new Map((await this.graph.edges(path.edges)).map((row) => [Number(row.id), row]));
      return { nodes: path.nodes, edges: path.edges.flatMap((id) => rows.get(id) ?? []) };
    }
    const nodes = known(await shortestPath(forward, backward, ends, budget), question);
    return { nodes, edges: await this.graph.edgesAlong(nodes, direction, typeIds) };
  }
}

/** A path as it is answered; `rows` know all its entries. */
export function pathAnswer(
  nodes: readonly NodeId[],
  edges: readonly EdgeRow[],
  rows: ReadonlyMap<NodeId, SummaryRow>,
): PathAnswer {
  return {
    nodes: nodes.map((id, i) => nodeOf(rows.get(id)!, i)),
    edges: edges.map(({ id, source_id, target_id, type, weight, bidirectional }) => {
      const ends = { source_id: rows.get(Number(source_id))!.uid, target_id: rows.get(Number(target_id))!.uid };
      return { id, ...ends, type, weight, bidirectional };
    }),
    length: nodes.length - 1,
    cost: edges.reduce((sum, { weight }) => sum + weight, 0),
  };
}

function known<Path>(answer: Found<Path>, { source, target }: { source: string; target: string }): Path {
  if (answer.found === 'path') return answer.path;
  const between = `from ${JSON.stringify(source)} to ${JSON.stringify(target)}`;
  if (answer.found === 'none')
    throw new RegistryError(404, 'graph.no_path', `No path leads ${between}.`, 'Not found', 'debug');
  if (answer.spent === 'deadline')
    throw new UnavailableError(
      'graph.deadline',
      `Whether a path leads ${between} was not known in time; name fewer types.`,
    );
  const limit = answer.spent === 'nodes' ? `${PATH.nodes} entries` : `${PATH.edges} relationships`;
  throw new ImpossibleError('graph.too_large', `No path ${between} was found among ${limit}; name fewer types.`);
}
