import type { EntryFilter } from '../entry-filter.js';

/** A vector and the model in whose space it lies. */
export interface ModelVector {
  model: string;
  values: Float32Array;
}

export interface NearestOptions {
  limit: number;
  /** Holds inside of the search: where `limit` entries fit, as many come. */
  filter?: EntryFilter;
  /** Inside ids to leave out. */
  without?: readonly string[];
  /** Whose vector it is; when another model's index is searched by now, there is no answer. */
  model?: string;
}

export interface Neighbour {
  /** Inside id. */
  id: string;
  /** Cosine, -1 to 1. What counts as near depends on the model. */
  similarity: number;
}

/**
 * Port of the vector index over the entries. Answers `undefined` while there is none: switched off, not filled yet, or
 * filled by a model that this process does not have. Whatever the caller may not see is not found.
 */
export abstract class VectorSearch {
  /** The model of the index that is searched now. */
  abstract model(): Promise<string | undefined>;

  /**
   * A question's vector by the model of that index; undefined also for a text without a word that it knows.
   * @throws UnavailableError when the model cannot be had now
   */
  abstract vectorOf(text: string, signal?: AbortSignal): Promise<ModelVector | undefined>;

  /** The stored vector of an entry (inside id) that the caller may see; undefined also while it has none. */
  abstract vectorOfEntry(id: string): Promise<ModelVector | undefined>;

  /** The entries nearest to a vector of 384 numbers of any length, nearest first. */
  abstract nearest(vector: Float32Array, options: NearestOptions): Promise<Neighbour[] | undefined>;
}
