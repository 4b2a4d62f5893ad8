import type { EntryFilter } from '../entries/entry-filter.js';
import type { TermGroup } from './query/query-syntax.js';

/** What every leg is asked: the same filter holds inside each, so that none is narrowed after the fact. */
export interface SearchQuestion {
  groups: readonly TermGroup[];
  filter: EntryFilter;
  limit: number;
  offset: number;
}

/** An entry one leg found. */
export interface LegHit {
  /** Inside id. */
  id: string;
  /** 0..1, comparable within the leg's answer. */
  score: number;
  /** 0..1, what the words alone say; null when there were none. */
  text: number | null;
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
