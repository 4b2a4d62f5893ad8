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
  /** By every distance rather than by the graph, which misses some. */
  exact?: boolean;
}

export interface Neighbour {
  /** Inside id. */
  id: string;
  /** Cosine, -1 to 1. What counts as near depends on the model. */
  similarity: number;
}

/** What there is to search in. */
export interface VectorIndexState {
  /** `off`: this process has no model. `filling`: no index is whole yet that this process has the model of. */
  state: 'off' | 'filling' | 'serving';
  /** Of the index that is searched now. */
  model?: string;
  /** Cosine up to which nearness says nothing, by the model; 0 where nobody measured it. */
  floor: number;
}

/** What is stored in the index that is searched, or being filled. */
export interface VectorIndexSize {
  model: string;
  state: 'filling' | 'serving';
  /** Entries that have a vector. */
  vectors: number;
  /** Entries still to be looked at. */
  backlog: number;
  size_bytes: number;
}

/**
 * Port of the vector index over the entries. Answers `undefined` while there is none: switched off, not filled yet, or
 * filled by a model that this process does not have. Whatever the caller may not see is not found.
 */
export abstract class VectorSearch {
  /** The model of the index that is searched now. */
  abstract model(): Promise<string | undefined>;

  abstract state(): Promise<VectorIndexState>;

  /** Counted: some tenths of a second where there are a million. */
  abstract sizes(): Promise<VectorIndexSize[]>;

  /** Looks at every entry again, in the background; what is as it was costs no vector. */
  abstract refill(): Promise<void>;

  /**
   * A question's vector by the model of that index; undefined also for a text without a word that it knows.
   * @throws UnavailableError when the model cannot be had now
   */
  abstract vectorOf(text: string, signal?: AbortSignal): Promise<ModelVector | undefined>;

  /** The stored vector of an entry (inside id) that the caller may see; undefined also while it has none. */
  abstract vectorOfEntry(id: string): Promise<ModelVector | undefined>;

  /** The entries nearest to an entry (inside id) that the caller may see; undefined also while it has no vector. */
  abstract nearestTo(id: string, options: NearestOptions): Promise<Neighbour[] | undefined>;

  /** How near these entries (inside ids) are to a vector; one that has none is absent, and so is what the caller may not see. */
  abstract similarities(vector: ModelVector, ids: readonly string[]): Promise<Map<string, number>>;

  /** Inside ids of some entries that have a vector, spread over the index. */
  abstract sample(count: number): Promise<string[]>;

  /** The entries nearest to a vector of 384 numbers of any length, nearest first. */
  abstract nearest(vector: Float32Array, options: NearestOptions): Promise<Neighbour[] | undefined>;
}
