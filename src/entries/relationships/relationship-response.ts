import { keyOf } from '../entry-key.js';

/** A relationship with both ends' public names. */
export interface RelationshipRow {
  id: string;
  type: string;
  weight: number;
  bidirectional: boolean;
  metadata: Record<string, unknown>;
  revision: number;
  created_at: Date;
  source_uid: string;
  source_kind: string;
  source_name: string;
  source_version: string;
  target_uid: string;
  target_kind: string;
  target_name: string;
  target_version: string;
}

const END = (end: 'source' | 'target', alias: string): string =>
  ['uid', 'kind', 'name', 'version'].map((column) => `${alias}.${column} AS ${end}_${column}`).join(', ');

/** SELECT list of a {@link RelationshipRow}, with {@link RELATIONSHIP_JOINS} on alias `r`. */
export const RELATIONSHIP_COLUMNS = `r.id, t.name AS type, r.weight, r.bidirectional, r.metadata, r.revision, r.created_at,
  ${END('source', 's')}, ${END('target', 'd')}`;

export const RELATIONSHIP_JOINS = `JOIN relationship_type t ON t.id = r.type
  JOIN entry s ON s.id = r.source_id JOIN entry d ON d.id = r.target_id`;

/** A relationship as the wire has it (api.md 3); the ends' keys beside their ids, for people. */
export function toRelationshipResponse(row: RelationshipRow) {
  return {
    id: row.id,
    source_id: row.source_uid,
    target_id: row.target_uid,
    source_key: keyOf(row.source_kind, row.source_name, row.source_version),
    target_key: keyOf(row.target_kind, row.target_name, row.target_version),
    type: row.type,
    weight: row.weight,
    bidirectional: row.bidirectional,
    metadata: row.metadata,
    revision: row.revision,
    created_at: row.created_at.toISOString(),
  };
}
export type RelationshipResponse = ReturnType<typeof toRelationshipResponse>;
