import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { keyOf } from '../entry-key.js';
import { endsVisible, statementFor, visible } from '../visibility.js';
import { RELATIONSHIP_COLUMNS, RELATIONSHIP_JOINS } from './relationship-response.js';
import type { RelationshipRow } from './relationship-response.js';

/** An edge by inside ids. */
export interface NewRelationship {
  sourceId: string;
  targetId: string;
  typeId: number;
  weight: number;
  bidirectional: boolean;
  metadata: Record<string, unknown>;
}

export interface RelationshipFilter {
  sourceId?: string;
  targetId?: string;
  /** Edges that touch this entry, whichever end it is. */
  entryId?: string;
  typeIds?: number[];
}

type Row = RelationshipRow & object;
/** A stored edge with the inside ids a bulk finds it again by. */
export type StoredRelationship = RelationshipRow & { source_id: string; target_id: string; type_id: number };
/** …with what it was before it was changed. */
export type ChangedRelationship = StoredRelationship & {
  former: Pick<RelationshipRow, 'weight' | 'bidirectional' | 'metadata'>;
};
/** What an insert answers of an edge: the rest is what was sent. */
export type MadeRelationship = Pick<StoredRelationship, 'id' | 'source_id' | 'target_id' | 'type_id' | 'created_at'>;
const STORED = `${RELATIONSHIP_COLUMNS}, r.source_id, r.target_id, r.type AS type_id`;

const VALUES = `json_to_recordset($1::json) AS n(source_id bigint, target_id bigint, type smallint, weight real,
  bidirectional boolean, metadata jsonb)`;

const records = (edges: readonly NewRelationship[]): string =>
  JSON.stringify(
    edges.map(({ sourceId, targetId, typeId, weight, bidirectional, metadata }) => ({
      source_id: sourceId,
      target_id: targetId,
      type: typeId,
      weight,
      bidirectional,
      metadata,
    })),
  );

