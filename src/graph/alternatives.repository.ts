import { Injectable } from '@nestjs/common';
import { RelationshipTypes } from '../entries/relationships/relationship-types.js';
import { endsVisible, visible } from '../entries/visibility.js';
import { UnitOfWork } from '../platform/database/unit-of-work.js';
import type { NodeId } from './engine/neighbor-source.js';

/** Entries looked at per entry in search of one that stands in for it, oldest first. */
const MOST_STAND_INS = 100;

export interface NeedRow {
  dependent: string;
  needed: string;
  /** As clients wrote them into the relationship's metadata: anything. */
  groups: unknown;
  alternatives: unknown;
}

/** What else could meet a need: alternatives written on relationships, and entries that provide the same. */
@Injectable()
export class AlternativesRepository {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly types: RelationshipTypes,
  ) {}

  /** The relationships by which `dependents[i]` needs `needed[i]`. */
  needs(dependents: readonly NodeId[], needed: readonly NodeId[], typeIds: readonly number[]): Promise<NeedRow[]> {
    return this.uow.query<NeedRow & object>(
      `SELECT u.n AS dependent, u.p AS needed, r.metadata -> 'groups' AS groups, r.metadata -> 'alternatives' AS alternatives
       FROM unnest($1::bigint[], $2::bigint[]) u(n, p)
       JOIN relationship r ON r.source_id = u.n AND r.target_id = u.p AND r.type = ANY($3::smallint[])`,
      [dependents, needed, typeIds],
    );
  }

  /** Ids of the entries of each type and name, in any version. */
  async named(
    wanted: readonly { type: string; name: string }[],
  ): Promise<{ type: string; name: string; id: NodeId }[]> {
    const values: unknown[] = [wanted.map(({ type }) => type), wanted.map(({ name }) => name)];
    const rows = await this.uow.query<{ type: string; name: string; id: string }>(
      `SELECT e.kind AS type, e.name, e.id FROM unnest($1::text[], $2::text[]) u(kind, name)
       JOIN entry e ON e.kind = u.kind AND e.name = u.name WHERE ${visible('e.id', values)}`,
      values,
    );
    return rows.map((row) => ({ ...row, id: Number(row.id) }));
  }

  /** Who provides each of these; those that nobody provides are absent. */
  providers(ids: readonly NodeId[]): Promise<Map<NodeId, NodeId[]>> {
    return this.listed(
      ids,
      (values) => `SELECT r.source_id AS other FROM relationship r
       WHERE r.target_id = u.n AND r.type = $2 AND ${visible('r.source_id', values)} ORDER BY r.source_id LIMIT ${MOST_STAND_INS}`,
    );
  }

  /** Who else provides something that each of these provides. */
  fellowProviders(ids: readonly NodeId[]): Promise<Map<NodeId, NodeId[]>> {
    return this.listed(
      ids,
      (values) => `SELECT DISTINCT o.source_id AS other FROM relationship r
       JOIN relationship o ON o.target_id = r.target_id AND o.type = $2 AND o.source_id <> u.n
       WHERE r.source_id = u.n AND r.type = $2 AND ${endsVisible('o', values)} ORDER BY o.source_id LIMIT ${MOST_STAND_INS}`,
    );
  }

  private async listed(ids: readonly NodeId[], others: (values: unknown[]) => string): Promise<Map<NodeId, NodeId[]>> {
    const result = new Map<NodeId, NodeId[]>();
    const provides = (await this.types.find(['provides'])).get('provides');
    if (provides === undefined || ids.length === 0) return result;
    const values: unknown[] = [ids, provides];
    const rows = await this.uow.query<{ n: string; other: string }>(
      `SELECT u.n, o.other FROM unnest($1::bigint[]) u(n) CROSS JOIN LATERAL (${others(values)}) o`,
      values,
    );
    for (const { n, other } of rows) {
      const list = result.get(Number(n));
      if (list) list.push(Number(other));
      else result.set(Number(n), [Number(other)]);
    }
    return result;
  }
}
