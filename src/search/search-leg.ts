import type { EntryFilter } from '../entries/entry-filter.js';
import type { TermGroup } from './query/query-syntax.js';
import type { Tier } from './text/score.js';

/** What every leg is asked: the same filter holds inside each, so that none is narrowed after the fact. */
export interface SearchQuestion {
  groups: readonly TermGroup[];
  filter: EntryFilter;
  limit: number;
  offset: number;
  /** With so many hits no guesses are made at what else may have been meant. */
  enough?: number;
}

/** An entry one leg found. */
export interface LegHit {
  /** Inside id. */
  id: string;
  /** 0..1, comparable within the leg's answer. */
  score: number;
  /** In which way its words answered; null when there were none, or none of its own. */
  tier: Tier | null;
  /** 0..1, what the words alone say; null when there were none. */
  text: number | null;
  /** Cosine, -1 to 1; null where meaning was not asked for. */
  vector: number | null;
  /** 0..1, what speaks for it whatever was asked; null where that was not weighed. */
  filters: number | null;
  /** tsquery text to mark in the highlight; null for none. */
  marks: string | null;
  /** How the word begins that the query is most about, for the part of a description to show. */
  about: string | null;
  /** The query as it was corrected for this hit. */
  corrected: string | null;
}

export interface LegAnswer {
  hits: LegHit[];
  /** True when a further page exists. */
  more: boolean;
  corrected: string | null;
}

/** One way of finding entries. Modes of search pick legs; what they find is put together by score. */
export interface SearchLeg {
  find(question: SearchQuestion): Promise<LegAnswer>;
}

/** An entry that no word of the query led to. */
export const wordless = (id: string, change: Partial<LegHit> = {}): LegHit => ({
  id,
  score: 0,
  tier: null,
  text: null,
  vector: null,
  filters: null,
  marks: null,
  about: null,
  corrected: null,
  ...change,
});