@Injectable()
export class RelationshipRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async find(id: string): Promise<RelationshipRow | undefined> {
    const values: unknown[] = [id];
    const sql = `SELECT ${RELATIONSHIP_COLUMNS} FROM relationship r ${RELATIONSHIP_JOINS}
      WHERE r.id = $1 AND ${endsVisible('r', values)}`;
    return (await this.uow.query<Row>(sql, values, statementFor('relationship-get')))[0];
  }

  async lock(id: string): Promise<RelationshipRow | undefined> {
    const values: unknown[] = [id];
    const sql = `SELECT ${RELATIONSHIP_COLUMNS} FROM relationship r ${RELATIONSHIP_JOINS}
      WHERE r.id = $1 AND ${endsVisible('r', values)} FOR UPDATE OF r`;
    return (await this.uow.query<Row>(sql, values))[0];
  }

  list(
    filter: RelationshipFilter,
    page: { limit: number; offset: number; afterId?: string },
  ): Promise<RelationshipRow[]> {
    const values: unknown[] = [];
    const where = this.conditions(filter, values);
    values.push(page.afterId ?? '0', page.limit, page.offset);
    const [after, limit, offset] = [values.length - 2, values.length - 1, values.length];
    return this.uow.query<Row>(
      `SELECT ${RELATIONSHIP_COLUMNS} FROM relationship r ${RELATIONSHIP_JOINS}
       WHERE ${where} AND r.id > $${after} ORDER BY r.id LIMIT $${limit} OFFSET $${offset}`,
      values,
    );
  }

  async count(filter: RelationshipFilter): Promise<number> {
    const values: unknown[] = [];
    const where = this.conditions(filter, values);
    const rows = await this.uow.query<{ n: string }>(`SELECT count(*) AS n FROM relationship r WHERE ${where}`, values);
    return Number(rows[0].n);
  }

  /** Inserts the edges that are new and answers them, as few columns as name them; those there already are left out. */
  insertNew(edges: readonly NewRelationship[]): Promise<MadeRelationship[]> {
    return this.uow.query<MadeRelationship & object>(
      `INSERT INTO relationship (source_id, target_id, type, weight, bidirectional, metadata)
       SELECT source_id, target_id, type, weight, bidirectional, metadata FROM ${VALUES}
       ON CONFLICT ON CONSTRAINT relationship_source_type_target_key DO NOTHING
       RETURNING id, source_id, target_id, type AS type_id, created_at`,
      [records(edges)],
      'relationship-insert',
    );
  }

  /** Gives the stored edges of these ends these properties; answers those that it changed, beside what they were. */
  replaceChanged(edges: readonly NewRelationship[]): Promise<ChangedRelationship[]> {
    return this.uow.query<ChangedRelationship & object>(
      `WITH o AS (
         SELECT r.id, jsonb_build_object('weight', r.weight, 'bidirectional', r.bidirectional, 'metadata', r.metadata) AS former,
           n.weight, n.bidirectional, n.metadata
         FROM relationship r JOIN ${VALUES} ON r.source_id = n.source_id AND r.type = n.type AND r.target_id = n.target_id
         WHERE (r.weight, r.bidirectional, r.metadata) IS DISTINCT FROM (n.weight, n.bidirectional, n.metadata)
         ORDER BY r.id FOR UPDATE OF r
       ), r AS (
         UPDATE relationship r SET weight = o.weight, bidirectional = o.bidirectional, metadata = o.metadata,
           revision = r.revision + 1
         FROM o WHERE r.id = o.id
         RETURNING r.*, o.former
       ) SELECT ${STORED}, r.former FROM r ${RELATIONSHIP_JOINS} ORDER BY r.id`,
      [records(edges)],
      'relationship-replace',
    );
  }

  /** Public ids of the stored edges of these ends. */
  idsOf(
    edges: readonly NewRelationship[],
  ): Promise<Pick<StoredRelationship, 'id' | 'source_id' | 'target_id' | 'type_id'>[]> {
    return this.uow.query(
      `SELECT r.id, r.source_id, r.target_id, r.type AS type_id FROM relationship r
       JOIN ${VALUES} ON r.source_id = n.source_id AND r.type = n.type AND r.target_id = n.target_id`,
      [records(edges)],
      'relationship-ids',
    );
  }

  async delete(id: string): Promise<void> {
    await this.uow.query('DELETE FROM relationship WHERE id = $1', [id]);
  }

  /** Removes every edge of an entry and answers them as they were. */
  removeOf(entryId: string): Promise<RelationshipRow[]> {
    return this.uow.query<Row>(
      `WITH r AS (DELETE FROM relationship WHERE source_id = $1 OR target_id = $1 RETURNING *)
       SELECT ${RELATIONSHIP_COLUMNS} FROM r ${RELATIONSHIP_JOINS} ORDER BY r.id`,
      [entryId],
    );
  }

  /** Edges of these types that touch an entry, by inside ids. */
  async needsOf(
    entryId: string,
    types: readonly string[],
  ): Promise<{ sourceId: string; targetId: string; bidirectional: boolean }[]> {
    return this.uow.query(
      `SELECT r.source_id AS "sourceId", r.target_id AS "targetId", r.bidirectional FROM relationship r
       WHERE (r.source_id = $1 OR r.target_id = $1)
         AND r.type = ANY ((SELECT array_agg(id) FROM relationship_type WHERE name = ANY ($2::text[]))::smallint[])`,
      [entryId, types],
      'relationship-needs',
    );
  }

  /** How many entries point at this one by these types, with the keys of the first few that the caller may see. */
  async dependentsOf(
    entryId: string,
    types: readonly string[],
    most: number,
  ): Promise<{ count: number; examples: string[] }> {
    const from = `FROM relationship r JOIN relationship_type t ON t.id = r.type AND t.name = ANY($2::text[]) WHERE r.target_id = $1`;
    const [{ n }] = await this.uow.query<{ n: string }>(`SELECT count(DISTINCT r.source_id) AS n ${from}`, [
      entryId,
      types,
    ]);
    if (n === '0') return { count: 0, examples: [] };
    const values: unknown[] = [entryId, types, most];
    const rows = await this.uow.query<{ kind: string; name: string; version: string }>(
      `SELECT e.kind, e.name, e.version FROM entry e
       WHERE e.id IN (SELECT r.source_id ${from} AND ${visible('r.source_id', values)} LIMIT $3)`,
      values,
    );
    return { count: Number(n), examples: rows.map((row) => keyOf(row.kind, row.name, row.version)) };
  }

  private conditions(filter: RelationshipFilter, values: unknown[]): string {
    const conditions = ['true'];
    const add = (value: unknown, condition: (parameter: string) => string): void => {
      values.push(value);
      conditions.push(condition(`$${values.length}`));
    };
    if (filter.sourceId) add(filter.sourceId, (p) => `r.source_id = ${p}`);
    if (filter.targetId) add(filter.targetId, (p) => `r.target_id = ${p}`);
    if (filter.entryId) add(filter.entryId, (p) => `(r.source_id = ${p} OR r.target_id = ${p})`);
    if (filter.typeIds) add(filter.typeIds, (p) => `r.type = ANY(${p}::smallint[])`);
    conditions.push(endsVisible('r', values));
    return conditions.join(' AND ');
  }
}
