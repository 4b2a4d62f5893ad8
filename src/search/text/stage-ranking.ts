import { Injectable } from '@nestjs/common';
import type { Corpus, TextQuery } from '../query/text-query.js';
import { RERANKED, TextSearchRepository } from './text-search.repository.js';
import type { Part, RankedRow, Scope, Slice } from './text-search.repository.js';

/** So many matches are scored one and all. */
const LEAST_SCORED = 3000;
/** Of more than that, so many of the most depended upon are. */
const WINDOW = 500;

export interface StageAnswer {
  rows: RankedRow[];
  /** How many there are in all; told when the slice reached the end. */
  total?: number;
}

/**
 * Ranks the matches of one query, exactly where they are few. Where they are many, only a window of them is scored: the
 * matches in names and titles and the most depended upon; after the window come the rest, the most depended upon first.
 * So every match can be paged to, and no page depends on another's size.
 */
@Injectable()
export class StageRanking {
  constructor(private readonly search: TextSearchRepository) {}

  async rank(scope: Scope, query: TextQuery, corpus: Corpus, slice: Slice): Promise<StageAnswer> {
    const few = mostScored(corpus);
    if (query.terms.length > 0 && ((query.most ?? Infinity) <= few || (await this.search.estimate(scope)) <= few)) {
      return this.withTotal(scope, await this.all(scope, query, corpus, slice), slice);
    }
    const window = await this.window(scope, query, corpus, few);
    const rows = window.slice(slice.offset, slice.offset + slice.limit);
    if (rows.length === slice.limit) return { rows };
    const tail = await this.search.popular(
      { ...scope, withoutIds: [...scope.withoutIds, ...window.map((row) => row.id)] },
      { limit: slice.limit - rows.length, offset: Math.max(0, slice.offset - window.length) },
    );
    rows.push(...tail.map((id) => ({ id, text: 0, rank: 0 })));
    return this.withTotal(scope, rows, slice);
  }

  /** Entries by popularity alone. */
  async listed(scope: Scope, corpus: Corpus, slice: Slice, part: Part = 'tsv'): Promise<string[]> {
    return (await this.search.estimate(scope, part)) <= mostScored(corpus)
      ? this.search.sortedByPopularity(scope, slice, part)
      : this.search.popular(scope, slice, part);
  }

  private async all(scope: Scope, query: TextQuery, corpus: Corpus, slice: Slice): Promise<RankedRow[]> {
    const best = Math.min(slice.limit, RERANKED - slice.offset);
    const rows = best > 0 ? await this.search.best(scope, query, corpus, { ...slice, limit: best }) : [];
    // Short of its slice: there are no more. Else the page goes on past what was put in order by more than words.
    if (rows.length < best || rows.length === slice.limit) return rows;
    const rest = { limit: slice.limit - rows.length, offset: Math.max(RERANKED, slice.offset) };
    return [...rows, ...(await this.search.byWords(scope, query, corpus, rest))];
  }

  private async window(scope: Scope, query: TextQuery, corpus: Corpus, few: number): Promise<RankedRow[]> {
    const first = { limit: WINDOW, offset: 0 };
    const ids = await this.search.popular(scope, first);
    if (query.terms.length === 0) return ids.map((id) => ({ id, text: 0, rank: 0 }));
    if ((await this.search.estimate(scope, 'heading')) <= few) return this.search.rankedOf(ids, scope, query, corpus);
    const named = await this.search.popular(scope, first, 'heading');
    return this.search.rankedOf([...new Set([...ids, ...named])], undefined, query, corpus);
  }

  private async withTotal(scope: Scope, rows: RankedRow[], slice: Slice): Promise<StageAnswer> {
    if (rows.length === slice.limit) return { rows };
    if (rows.length > 0 || slice.offset === 0) return { rows, total: slice.offset + rows.length };
    return { rows, total: await this.search.count(scope) };
  }
}

/** Where scoring all costs as much as walking the popularity index to a full window: it grows with the catalog's root. */
export const mostScored = (corpus: Corpus): number => Math.max(LEAST_SCORED, Math.round(Math.sqrt(375 * corpus.docs)));
