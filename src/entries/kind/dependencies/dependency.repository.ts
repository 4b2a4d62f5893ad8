import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../../platform/database/unit-of-work.js';
import { keyOf } from '../../entry-key.js';
import { SUMMARY_COLUMNS } from '../../entry-response.js';
import type { SummaryRow } from '../../entry-response.js';
import { RELATIONSHIP_COLUMNS, RELATIONSHIP_JOINS } from '../../relationships/relationship-response.js';
import type { RelationshipRow } from '../../relationships/relationship-response.js';
import { currentViewer, statementFor, visible } from '../../visibility.js';
import { DEPENDENCY_TYPES } from './dependency.dto.js';
import type { Dependency, DependencyType } from './dependency.dto.js';

/** A relationship of need with the entry at its other end. */
export interface DependencyRow extends SummaryRow {
  relationship_id: string;
  type: DependencyType;
  weight: number;
  bidirectional: boolean;
  metadata: Record<string, unknown>;
  created_at: Date;
}

export interface DependencyPage {
  limit: number;
  offset: number;
  /** The relationship that the page before ended with. */
  afterId?: string;
}

/** `out`: what an entry needs; `in`: what needs it. */
export type DependencyDirection = 'out' | 'in';

const COLUMNS = `${SUMMARY_COLUMNS}, r.id AS relationship_id, t.name AS type, r.weight, r.bidirectional, r.metadata, r.created_at`;

const ENDS = { out: ['source_id', 'target_id'], in: ['target_id', 'source_id'] } as const;

@Injectable()
export class DependencyRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Of what the caller may see, in the order they were made. */
  list(entryId: string, direction: DependencyDirection, page: DependencyPage): Promise<DependencyRow[]> {
    const values: unknown[] = [entryId, DEPENDENCY_TYPES, page.afterId ?? '0', page.limit, page.offset];
    return this.uow.query<DependencyRow & object>(
      `SELECT ${COLUMNS} ${this.from(direction, values)} AND r.id > $3 ORDER BY r.id LIMIT $4 OFFSET $5`,
      values,
      statementFor(`entry-dependencies-${direction}`),
    );
  }

  async count(entryId: string, direction: DependencyDirection): Promise<number> {
    const values: unknown[] = [entryId, DEPENDENCY_TYPES];
    const rows = await this.uow.query<{ n: string }>(`SELECT count(*) AS n ${this.from(direction, values)}`, values);
    return Number(rows[0].n);
  }

  /** Removes these relationships and answers them as they were. */
  remove(relationshipIds: readonly string[]): Promise<RelationshipRow[]> {
    return this.uow.query<RelationshipRow & object>(
      `WITH r AS (DELETE FROM relationship WHERE id = ANY ($1::bigint[]) RETURNING *)
       SELECT ${RELATIONSHIP_COLUMNS} FROM r ${RELATIONSHIP_JOINS} ORDER BY r.id`,
      [relationshipIds],
    );
  }

  /** What each of these entries needs, of what the caller may see: beside the inside id of the entry. */
  ofMany(entryIds: readonly string[]): Promise<(DependencyRow & { source_id: string })[]> {
    const values: unknown[] = [entryIds, DEPENDENCY_TYPES];
    return this.uow.query<DependencyRow & { source_id: string }>(
      `SELECT ${COLUMNS}, r.source_id FROM relationship r JOIN relationship_type t ON t.id = r.type
         JOIN entry e ON e.id = r.target_id
       WHERE r.source_id = ANY ($1::bigint[]) AND t.name = ANY ($2::text[]) AND ${visible('e.id', values)} ORDER BY r.id`,
      values,
      statementFor('entries-dependencies', currentViewer()),
    );
  }

  private from(direction: DependencyDirection, values: unknown[]): string {
    const [own, other] = ENDS[direction];
    return `FROM relationship r JOIN relationship_type t ON t.id = r.type JOIN entry e ON e.id = r.${other}
      WHERE r.${own} = $1 AND t.name = ANY ($2::text[]) AND ${visible('e.id', values)}`;
  }
}

export const toDependency = (row: DependencyRow): Dependency => ({
  id: row.uid,
  key: keyOf(row.kind, row.name, row.version),
  type: row.type,
  weight: row.weight,
  bidirectional: row.bidirectional,
  metadata: row.metadata,
  relationship_id: row.relationship_id,
  entity_type: row.kind,
  title: row.title,
  status: row.status,
  health: row.health,
  created_at: row.created_at.toISOString(),
});
