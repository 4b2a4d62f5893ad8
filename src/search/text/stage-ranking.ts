import { Injectable } from '@nestjs/common';
import type { Corpus, TextQuery } from '../query/text-query.js';
import { TextSearchRepository } from './text-search.repository.js';
import type { Effort, Part, RankedRow, Scope, Slice } from './text-search.repository.js';

/** So many matches are scored one and all, however small the catalog, and no more, however large. */
const LEAST_SCORED = 3000;
const MOST_SCORED = 6_000;
/** Of more matches, so many of the most depended upon are scored. */
const WINDOW = 400;
/** So many are looked for among those that are depended upon most, as if matches were spread evenly. */
const LIKELY_WINDOW = 40;
/** So deep they are looked for in any case: it takes little. */
const LEAST_DEPTH = 5_000;
/** With fewer at hand, the planner saw matches that are not there, or only where nobody depends on them. */
const LEAST_WINDOW = 10;
/** So many matches of several words among as many as should hold fewer tell that the words go together. */
const FREQUENT = 15;
/** So much deeper they are looked for once more where looking at all would take too long. */
const DEEPER = 4;

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
    if (query.terms.length === 0) {
      const ids = await this.listed(scope, corpus, slice);
      return this.withTotal(scope, ids.map(unranked), slice);
    }
    const few = mostScored(corpus);
    const effort = await this.effort(scope, query, corpus);
    const window = effort.rows <= few ? undefined : await this.window(scope, corpus, effort);
    const rows = window
      ? await this.windowed(scope, window, query, corpus, slice)
      : await this.search.ranked({ ...scope, byFilter: effort.byFilter }, query, corpus, slice);
    return this.withTotal(scope, rows, slice);
  }

  /** Entries by popularity alone. */
  async listed(scope: Scope, corpus: Corpus, slice: Slice, part: Part = 'tsv'): Promise<string[]> {
    return (await this.search.estimate(scope, part)) <= mostScored(corpus)
      ? this.search.sortedByPopularity(scope, slice, part)
      : this.search.popular(scope, slice, { part });
  }

  /**
   * Rows to look at, and where from. The planner takes words for independent of each other, so of several it expects too few
   * where they go together; how frequent they are among the entries most depended upon tells.
   */
  private async effort(scope: Scope, { most = Infinity, terms }: TextQuery, corpus: Corpus): Promise<Effort> {
    const few = mostScored(corpus);
    if (most <= few) return { matching: most, filtering: Infinity, rows: most, byFilter: false };
    const effort = await this.search.effort(scope);
    if (effort.matching > few || terms.length < 2) return effort;
    const matching = { match: scope.match, negates: scope.negates, filter: {}, without: [], withoutIds: [] };
    const probe = { limit: FREQUENT, offset: 0 };
    const within = Math.ceil((FREQUENT * corpus.docs) / few);
    const isFrequent = (await this.search.popular(matching, probe, { within })).length === FREQUENT;
    return isFrequent ? { ...effort, rows: effort.filtering, byFilter: effort.filtering < Infinity } : effort;
  }

  /** What of many matches is to be ranked; undefined when hardly any are found. */
  private async window(
    scope: Scope,
    corpus: Corpus,
    { rows, matching, filtering }: Effort,
  ): Promise<{ ids: string[]; heading?: Scope } | undefined> {
    const few = mostScored(corpus);
    const first = { limit: WINDOW, offset: 0 };
    const within = Math.max(LEAST_DEPTH, Math.ceil((LIKELY_WINDOW * corpus.docs) / few));
    let ids = await this.search.popular(scope, first, { within });
    if (ids.length < LEAST_WINDOW && (rows > DEEPER * few || filtering < Infinity))
      ids = await this.search.popular(scope, first, { within: DEEPER * within });
    if (ids.length < LEAST_WINDOW) return undefined;
    // What the planner expected of all is how far it may be from the truth about names and titles.
    const seen = (ids.length * corpus.docs) / within;
    const wrongBy = filtering < Infinity ? 1 : Math.max(1, seen / Math.max(1, matching));
    if (wrongBy * (await this.search.effort(scope, 'heading')).rows <= few) return { ids, heading: scope };
    const named = await this.search.popular(scope, first, { part: 'heading', within });
    return { ids: [...new Set([...ids, ...named])] };
  }

  private async windowed(
    scope: Scope,
    window: { ids: string[]; heading?: Scope },
    query: TextQuery,
    corpus: Corpus,
    slice: Slice,
  ): Promise<RankedRow[]> {
    // The window holds these at least.
    if (slice.offset + slice.limit <= window.ids.length) return this.search.rankedOf(window, query, corpus, slice);
    const ranked = await this.search.rankedOf(window, query, corpus);
    const rows = ranked.slice(slice.offset, slice.offset + slice.limit);
    if (rows.length === slice.limit) return rows;
    const tail = await this.search.popular(
      { ...scope, withoutIds: [...scope.withoutIds, ...ranked.map((row) => row.id)] },
      { limit: slice.limit - rows.length, offset: Math.max(0, slice.offset - ranked.length) },
    );
    return [...rows, ...tail.map(unranked)];
  }

  private async withTotal(scope: Scope, rows: RankedRow[], slice: Slice): Promise<StageAnswer> {
    if (rows.length === slice.limit) return { rows };
    if (rows.length > 0 || slice.offset === 0) return { rows, total: slice.offset + rows.length };
    return { rows, total: await this.search.count(scope) };
  }
}

const unranked = (id: string): RankedRow => ({ id, text: 0, rank: 0 });

/** Where scoring all costs as much as walking the popularity index to a full window: it grows with the catalog's root. */
export const mostScored = (corpus: Corpus): number =>
  Math.min(MOST_SCORED, Math.max(LEAST_SCORED, Math.round(Math.sqrt(500 * corpus.docs))));
