import { Injectable } from '@nestjs/common';
import { SUMMARY_COLUMNS } from '../entries/entry-response.js';
import type { SummaryRow } from '../entries/entry-response.js';
import { currentViewer, statementFor } from '../entries/visibility.js';
import { RelationshipTypes } from '../entries/relationships/relationship-types.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import { InvalidError } from '../platform/errors/registry-error.js';
import type { Walk } from './engine/breadth-first.js';
import type { Direction, NeighborSource, NodeId } from './engine/neighbor-source.js';
import { ReadingAhead } from './engine/reading-ahead.js';
import { SqlNeighbors } from './sql-neighbors.js';

export interface EdgeRow {
  id: string;
  source_id: string;
  target_id: string;
  type: string;
  weight: number;
  bidirectional: boolean;
}

const EDGE = 'r.id, r.source_id, r.target_id, t.name AS type, r.weight, r.bidirectional';

/** Nodes and edges of graph answers, and the sources walks read from. */
@Injectable()
export class GraphRepository {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly types: RelationshipTypes,
  ) {}

  neighbours(direction: Direction, typeIds?: readonly number[]): NeighborSource {
    return new ReadingAhead(new SqlNeighbors(this.uow, direction, typeIds));
  }

  /** Inside ids of the types named. @throws InvalidError naming `types` when one does not exist */
  async typeIds(names: readonly string[]): Promise<number[]>;
  async typeIds(names: readonly string[] | undefined): Promise<number[] | undefined>;
  async typeIds(names: readonly string[] | undefined): Promise<number[] | undefined> {
    if (!names) return undefined;
    const found = await this.types.find(names);
    const unknown = names.filter((name) => !found.has(name));
    if (unknown.length > 0)
      throw InvalidError.field('types', `names no relationship type there is: ${unknown.join(', ')}`);
    return [...found.values()];
  }

  /** How many relationship types there are. */
  async countTypes(): Promise<number> {
    const [row] = await this.uow.query<{ n: number }>(
      'SELECT count(*)::integer AS n FROM relationship_type',
      [],
      'graph-types',
    );
    return row.n;
  }

  /** What graph answers say of these entries; entries removed meanwhile are absent. */
  async summaries(ids: readonly NodeId[]): Promise<Map<NodeId, SummaryRow>> {
    const rows = await this.uow.query<SummaryRow & object>(
      `SELECT ${SUMMARY_COLUMNS} FROM unnest($1::bigint[]) u(n) JOIN entry e ON e.id = u.n`,
      [ids],
      'graph-summaries',
    );
    return new Map(rows.map((row) => [Number(row.id), row]));
  }

  /** These relationships, oldest first. */
  edges(ids: readonly number[]): Promise<EdgeRow[]> {
    return this.uow.query<EdgeRow & object>(
      `SELECT ${EDGE} FROM unnest($1::bigint[]) u(n) JOIN relationship r ON r.id = u.n
       JOIN relationship_type t ON t.id = r.type ORDER BY r.id`,
      [ids],
      'graph-edges',
    );
  }

  /**
   * The relationships a walk followed from the entries it expanded and that have both ends among its entries, each once,
   * oldest first. Read from their sources: an entry may be the target of very many, most of them from elsewhere.
   */
  edgesWalked(
    { nodes, expanded }: Pick<Walk, 'nodes' | 'expanded'>,
    direction: Direction,
    typeIds: readonly number[] | undefined,
    limit: number,
  ): Promise<EdgeRow[]> {
    const types = typeIds ? ' AND r.type = ANY($4::smallint[])' : '';
    const columns = 'r.id, r.source_id, r.target_id, r.type, r.weight, r.bidirectional';
    const among = (end: 'source' | 'target', list: '$1' | '$2'): string => `r.${end}_id = ANY(${list}::bigint[])`;
    // OFFSET 0 keeps the planner to one index descent per entry, and the arrays to filters, which it hashes.
    const from = (end: 'source' | 'target', list: '$1' | '$2', condition: string): string =>
      `SELECT ${columns} FROM unnest(${list}::bigint[]) u(n)
       CROSS JOIN LATERAL (SELECT ${columns} FROM relationship r WHERE r.${end}_id = u.n${condition}${types} OFFSET 0) r`;
    const followed = {
      out: `${from('source', '$2', '')} WHERE ${among('target', '$1')} UNION ALL
        ${from('target', '$2', ' AND r.bidirectional')} WHERE ${among('source', '$1')} AND NOT ${among('source', '$2')}`,
      in: `${from('source', '$1', '')} WHERE ${among('target', '$1')}
        AND (${among('target', '$2')} OR r.bidirectional AND ${among('source', '$2')})`,
      both: `${from('source', '$1', '')} WHERE ${among('target', '$1')}
        AND (${among('target', '$2')} OR ${among('source', '$2')})`,
    }[direction];
    return this.uow.query<EdgeRow & object>(
      `WITH t AS MATERIALIZED (SELECT id, name FROM relationship_type)
       SELECT ${EDGE} FROM (${followed} ORDER BY id LIMIT $3) r JOIN t ON t.id = r.type ORDER BY r.id`,
      // No name: a plan that does not know the arrays searches them one by one.
      [nodes, expanded, limit, ...(typeIds ? [typeIds] : [])],
    );
  }

  /**
   * The lightest relationship between each entry of a path and the next, the oldest among equals, in the path's order.
   * Shorter than the path when one was removed meanwhile.
   */
  edgesAlong(path: readonly NodeId[], direction: Direction, typeIds?: readonly number[]): Promise<EdgeRow[]> {
    const types = typeIds ? ' AND r.type = ANY($3::smallint[])' : '';
    const along = `r.source_id = s.a AND r.target_id = s.b${direction === 'in' ? ' AND r.bidirectional' : ''}`;
    const back = `r.source_id = s.b AND r.target_id = s.a${direction === 'out' ? ' AND r.bidirectional' : ''}`;
    const columns = 'r.id, r.source_id, r.target_id, r.type AS type_id, r.weight, r.bidirectional';
    return this.uow.query<EdgeRow & object>(
      `SELECT r.id, r.source_id, r.target_id, t.name AS type, r.weight, r.bidirectional
       FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS s(a, b, place)
       CROSS JOIN LATERAL (
         SELECT * FROM (
           SELECT ${columns} FROM relationship r WHERE ${along}${types}
           UNION ALL SELECT ${columns} FROM relationship r WHERE ${back}${types}
         ) o ORDER BY o.weight, o.id LIMIT 1
       ) r JOIN relationship_type t ON t.id = r.type_id ORDER BY s.place`,
      [path.slice(0, -1), path.slice(1), ...(typeIds ? [typeIds] : [])],
    );
  }

  /** How many relationships to entries the caller may see an entry has, of all types. */
  async degree(id: NodeId): Promise<{ out: number; in: number }> {
    const viewer = currentViewer();
    const unseen = (own: string, other: string): string =>
      viewer
        ? ` - (SELECT count(*) FROM entry_restriction x JOIN relationship r ON r.${own} = $1 AND r.${other} = x.entry_id
              WHERE NOT x.readers && $2::text[])::integer`
        : '';
    const [row] = await this.uow.query<{ o: number; i: number }>(
      `SELECT out_degree${unseen('source_id', 'target_id')} AS o, in_degree${unseen('target_id', 'source_id')} AS i
       FROM entry_degree WHERE entry_id = $1`,
      viewer ? [id, viewer] : [id],
      statementFor('graph-degree', viewer),
    );
    return { out: row?.o ?? 0, in: row?.i ?? 0 };
  }
}
