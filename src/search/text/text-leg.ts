import { Injectable } from '@nestjs/common';
import { nameText } from '../query/query-syntax.js';
import { QueryTermRepository } from '../query/query-term.repository.js';
import type { Corpus } from '../query/query-term.repository.js';
import { looseQuery, queryTerms, strictQuery, widenedQuery } from '../query/text-query.js';
import type { QueryTerm, TextQuery } from '../query/text-query.js';
import type { LegAnswer, LegHit, SearchLeg, SearchQuestion } from '../search-leg.js';
import { Speller } from '../vocabulary/speller.js';
import { PinnedNames } from './pinned-names.js';
import { scoreOf } from './score.js';
import type { Tier } from './score.js';
import { StageRanking } from './stage-ranking.js';
import { TextSearchRepository } from './text-search.repository.js';
import type { RankedRow, Scope } from './text-search.repository.js';

const LONGEST_STATEMENT_MS = 5000;
/** A word of hardly any entry is taken for a typing error when the catalog has a likelier one. */
const RARE = 2;

/** The slice still to fill, as the stages go by. */
class Page {
  readonly hits: LegHit[] = [];

  constructor(
    public offset: number,
    /** One more than asked, which tells whether there is a next page. */
    readonly limit: number,
  ) {}

  get missing(): number {
    return this.limit - this.hits.length;
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
}

/**
 * Text search in stages, each asked only while the page is not full: names that are or begin with the query, entries
 * with every word, with words it begins or that were probably meant, with any word. What one stage answers, later ones
 * leave out, so that pages neither overlap nor miss.
 */
@Injectable()
export class TextLeg implements SearchLeg {
  constructor(
    private readonly terms: QueryTermRepository,
    private readonly search: TextSearchRepository,
    private readonly ranking: StageRanking,
    private readonly names: PinnedNames,
    private readonly speller: Speller,
  ) {}

  find(question: SearchQuestion): Promise<LegAnswer> {
    return this.search.bounded(LONGEST_STATEMENT_MS, async () => {
      const page = new Page(question.offset, question.limit + 1);
      const corrected = await this.answer(page, question);
      const more = page.hits.length > question.limit;
      return { hits: page.hits.slice(0, question.limit), more, corrected };
    });
  }

  /** Entries of a filter alone, the most depended upon first. */
  list(question: SearchQuestion): Promise<LegAnswer> {
    return this.search.bounded(LONGEST_STATEMENT_MS, async () => {
      const scope: Scope = { filter: question.filter, without: [], withoutIds: [] };
      const slice = { limit: question.limit + 1, offset: question.offset };
      const ids = await this.ranking.listed(scope, await this.terms.corpus(), slice);
      const hits = ids.map((id) => ({ id, score: 0, text: null, marks: null, corrected: null }));
      return { hits: hits.slice(0, question.limit), more: hits.length > question.limit, corrected: null };
    });
  }

  private async answer(page: Page, { groups: parsed, filter }: SearchQuestion): Promise<string | null> {
    const analysed = await this.terms.analyse(parsed.flatMap((group) => group.map((term) => term.text)));
    const groups = queryTerms(parsed, analysed);
    const corpus = await this.terms.corpus();
    const run: Run = { groups, corpus, page, scope: { filter, without: [], withoutIds: [] } };
    if (groups.length === 0) return null;
    const strict = strictQuery(groups, corpus);
    const name = nameText(parsed);
    if (name !== undefined) await this.pin(run, name, strict);
    if (page.missing > 0) await this.stage(run, 'match', strict);
    if (page.missing === 0) return null;
    const corrected = await this.correct(groups);
    await this.relax(run, strict, corrected);
    return corrected;
  }

  private async relax(run: Run, strict: TextQuery, corrected: string | null): Promise<void> {
    const widened = widenedQuery(run.groups, run.corpus);
    if (widened.match !== strict.match) await this.stage(run, 'widened', widened, corrected);
    const loose = run.page.missing > 0 && looseQuery(run.groups, run.corpus);
    if (loose) await this.stage(run, 'loose', loose, corrected);
  }

  private async pin({ corpus, scope, page }: Run, name: string, query: TextQuery): Promise<void> {
    const pinned = await this.names.find(name, scope.filter, query, corpus);
    const slice = pinned.slice(page.offset, page.offset + page.limit);
    page.take(
      slice.map((row) => this.hit(row, row.tier, query, null)),
      pinned.length,
    );
    scope.withoutIds = pinned.map((row) => row.id);
  }

  private async stage(run: Run, tier: Tier, query: TextQuery, corrected: string | null = null): Promise<void> {
    const { page, scope, corpus } = run;
    const stage = { ...scope, match: query.match, negates: query.negates };
    const slice = { limit: page.missing, offset: page.offset };
    const { rows, total } = await this.ranking.rank(stage, query, corpus, slice);
    page.take(
      rows.map((row) => this.hit(row, tier, query, corrected)),
      total,
    );
    run.scope = { ...scope, without: [...scope.without, query.match] };
  }

  private hit({ id, text, rank }: RankedRow, tier: Tier, query: TextQuery, corrected: string | null): LegHit {
    return { id, score: scoreOf(tier, rank), text: Math.round(text * 1e6) / 1e6, marks: query.match, corrected };
  }

  /** Finds likely spellings for the unknown words, into the terms; answers the query as it then reads. */
  private async correct(groups: QueryTerm[][]): Promise<string | null> {
    const suspects = groups.flat().filter((term) => !term.phrase && !term.negated && !term.known && term.ndoc <= RARE);
    const found = await this.corrections(suspects);
    if (found.size === 0) return null;
    const words = [...found.values()];
    const analysed = await this.terms.analyse(words);
    for (const term of suspects) {
      const text = found.get(term);
      if (text) term.correction = { ...analysed[words.indexOf(text)], text };
    }
    return groups.map((group) => group.map(written).join(' ')).join(' or ');
  }

  private async corrections(suspects: readonly QueryTerm[]): Promise<Map<QueryTerm, string>> {
    const found = new Map<QueryTerm, string>();
    for (const term of suspects) {
      const word = await this.speller.correct(term.text);
      if (word !== undefined) found.set(term, word);
    }
    return found;
  }
}

function written(term: QueryTerm): string {
  const text = term.correction?.text ?? term.text;
  return `${term.negated ? '-' : ''}${term.phrase ? `"${text}"` : text}`;
}
