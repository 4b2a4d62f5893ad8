import { Injectable } from '@nestjs/common';
import { SUMMARY_COLUMNS } from '../entries/entry-response.js';
import type { SummaryRow } from '../entries/entry-response.js';
import { visible } from '../entries/visibility.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import type { Direction, NodeId } from './engine/neighbor-source.js';

export interface NeighborRow extends SummaryRow {
  relationship_id: string;
  relationship_type: string;
  weight: number;
  bidirectional: boolean;
  /** How the relationship is stored: from the entry asked about, or to it. */
  direction: 'out' | 'in';
}

/** Where a page of one type ended. */
export interface NeighborPlace {
  direction: 'out' | 'in';
  /** Inside id of the last neighbour. */
  after: string;
}

interface NeighborQuestion {
  of: NodeId;
  direction: Direction;
  typeIds?: readonly number[];
  /** Most rows of each type and direction. */
  limit: number;
  /** Only what comes after this, out before in; for questions about one type. */
  place?: NeighborPlace;
}

/** The direct neighbours of an entry, read by type and in order of id, so that a page of a hub costs what a leaf does. */
@Injectable()
export class NeighborsRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** By type's name, out before in, by age of the neighbour. */
  list({ of, direction, typeIds, limit, place }: NeighborQuestion): Promise<NeighborRow[]> {
    const values: unknown[] = [of, limit];
    const types = typeIds ? `WHERE t.id = ANY($${values.push(typeIds)}::smallint[])` : '';
    const legs: string[] = [];
    for (const leg of ['out', 'in'] as const) {
      if (place && leg === 'out' && place.direction === 'in') continue;
      const after = place?.direction === leg ? `$${values.push(place.after)}::bigint` : undefined;
      const seen = visible(leg === 'out' ? 'r.target_id' : 'r.source_id', values);
      legs.push(this.leg(leg, direction, { types, after, seen }));
    }
    return this.uow.query<NeighborRow & object>(
      `SELECT ${SUMMARY_COLUMNS}, n.relationship_id, n.relationship_type, n.weight, n.bidirectional, n.direction
       FROM (${legs.join(' UNION ALL ')}) n JOIN entry e ON e.id = n.neighbour
       ORDER BY n.relationship_type, n.direction DESC, n.neighbour`,
      values,
    );
  }

  private leg(
    leg: 'out' | 'in',
    direction: Direction,
    { types, after, seen }: { types: string; after: string | undefined; seen: string },
  ): string {
    const [own, other] = leg === 'out' ? ['source_id', 'target_id'] : ['target_id', 'source_id'];
    const onlyBack = direction === 'both' || direction === leg ? '' : ' AND r.bidirectional';
    return `SELECT r.id AS relationship_id, t.name AS relationship_type, r.weight, r.bidirectional, '${leg}' AS direction,
        r.${other} AS neighbour
      FROM relationship_type t CROSS JOIN LATERAL (
        SELECT * FROM relationship r WHERE r.${own} = $1 AND r.type = t.id${onlyBack}${after ? ` AND r.${other} > ${after}` : ''} AND ${seen}
        ORDER BY r.${other} LIMIT $2
      ) r ${types}`;
  }
}
