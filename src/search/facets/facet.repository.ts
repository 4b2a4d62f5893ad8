import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { TextSearchRepository } from '../text/text-search.repository.js';
import type { Scope } from '../text/text-search.repository.js';

export const FACETS = ['type', 'status', 'health', 'feature', 'tags'] as const;
export type Facet = (typeof FACETS)[number];

export interface FacetCount {
  value: string;
  count: number;
}

export interface FacetRows {
  total: number;
  facets: Record<Facet, FacetCount[]>;
}

const VALUES: Record<Facet, string> = {
  type: 'SELECT kind AS value FROM found',
  status: 'SELECT status AS value FROM found',
  health: 'SELECT health AS value FROM found',
  feature: 'SELECT feature AS value FROM found WHERE feature IS NOT NULL',
  tags: 'SELECT unnest(tags) AS value FROM found',
};
const MOST_VALUES = 50;

/** Counts by value over what a search finds. Runs inside `TextSearchRepository.bounded`. */
@Injectable()
export class FacetRepository {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly search: TextSearchRepository,
  ) {}

  /** Everything in scope. */
  ofScope(scope: Scope): Promise<FacetRows> {
    const values: unknown[] = [];
    return this.count(
      `SELECT e.kind, e.status, e.health, e.feature, e.tags ${this.search.source(scope, values)}`,
      values,
    );
  }

  ofIds(ids: readonly string[]): Promise<FacetRows> {
    return this.count('SELECT kind, status, health, feature, tags FROM entry WHERE id = ANY($1::bigint[])', [ids]);
  }

  private async count(found: string, values: unknown[]): Promise<FacetRows> {
    const legs = FACETS.map(
      (facet) =>
        `(SELECT '${facet}' AS facet, value, count(*)::int AS count FROM (${VALUES[facet]}) v
          GROUP BY value ORDER BY count DESC, value LIMIT ${MOST_VALUES})`,
    );
    const rows = await this.uow.query<{ facet: Facet | 'total'; value: string; count: number }>(
      `WITH found AS MATERIALIZED (${found})
       SELECT 'total' AS facet, '' AS value, count(*)::int AS count FROM found UNION ALL ${legs.join(' UNION ALL ')}`,
      values,
    );
    const of = (name: Facet): FacetCount[] =>
      rows.flatMap(({ facet, value, count }) => (facet === name ? [{ value, count }] : []));
    return {
      total: rows.find(({ facet }) => facet === 'total')!.count,
      facets: Object.fromEntries(FACETS.map((name) => [name, of(name)])) as FacetRows['facets'],
    };
  }
}
