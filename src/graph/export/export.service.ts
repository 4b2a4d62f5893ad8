import { Injectable } from '@nestjs/common';
import { currentViewer } from '../../entries/visibility.js';
import type { Direction } from '../engine/neighbor-source.js';
import { GraphRepository } from '../graph.repository.js';
import { WalkService } from '../walk.service.js';
import type { WalkAnswer } from '../walk.service.js';
import { ExportRepository } from './export.repository.js';
import type { ExportedGraph } from './exported-graph.js';

export interface ExportQuestion {
  /** The whole graph when left out. */
  root?: string;
  depth: number;
  types?: readonly string[];
  direction: Direction;
  limit: number;
}

/** The surroundings of an entry, or everything, for people's tools. */
@Injectable()
export class ExportService {
  constructor(
    private readonly walks: WalkService,
    private readonly graph: GraphRepository,
    private readonly repository: ExportRepository,
  ) {}

  async graphOf({ root, ...question }: ExportQuestion): Promise<ExportedGraph> {
    if (root !== undefined) return exported(await this.walks.walk({ root, ...question }));
    const typeIds = await this.graph.typeIds(question.types);
    const { nodes, edges } = this.repository.whole(currentViewer(), typeIds);
    return { nodes: begunWith(await nodes.next(), nodes), edges };
  }
}

/** An error before the first entries is still a problem: a text that has begun can only be broken off. */
async function* begunWith<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

function exported({ nodes, edges, truncated }: WalkAnswer): ExportedGraph {
  const keys = new Map(nodes.map(({ id, key }) => [id, key]));
  return {
    nodes: [nodes],
    edges: [
      edges.map((edge) => ({
        ...edge,
        source_key: keys.get(edge.source_id)!,
        target_key: keys.get(edge.target_id)!,
      })),
    ],
    ...(truncated && { remark: `incomplete from ${truncated.at_depth} steps on (${truncated.reason})` }),
  };
}
