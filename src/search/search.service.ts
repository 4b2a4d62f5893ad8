import { Injectable } from '@nestjs/common';
import type { EntryFilter } from '../entries/entry-filter.js';
import { toEntryResponse } from '../entries/entry-response.js';
import type { EntryResponse } from '../entries/entry-response.js';
import { ImpossibleError } from '../platform/errors/registry-error.js';
import { toHighlight } from './highlight.js';
import { HitRepository } from './hit.repository.js';
import { parseQuery } from './query/query-syntax.js';
import type { LegAnswer } from './search-leg.js';
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
}

export interface SearchHitResponse extends EntryResponse {
  score: number;
  matched: { text: number | null; vector: number | null; highlight: string | null; corrected: string | null };
}

export interface SearchAnswer {
  hits: SearchHitResponse[];
  /** How it was answered, which may be less than was asked for. */
  mode: SearchMode;
  /** The query as it was understood, when words were taken for typing errors. */
  corrected: string | null;
  more: boolean;
}

/** Search over the catalog: picks the legs of a mode and puts what they found into one answer. */
@Injectable()
export class SearchService {
  constructor(
    private readonly text: TextLeg,
    private readonly hits: HitRepository,
  ) {}

  /** @throws InvalidError for a query too long, ImpossibleError `search.mode_unavailable` without embeddings */
  async find({ query, field, mode, filter, limit, offset }: Search): Promise<SearchAnswer> {
    if (mode === 'vector')
      throw new ImpossibleError(
        'search.mode_unavailable',
        'Search by meaning needs embeddings, and this registry has none. Use mode text or hybrid.',
        [{ field: 'mode', message: 'must be text or hybrid on this registry' }],
      );
    const groups = parseQuery(query, field);
    const question = { groups, filter, limit, offset };
    // Only an empty query lists everything; one of nothing but signs asks for something there is not.
    if (groups.length === 0 && query.trim() !== '') return { hits: [], mode: 'text', corrected: null, more: false };
    const answer = await (groups.length === 0 ? this.text.list(question) : this.text.find(question));
    const { more, corrected } = answer;
    return { hits: await this.responses(answer), mode: 'text', corrected, more };
  }

  private async responses({ hits }: LegAnswer): Promise<SearchHitResponse[]> {
    if (hits.length === 0) return [];
    const byId = new Map(hits.map((hit) => [hit.id, hit]));
    const rows = await this.hits.rows(hits);
    return rows.map((row) => {
      const { score, text, corrected } = byId.get(row.id)!;
      const matched = { text, vector: null, highlight: toHighlight(row.headline), corrected };
      return { ...toEntryResponse(row), score, matched };
    });
  }
}
