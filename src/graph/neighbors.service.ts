import { Injectable } from '@nestjs/common';
import { EntryIds } from '../entries/entry-ids.js';
import { toSummaryResponse } from '../entries/entry-response.js';
import type { SummaryResponse } from '../entries/entry-response.js';
import { InvalidError, NotFoundError } from '../platform/errors/registry-error.js';
import { decodeCursor, encodeCursor, filterHash } from '../platform/http/paging.js';
import type { Direction, NodeId } from './engine/neighbor-source.js';
import { entryNamed, truncationOf } from './graph-node.js';
import type { TruncationAnswer } from './graph-node.js';
import { GraphRepository } from './graph.repository.js';
import { NeighborsRepository } from './neighbors.repository.js';
import type { NeighborPlace, NeighborRow } from './neighbors.repository.js';

export interface NeighborsQuestion {
  id: string;
  types?: readonly string[];
  direction: Direction;
  /** Most neighbours of each type; fewer where there are very many types. */
  limit: number;
  /** Continues one type. */
  cursor?: string;
}

export interface Neighbor extends SummaryResponse {
  direction: 'out' | 'in';
  relationship_id: string;
  weight: number;
  bidirectional: boolean;
}

export interface NeighborsAnswer {
  root: SummaryResponse;
  /** Relationships of all types, whatever was asked for. */
  out_degree: number;
  in_degree: number;
  count: number;
  neighbors: Record<string, Neighbor[]>;
  /** Per type that has more, the cursor that continues it. */
  next: Record<string, string>;
  truncated: TruncationAnswer | null;
}

interface Continued {
  type: string;
  place: NeighborPlace;
}

/** Neighbours of all types together: clients name as many types as they like. */
const MOST_NEIGHBORS = 20_000;

/** What an entry is directly related to, by type. */
@Injectable()
export class NeighborsService {
  constructor(
    private readonly ids: EntryIds,
    private readonly graph: GraphRepository,
    private readonly repository: NeighborsRepository,
  ) {}

  async of({ id, types, direction, limit, cursor }: NeighborsQuestion): Promise<NeighborsAnswer> {
    const root = await entryNamed(this.ids, 'id', id);
    const list = listOf(root, direction);
    const from = cursor === undefined ? undefined : placeOf(cursor, list);
    if (from && types && !types.includes(from.type))
      throw InvalidError.field('cursor', 'belongs to a list with another sort or other filters');
    const typeIds = await this.graph.typeIds(from ? [from.type] : types);
    const typeCount = typeIds?.length ?? (await this.graph.countTypes());
    const most = Math.max(1, Math.min(limit, Math.floor(MOST_NEIGHBORS / typeCount)));
    const question = { of: root, direction, typeIds, limit: most + 1, place: from?.place };
    const [rows, summaries, degree] = await Promise.all([
      this.repository.list(question),
      this.graph.summaries([root]),
      this.graph.degree(root),
    ]);
    const row = summaries.get(root);
    if (!row) throw new NotFoundError('entity', id);
    const { neighbors, next, count } = grouped(rows, most, list);
    const cut = Object.keys(next).length > 0;
    return {
      root: toSummaryResponse(row),
      out_degree: degree.out,
      in_degree: degree.in,
      count,
      neighbors,
      next,
      truncated: truncationOf(cut ? { reason: 'limit', atDepth: 1 } : null),
    };
  }
}

/** What a cursor is bound to. */
const listOf = (root: NodeId, direction: Direction): string => filterHash([root, direction]);

function placeOf(cursor: string, filter: string): Continued {
  const { values, id } = decodeCursor(cursor, { sort: 'neighbors', filter, values: 2 });
  const [type, direction] = values;
  if (typeof type !== 'string' || (direction !== 'out' && direction !== 'in') || !/^\d{1,18}$/.test(id))
    throw InvalidError.field('cursor', 'is not a cursor of this list');
  return { type, place: { direction, after: id } };
}

function grouped(
  rows: readonly NeighborRow[],
  limit: number,
  filter: string,
): Pick<NeighborsAnswer, 'neighbors' | 'next' | 'count'> {
  // Types are free text: `constructor` is one like any other.
  const neighbors = Object.create(null) as Record<string, Neighbor[]>;
  const next = Object.create(null) as Record<string, string>;
  let count = 0;
  let last: NeighborRow | undefined;
  for (const row of rows) {
    const type = row.relationship_type;
    const list = (neighbors[type] ??= []);
    if (list.length < limit) {
      const { direction, relationship_id, weight, bidirectional } = row;
      list.push({ ...toSummaryResponse(row), direction, relationship_id, weight, bidirectional });
      count++;
      last = row;
    } else next[type] ??= encodeCursor({ sort: 'neighbors', values: [type, last!.direction], id: last!.id, filter });
  }
  return { neighbors, next, count };
}
