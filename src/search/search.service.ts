import { Injectable } from '@nestjs/common';
import type { EntryFilter } from '../entries/entry-filter.js';
import { toEntryResponse } from '../entries/entry-response.js';
import type { EntryResponse } from '../entries/entry-response.js';
import { ImpossibleError } from '../platform/errors/registry-error.js';
import { SearchActivity } from './activity/search-activity.js';
import { toHighlight } from './highlight.js';
import { HitRepository } from './hit.repository.js';
import { DEFAULT_WEIGHTS } from './hybrid/fusion.js';
import type { Fusion, Weights } from './hybrid/fusion.js';
import { HybridSearch } from './hybrid/hybrid-search.js';
import { plainText, QuestionVectors } from './hybrid/question-vector.js';
import type { Degradation } from './hybrid/question-vector.js';
import { VectorLeg } from './hybrid/vector-leg.js';
import { parseQuery } from './query/query-syntax.js';
import type { LegAnswer, SearchQuestion } from './search-leg.js';
import { withinTime } from './text/search-time.js';
import { TextLeg } from './text/text-leg.js';

export const SEARCH_MODES = ['hybrid', 'text', 'vector'] as const;
export type SearchMode = (typeof SEARCH_MODES)[number];

export interface Search {
  query: string;
  /** The field of the request the query came in, for errors. */
  field: string;
  mode: SearchMode;
  filter: EntryFilter;
  limit: number;
  offset: number;
  fusion?: Fusion;
  weights?: Partial<Weights>;
  /** Instead of the query's own; 384 numbers, of the model whose index is searched. */
  vector?: Float32Array;
}

export interface SearchHitResponse extends EntryResponse {
  score: number;
  matched: {
    text: number | null;
    vector: number | null;
    filters: number | null;
    highlight: string | null;
    corrected: string | null;
  };
}

export interface SearchAnswer {
  hits: SearchHitResponse[];
  /** How it was answered, which may be less than was asked for. */
  mode: SearchMode;
  /** Why less than was asked for. */
  degraded: Degradation | null;
  /** The query as it was understood, when words were taken for typing errors. */
  corrected: string | null;
  more: boolean;
}

/** An answer and how it came about. */
interface Found extends LegAnswer {
  mode: SearchMode;
  degraded: Degradation | null;
}

const NOTHING: Found = { hits: [], mode: 'text', degraded: null, corrected: null, more: false };

/** Search over the catalog: picks the legs of a mode and puts what they found into one answer. */
@Injectable()
export class SearchService {
  constructor(
    private readonly text: TextLeg,
    private readonly vector: VectorLeg,
    private readonly hybrid: HybridSearch,
    private readonly questions: QuestionVectors,
    private readonly hits: HitRepository,
    private readonly activity: SearchActivity,
  ) {}

  /**
   * Where meaning cannot be asked for now, words answer, and the answer says so.
   * @throws InvalidError for a query too long or weights of nothing, ImpossibleError `search.mode_unavailable` for mode
   *   vector on a registry without embeddings
   */
  async find(search: Search): Promise<SearchAnswer> {
    const groups = parseQuery(search.query, search.field);
    const found = await withinTime(() => this.found(search, { groups, ...search }));
    if (groups.length > 0 && search.offset === 0 && found.hits.length > 0) this.activity.noteSearch(search.query);
    const { mode, degraded, corrected, more } = found;
    return { hits: await this.responses(found), mode, degraded, corrected, more };
  }

  private async found(search: Search, question: SearchQuestion): Promise<Found> {
    const { mode, vector } = search;
    const empty = question.groups.length === 0;
    if (mode === 'text' || (empty && !vector)) {
      // Only an empty query lists everything; one of nothing but signs asks for something there is not.
      if (empty && search.query.trim() !== '') return NOTHING;
      return this.byWords(question, null);
    }
    const asked = await this.questions.of(vector ?? plainText(question.groups));
    if (asked === 'embeddings.off' && mode === 'vector') throw withoutVectors();
    if (typeof asked === 'string') return this.byWords(question, asked);
    const { fusion = 'weighted', weights } = search;
    const legs = { fusion, weights: { ...DEFAULT_WEIGHTS, ...weights }, given: vector !== undefined };
    const answer = await (mode === 'vector' || empty
      ? this.vector.find(asked, question)
      : this.hybrid.find({ ...question, ...legs, vector: asked }));
    if (!answer) return this.byWords(question, 'embeddings.filling');
    return { ...answer, mode: empty ? 'vector' : mode, degraded: null };
  }

  private async byWords(question: SearchQuestion, degraded: Degradation | null): Promise<Found> {
    const answer = await (question.groups.length === 0 ? this.text.list(question) : this.text.find(question));
    return { ...answer, mode: 'text', degraded };
  }

  private async responses({ hits }: LegAnswer): Promise<SearchHitResponse[]> {
    if (hits.length === 0) return [];
    const byId = new Map(hits.map((hit) => [hit.id, hit]));
    const rows = await this.hits.rows(hits);
    return rows.map((row) => {
      const { score, text, vector, filters, corrected } = byId.get(row.id)!;
      const matched = {
        text,
        vector: vector && Math.round(vector * 1e6) / 1e6,
        filters,
        highlight: toHighlight(row.headline),
        corrected,
      };
      return { ...toEntryResponse(row), score, matched };
    });
  }
}

const withoutVectors = (): ImpossibleError =>
  new ImpossibleError(
    'search.mode_unavailable',
    'Search by meaning needs embeddings, and this registry has none. Use mode text or hybrid.',
    [{ field: 'mode', message: 'must be text or hybrid on this registry' }],
  );
