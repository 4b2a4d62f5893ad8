import { Injectable } from '@nestjs/common';
import { keyOf } from '../../entries/entry-key.js';
import type { Suggestion } from '../http/search-hit.dto.js';
import { QueryTermRepository } from '../query/query-term.repository.js';
import { NameRepository } from '../text/name.repository.js';
import type { NamedRow } from '../text/name.repository.js';
import { StageRanking } from '../text/stage-ranking.js';
import { TextSearchRepository } from '../text/text-search.repository.js';
import { Speller } from '../vocabulary/speller.js';
import { VocabularyRepository } from '../vocabulary/vocabulary.repository.js';

const LONGEST_STATEMENT_MS = 5000;
/** Versions of one entry share a name; so many more rows are read than names are needed. */
const VERSIONS = 3;
/** A share of the answer is kept for words, where there are any. */
const NAMES_SHARE = 0.7;
const SHORTEST_WORD = 3;
const WORD_CUT = /[-_/.+@:\s]+/;

/** Autocomplete: entries by name, then the last word completed, then how it was probably meant. */
@Injectable()
export class SuggestService {
  constructor(
    private readonly names: NameRepository,
    private readonly vocabulary: VocabularyRepository,
    private readonly speller: Speller,
    private readonly terms: QueryTermRepository,
    private readonly search: TextSearchRepository,
    private readonly ranking: StageRanking,
  ) {}

  async complete(text: string, limit: number): Promise<Suggestion[]> {
    const typed = text.trim().toLowerCase();
    if (!/[\p{L}\p{N}]/u.test(typed)) return [];
    return this.search.bounded(LONGEST_STATEMENT_MS, async () => {
      const names = await this.named(typed, limit);
      const words = await this.words(typed, limit);
      const kept = Math.max(limit - words.length, Math.ceil(limit * NAMES_SHARE));
      const found = [...names.slice(0, kept), ...words].slice(0, limit);
      return found.length < limit ? [...found, ...(await this.corrections(typed))] : found;
    });
  }

  private async named(typed: string, limit: number): Promise<Suggestion[]> {
    const begun = distinct(await this.names.named([typed], {}, limit * VERSIONS));
    if (begun.length >= limit) return begun.slice(0, limit);
    const within = await this.within(typed, limit * VERSIONS);
    return distinct([...begun, ...within]).slice(0, limit);
  }

  /** Entries whose name or title has the words, the last of them begun. */
  private async within(typed: string, limit: number): Promise<NamedRow[]> {
    if (lastWord(typed).length < SHORTEST_WORD) return [];
    const { terms, corpus } = await this.terms.analyse([typed]);
    const [term] = terms;
    if (term.plain === '') return [];
    const scope = { filter: {}, match: `${term.plain.replaceAll(' <-> ', ' & ')}:*`, without: [], withoutIds: [] };
    const ids = await this.ranking.listed(scope, corpus, { limit, offset: 0 }, 'heading');
    return this.names.byIds(ids);
  }

  private async words(typed: string, limit: number): Promise<Suggestion[]> {
    const last = lastWord(typed);
    if (last.length < 2) return [];
    const head = typed.slice(0, typed.length - last.length);
    const words = await this.vocabulary.beginning(last, limit);
    return words.filter(({ word }) => word !== last).map(({ word }) => suggestedWord(head + word, 'word'));
  }

  private async corrections(typed: string): Promise<Suggestion[]> {
    const last = lastWord(typed);
    if (last === '') return [];
    const { terms } = await this.terms.analyse([last]);
    if (terms[0].known) return [];
    const word = await this.speller.correct(last);
    const head = typed.slice(0, typed.length - last.length);
    return word === undefined ? [] : [suggestedWord(head + word, 'correction')];
  }
}

const lastWord = (typed: string): string => typed.split(WORD_CUT).at(-1)!;

const suggestedWord = (text: string, kind: 'word' | 'correction'): Suggestion => ({
  text,
  kind,
  key: null,
  type: null,
  title: null,
});

/** One suggestion for all versions of an entry: a key without a version means the newest. */
function distinct(rows: readonly (NamedRow | Suggestion)[]): Suggestion[] {
  const byKey = new Map<string, Suggestion>();
  for (const row of rows) {
    const suggestion: Suggestion = 'text' in row ? row : named(row);
    if (!byKey.has(suggestion.key!)) byKey.set(suggestion.key!, suggestion);
  }
  return [...byKey.values()];
}

const named = ({ kind, name, title }: NamedRow): Suggestion => ({
  text: name,
  kind: 'name',
  key: keyOf(kind, name, ''),
  type: kind,
  title,
});
