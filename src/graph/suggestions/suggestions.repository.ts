import { Injectable } from '@nestjs/common';
import { visible } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { NodeId } from '../engine/neighbor-source.js';

export interface Described {
  kind: string;
  name: string;
  title: string | null;
  description: string | null;
  metadata: unknown;
  spec: unknown;
}

export interface SharedNeighbors {
  id: NodeId;
  /** Adamic and Adar's index: neighbours in common, those that have few counting more. */
  index: number;
  shared: number;
  /** How most of the shared neighbours are related to it. */
  type: string;
  direction: 'out' | 'in';
}

/** So many neighbours are looked at, and only those with at most so many relationships: a hub is everybody's neighbour. */
const MOST_NEIGHBORS = 500;
const HUB = 300;

/** Where relationships that may be missing are looked for. */
@Injectable()
export class SuggestionsRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async described(id: NodeId): Promise<Described | undefined> {
    const [row] = await this.uow.query<Described & object>(
      'SELECT kind, name, title, description, metadata, spec FROM entry WHERE id = $1',
      [id],
      'graph-described',
    );
    return row;
  }

  /** Entries that have neighbours in common with this one. */
  async sharingNeighbors(id: NodeId, limit: number): Promise<SharedNeighbors[]> {
    const values: unknown[] = [id, limit];
    const rows = await this.uow.query<Omit<SharedNeighbors, 'id'> & { id: string }>(
      `WITH near AS MATERIALIZED (
         SELECT DISTINCT o.z FROM (
           (SELECT target_id AS z FROM relationship WHERE source_id = $1 LIMIT ${MOST_NEIGHBORS})
           UNION ALL (SELECT source_id FROM relationship WHERE target_id = $1 LIMIT ${MOST_NEIGHBORS})
         ) o JOIN entry_degree d ON d.entry_id = o.z
         WHERE d.out_degree + d.in_degree <= ${HUB} AND ${visible('o.z', values)}
       ), step AS MATERIALIZED (
         SELECT n.z, s.c, s.type, s.direction FROM near n CROSS JOIN LATERAL (
           SELECT r.target_id AS c, r.type, 'out' AS direction FROM relationship r WHERE r.source_id = n.z
           UNION ALL SELECT r.source_id, r.type, 'in' FROM relationship r WHERE r.target_id = n.z
         ) s WHERE ${visible('s.c', values)}
       ), weight AS (
         SELECT z, 1 / ln(greatest(2, count(DISTINCT c))) AS w FROM step GROUP BY z
       ), candidate AS (
         SELECT c, sum(w) AS index, count(*) AS shared FROM (SELECT DISTINCT z, c FROM step) p JOIN weight USING (z)
         WHERE c <> $1 GROUP BY c
       )
       SELECT c.c AS id, c.index, c.shared::integer AS shared, t.name AS type, m.direction FROM candidate c
       CROSS JOIN LATERAL (
         SELECT s.type, s.direction FROM step s WHERE s.c = c.c GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1
       ) m JOIN relationship_type t ON t.id = m.type
       WHERE ${unrelated('c.c')} ORDER BY c.index DESC, c.c LIMIT $2`,
      values,
    );
    return rows.map((row) => ({ ...row, id: Number(row.id) }));
  }

  /** Entries that bear one of these names, that this one is not related to. */
  async named(id: NodeId, names: readonly string[]): Promise<{ id: NodeId; kind: string; name: string }[]> {
    const values: unknown[] = [id, names];
    const rows = await this.uow.query<{ id: string; kind: string; name: string }>(
      `SELECT e.id, e.kind, e.name FROM unnest($2::text[]) u(name) JOIN entry e ON e.name = u.name
       WHERE e.id <> $1 AND e.kind <> 'feature' AND ${visible('e.id', values)} AND ${unrelated('e.id')} ORDER BY e.id LIMIT 1000`,
      values,
    );
    return rows.map((row) => ({ ...row, id: Number(row.id) }));
  }

  /** Those of these that this one is not related to. */
  async unrelated(id: NodeId, others: readonly NodeId[]): Promise<Set<NodeId>> {
    const rows = await this.uow.query<{ id: string }>(
      `SELECT o.id FROM unnest($2::bigint[]) o(id) WHERE o.id <> $1 AND ${unrelated('o.id')}`,
      [id, others],
    );
    return new Set(rows.map((row) => Number(row.id)));
  }
}

const unrelated = (column: string): string =>
  `NOT EXISTS (SELECT FROM relationship r WHERE r.source_id = $1 AND r.target_id = ${column})
   AND NOT EXISTS (SELECT FROM relationship r WHERE r.source_id = ${column} AND r.target_id = $1)`;
