import { Injectable } from '@nestjs/common';
import { nameTexts, parseQuery } from '../query/query-syntax.js';
import { QueryTermRepository } from '../query/query-term.repository.js';
import { looseQuery, meantQuery, queryTerms, strictQuery, widenedQuery } from '../query/text-query.js';
import type { Corpus, QueryTerm, TextQuery } from '../query/text-query.js';
import { wordless } from '../search-leg.js';
import type { LegAnswer, LegHit, SearchLeg, SearchQuestion } from '../search-leg.js';
import { QueryCorrector } from '../query/query-corrector.js';
import { PinnedNames } from './pinned-names.js';
import { scoreOf } from './score.js';
import type { Tier } from './score.js';
import { LONGEST_STATEMENT_MS, withinTime } from './search-time.js';
import { StageRanking } from './stage-ranking.js';
import { TextSearchRepository } from './text-search.repository.js';
import type { RankedRow, Scope } from './text-search.repository.js';

/** After this no guesses are made any more: a search that found too little answers what it has. */
const LONGEST_SEARCH_MS = 2000;

/** The slice still to fill, as the stages go by. */
class Page {
  readonly hits: LegHit[] = [];
  private readonly deadline = performance.now() + LONGEST_SEARCH_MS;

  constructor(
    public offset: number,
    /** One more than asked, which tells whether there is a next page. */
    readonly limit: number,
    private readonly enough = Infinity,
  ) {}

  get missing(): number {
    return this.limit - this.hits.length;
  }

  get full(): boolean {
    return this.missing === 0;
  }

  /** True when what is there makes guesses needless. */
  get satisfied(): boolean {
    return this.full || this.hits.length >= this.enough;
  }

  /** True when there is no time for guesses. */
  get late(): boolean {
    return performance.now() > this.deadline;
  }

  /** Takes the slice of a stage's answer that was asked for; `total` says the stage has no more. */
  take(hits: LegHit[], total: number | undefined): void {
    this.hits.push(...hits);
    this.offset = total === undefined ? 0 : Math.max(0, this.offset - total);
  }
}

interface Run {
  groups: QueryTerm[][];
  corpus: Corpus;
  scope: Scope;
  page: Page;
  /** The query as it is understood from here on, when words were taken for typing errors. */
  corrected: string | null;
}

/**
 * Text search in stages, each asked only while the page is not full: names that are or begin with the query, entries
 * with every word, with the words that were probably meant, with words they begin, with any word. What one stage answers, later ones
 * leave out, so that pages neither overlap nor miss.
 */
@Injectable()
export class TextLeg implements SearchLeg {
  constructor(
    private readonly terms: QueryTermRepository,
    private readonly search: TextSearchRepository,
    private readonly ranking: StageRanking,
    private readonly names: PinnedNames,
    private readonly corrector: QueryCorrector,
  ) {}

  find(question: SearchQuestion): Promise<LegAnswer> {
    return this.bounded(async () => {
      const page = new Page(question.offset, question.limit + 1, question.enough);
      const corrected = await this.answer(page, question);
      // Guesses that were left out may have more.
      const more = page.hits.length > question.limit || (!page.full && page.satisfied);
      return { hits: page.hits.slice(0, question.limit), more, corrected };
    });
  }

  /** Entries of a filter alone, the most depended upon first. */
  list(question: SearchQuestion): Promise<LegAnswer> {
    return this.bounded(async () => {
      const scope: Scope = { filter: question.filter, without: [], withoutIds: [] };
      const slice = { limit: question.limit + 1, offset: question.offset };
      const ids = await this.ranking.listed(scope, await this.terms.corpus(), slice);
      const hits = ids.map((id) => wordless(id));
      return { hits: hits.slice(0, question.limit), more: hits.length > question.limit, corrected: null };
    });
  }

  private bounded(find: () => Promise<LegAnswer>): Promise<LegAnswer> {
    return withinTime(() => this.search.bounded(LONGEST_STATEMENT_MS, find));
  }

  private async answer(page: Page, { groups: parsed, filter }: SearchQuestion): Promise<string | null> {
    const { terms, corpus } = await this.terms.analyse(parsed.flatMap((group) => group.map((term) => term.text)));
    const groups = queryTerms(parsed, terms);
    if (groups.length === 0) return null;
    const run: Run = { groups, corpus, page, scope: { filter, without: [], withoutIds: [] }, corrected: null };
    const strict = strictQuery(groups, corpus);
    await this.pin(run, nameTexts(parsed), strict, ['exact', 'prefix']);
    await this.stage(run, 'match', strict);
    if (page.satisfied) return null;
    run.corrected = await this.corrector.correct(groups);
    if (run.corrected !== null) {
      const meant = meantQuery(groups, corpus);
      await this.pin(run, nameTexts(parseQuery(run.corrected)), meant, ['meant-exact', 'meant-prefix']);
      await this.stage(run, 'meant', meant);
    }
    if (!page.satisfied && !page.late) await this.stage(run, 'widened', widenedQuery(groups, corpus));
    if (!page.satisfied && !page.late) await this.stage(run, 'loose', looseQuery(groups, corpus));
    return run.corrected;
  }

  private async pin(run: Run, names: string[], query: TextQuery, tiers: [Tier, Tier]): Promise<void> {
    const { corpus, scope, page } = run;
    if (names.length === 0 || page.full) return;
    const pinned = await this.names.find(names, scope, query, corpus);
    const slice = pinned.slice(page.offset, page.offset + page.missing);
    const hits = slice.map((row) => this.hit(run, row, tiers[row.exact ? 0 : 1], query));
    page.take(hits, pinned.length);
    run.scope = { ...scope, withoutIds: [...scope.withoutIds, ...pinned.map((row) => row.id)] };
  }

  private async stage(run: Run, tier: Tier, query: TextQuery | undefined): Promise<void> {
    const { page, scope, corpus } = run;
    if (!query || page.full || scope.without.includes(query.match)) return;
    const stage = { ...scope, match: query.match, negates: query.negates };
    const { rows, total } = await this.ranking.rank(stage, query, corpus, { limit: page.missing, offset: page.offset });
    page.take(
      rows.map((row) => this.hit(run, row, tier, query)),
      total,
    );
    run.scope = { ...scope, without: [...scope.without, query.match] };
  }

  private hit({ corrected }: Run, { id, text, rank }: RankedRow, tier: Tier, query: TextQuery): LegHit {
    const score = scoreOf(tier, rank);
    const words = Math.round(text * 1e6) / 1e6;
    return wordless(id, { score, tier, text: words, marks: query.match, about: query.about, corrected });
  }
}
