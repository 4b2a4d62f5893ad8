import { Injectable } from '@nestjs/common';
import { currentViewer, visible } from '../../entries/visibility.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { SUMMARY_COLUMNS } from '../../entries/entry-response.js';
import type { SummaryRow } from '../../entries/entry-response.js';

export interface DirectRow {
  id: string;
  /** `out`: from the entry asked about. */
  direction: 'out' | 'in';
  types: string[];
  /** Of the other end, both ways. */
  degree: number;
}

export interface SharingRow {
  id: string;
  shared: number;
  /** 0..1: of what the entry needs, rare things counting more. */
  share: number;
}

export interface SourceRow {
  id: string;
  /** Which fields of the metadata are the same. */
  fields: string[];
}

/** Fields of the metadata that say where something comes from. */
const SOURCE_FIELDS = ['source', 'repository', 'homepage'] as const;
/** Of a hub's thousands of relationships so many are looked at. */
const MOST_DIRECT = 200;
/** What so many need says nothing about who needs it. */
const MOST_SHARING = 1000;
const MOST_FOUND = 50;
/** A source of more entries than this is no tie between them. */
const MOST_OF_A_SOURCE = 100;

/** What is near an entry by its relationships and by where it comes from; each bounded, whatever the entry is. */
@Injectable()
export class RelatedRepository {
  constructor(private readonly uow: UnitOfWork) {}

  direct(id: string): Promise<DirectRow[]> {
    const values: unknown[] = [id];
    const leg = (direction: 'out' | 'in', own: string, other: string): string =>
      `(SELECT r.${other} AS id, '${direction}' AS direction, r.type FROM relationship r
        WHERE r.${own} = $1 AND ${visible(`r.${other}`, values)} LIMIT ${MOST_DIRECT})`;
    return this.uow.query<DirectRow & object>(
      `SELECT o.*, ${degreeOf('o.id', values)} AS degree FROM (
         SELECT n.id, n.direction, array_agg(t.name ORDER BY t.name) AS types
         FROM (${leg('out', 'source_id', 'target_id')} UNION ALL ${leg('in', 'target_id', 'source_id')}) n
         JOIN relationship_type t ON t.id = n.type GROUP BY 1, 2
       ) o ORDER BY degree, o.id`,
      values,
    );
  }

  /** Others that lead to what this one leads to. */
  sharing(id: string): Promise<SharingRow[]> {
    const values: unknown[] = [id];
    return this.uow.query<SharingRow & object>(
      `WITH needed AS MATERIALIZED (
         SELECT n.id, 1 / ln(1 + d.in_degree) AS rarity
         FROM (SELECT DISTINCT r.target_id AS id FROM relationship r
               WHERE r.source_id = $1 AND ${visible('r.target_id', values)} LIMIT ${MOST_DIRECT}) n
         JOIN entry_degree d ON d.entry_id = n.id WHERE d.in_degree BETWEEN 2 AND ${MOST_SHARING}
         ORDER BY d.in_degree LIMIT 30
       )
       SELECT o.id, count(*)::int AS shared, sum(n.rarity) / (SELECT sum(rarity) FROM needed) AS share
       FROM needed n CROSS JOIN LATERAL (
         SELECT DISTINCT r.source_id AS id FROM relationship r
         WHERE r.target_id = n.id AND r.source_id <> $1 AND ${visible('r.source_id', values)} LIMIT ${MOST_DIRECT}
       ) o GROUP BY o.id ORDER BY share DESC, o.id LIMIT ${MOST_FOUND}`,
      values,
    );
  }

  /** Others whose metadata names the same source; none where hundreds do. */
  async sameSource(id: string): Promise<SourceRow[]> {
    const byId = new Map<string, string[]>();
    for (const field of SOURCE_FIELDS) {
      const values: unknown[] = [id, field];
      const rows = await this.uow.query<{ id: string }>(
        `SELECT e.id FROM entry own JOIN entry e ON e.metadata @> jsonb_build_object($2::text, own.metadata -> $2::text)
         WHERE own.id = $1 AND jsonb_typeof(own.metadata -> $2::text) = 'string' AND own.metadata ->> $2::text <> ''
           AND e.id <> $1 AND ${visible('e.id', values)} LIMIT ${MOST_OF_A_SOURCE + 1}`,
        values,
      );
      if (rows.length > MOST_OF_A_SOURCE) continue;
      for (const row of rows) byId.set(row.id, [...(byId.get(row.id) ?? []), field]);
    }
    return [...byId].map(([other, fields]) => ({ id: other, fields }));
  }

  /** By inside id; of entries the caller was found to see. */
  async summaries(ids: readonly string[]): Promise<Map<string, SummaryRow>> {
    const rows = await this.uow.query<SummaryRow & object>(
      `SELECT ${SUMMARY_COLUMNS} FROM entry e WHERE e.id = ANY($1::bigint[])`,
      [ids],
      'related-summaries',
    );
    return new Map(rows.map((row) => [row.id, row]));
  }
}

/** Relationships of an entry; for who may not see everything those they may see, of which so many are counted each way. */
function degreeOf(id: string, values: unknown[]): string {
  if (currentViewer() === undefined)
    return `coalesce((SELECT d.out_degree + d.in_degree FROM entry_degree d WHERE d.entry_id = ${id}), 0)`;
  const seen = (own: string, other: string): string =>
    `(SELECT count(*)::int FROM (SELECT FROM relationship s
      WHERE s.${own} = ${id} AND ${visible(`s.${other}`, values)} LIMIT ${MOST_DIRECT}) s)`;
  return `${seen('source_id', 'target_id')} + ${seen('target_id', 'source_id')}`;
}
