import { Injectable } from '@nestjs/common';
import type { EntryFilter } from '../../entries/entry-filter.js';
import { parseQuery } from '../query/query-syntax.js';
import type { TermGroup } from '../query/query-syntax.js';
import { QueryTermRepository } from '../query/query-term.repository.js';
import { looseQuery, queryTerms, strictQuery } from '../query/text-query.js';
import { LONGEST_STATEMENT_MS, withinTime } from '../text/search-time.js';
import { TextSearchRepository } from '../text/text-search.repository.js';
import type { Scope } from '../text/text-search.repository.js';
import { FacetRepository } from './facet.repository.js';
import type { FacetRows } from './facet.repository.js';

export interface FacetsAnswer {
  /** `exact`: so many there are. `estimate`: about so many, by the planner's statistics. */
  total: { value: number; relation: 'exact' | 'estimate' };
  /** How many entries the counts are of, where not of all: those most depended upon. */
  sampled: number | null;
  facets: FacetRows['facets'];
}

/** Counting more than this takes longer than anyone waits for. */
const MOST_COUNTED = 20_000;
const SAMPLE = 5000;
const NONE: FacetsAnswer = {
  total: { value: 0, relation: 'exact' },
  sampled: null,
  facets: { type: [], status: [], health: [], feature: [], tags: [] },
};

/** How what the words of a search find divides by type, status, health, feature and tag. */
@Injectable()
export class FacetsService {
  constructor(
    private readonly terms: QueryTermRepository,
    private readonly search: TextSearchRepository,
    private readonly facets: FacetRepository,
  ) {}

  /** Of entries with every word; of those with any word where there are none. An empty query counts all of the filter. */
  async count(query: string, field: string, filter: EntryFilter): Promise<FacetsAnswer> {
    const groups = parseQuery(query, field);
    if (groups.length === 0 && query.trim() !== '') return NONE;
    return withinTime(() => this.search.bounded(LONGEST_STATEMENT_MS, () => this.found(groups, filter)));
  }

  private async found(groups: readonly TermGroup[], filter: EntryFilter): Promise<FacetsAnswer> {
    const scope: Scope = { filter, without: [], withoutIds: [] };
    if (groups.length === 0) return this.within(scope);
    const { terms, corpus } = await this.terms.analyse(groups.flatMap((group) => group.map(({ text }) => text)));
    const analysed = queryTerms(groups, terms);
    if (analysed.length === 0) return NONE;
    for (const way of [strictQuery(analysed, corpus), looseQuery(analysed, corpus)]) {
      const found = way && (await this.within({ ...scope, match: way.match, negates: way.negates }));
      if (found && found.total.value > 0) return found;
    }
    return NONE;
  }

  private async within(scope: Scope): Promise<FacetsAnswer> {
    const estimate = await this.search.estimate(scope);
    if (estimate > MOST_COUNTED) {
      const ids = await this.search.popular(scope, { limit: SAMPLE, offset: 0 }, { within: 10 * SAMPLE });
      // With fewer at hand, the planner saw more than there is, or only where nobody depends on it.
      if (ids.length === SAMPLE) {
        const { facets } = await this.facets.ofIds(ids);
        return { total: { value: Math.round(estimate), relation: 'estimate' }, sampled: SAMPLE, facets };
      }
    }
    const { total, facets } = await this.facets.ofScope(scope);
    return { total: { value: total, relation: 'exact' }, sampled: null, facets };
  }
}
