import { Injectable } from '@nestjs/common';
import type { Corpus, TextQuery } from '../query/text-query.js';
import { NameRepository } from './name.repository.js';
import type { NamedRow } from './name.repository.js';
import { popularityOf } from './score.js';
import { TextSearchRepository } from './text-search.repository.js';
import type { RankedRow, Scope } from './text-search.repository.js';

/** So many names that begin with the query are put before everything else. */
const MOST_PINNED = 200;
const SHORTEST_PREFIX = 2;

export interface PinnedRow extends RankedRow {
  /** Its name is the query, rather than beginning with it. */
  exact: boolean;
}

/** Entries named as the query reads, and then those whose name it begins: before any ranking by words. */
@Injectable()
export class PinnedNames {
  constructor(
    private readonly names: NameRepository,
    private readonly search: TextSearchRepository,
  ) {}

  /** Exact ones first; of several texts these alone. Entries the scope leaves out by id are not among them. */
  async find(
    texts: readonly string[],
    { filter, withoutIds }: Pick<Scope, 'filter' | 'withoutIds'>,
    query: TextQuery,
    corpus: Corpus,
  ): Promise<PinnedRow[]> {
    const [text] = texts;
    const begun = texts.length > 1 || text.length < SHORTEST_PREFIX ? 0 : MOST_PINNED;
    const found = await this.names.named(texts, filter, begun);
    const named = new Map(found.map((row) => [row.id, row]));
    for (const id of withoutIds) named.delete(id);
    if (named.size === 0) return [];
    const ranked = await this.search.rankedOf({ ids: [...named.keys()] }, query, corpus);
    const pinned = ranked.map((row) => {
      const name = named.get(row.id)!;
      return name.exact
        ? { ...row, exact: true }
        : { ...row, exact: false, rank: prefixRank(text, name, row.text, corpus) };
    });
    return pinned.sort((a, b) => Number(b.exact) - Number(a.exact) || b.rank - a.rank || Number(a.id) - Number(b.id));
  }
}

/**
 * Of names that begin with the query, one that is little longer, much depended upon, rich in the query's words or going
 * on with a new word (`python-doc`, `python3`; not `pythonic`) comes first.
 */
function prefixRank(query: string, row: NamedRow, text: number, corpus: Corpus): number {
  const cut = /^[a-z]/.test(row.name.slice(query.length)) ? 0 : 1;
  return 0.3 * text + 0.3 * popularityOf(row.popularity, corpus) + 0.3 * (query.length / row.name.length) + 0.1 * cut;
}
