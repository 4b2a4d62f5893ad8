import { Injectable } from '@nestjs/common';
import type { EntryFilter } from '../../entries/entry-filter.js';
import type { Corpus } from '../query/query-term.repository.js';
import type { TextQuery } from '../query/text-query.js';
import { NameRepository } from './name.repository.js';
import { TextSearchRepository } from './text-search.repository.js';
import type { RankedRow } from './text-search.repository.js';

/** So many names that begin with the query are put before everything else. */
const MOST_PINNED = 200;
const SHORTEST_PREFIX = 2;

export interface PinnedRow extends RankedRow {
  tier: 'exact' | 'prefix';
}

/** Entries named as the query reads, and then those whose name it begins: before any ranking by words. */
@Injectable()
export class PinnedNames {
  constructor(
    private readonly names: NameRepository,
    private readonly search: TextSearchRepository,
  ) {}

  async find(text: string, filter: EntryFilter, query: TextQuery, corpus: Corpus): Promise<PinnedRow[]> {
    const exact = await this.names.exactly(text, filter);
    const begun = text.length < SHORTEST_PREFIX ? [] : await this.names.beginning(text, filter, MOST_PINNED);
    const named = new Map([...exact, ...begun].map((row) => [row.id, row.name]));
    if (named.size === 0) return [];
    const exactIds = new Set(exact.map((row) => row.id));
    const ranked = await this.search.rankedOf([...named.keys()], undefined, query, corpus);
    // A name that goes on with a new word (`python-doc`) is nearer than one that goes on with a letter (`pythonic`).
    const order = ({ id }: RankedRow): number =>
      exactIds.has(id) ? 0 : /^[a-z0-9]/.test(named.get(id)!.slice(text.length)) ? 2 : 1;
    return ranked
      .map((row) => ({
        ...row,
        order: order(row),
        tier: exactIds.has(row.id) ? ('exact' as const) : ('prefix' as const),
      }))
      .sort((a, b) => a.order - b.order || b.rank - a.rank);
  }
}
