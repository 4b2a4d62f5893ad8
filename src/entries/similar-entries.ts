/** An entry that is about much the same. */
export interface SimilarEntry {
  /** Inside id. */
  id: string;
  /** From 0 to 1. */
  similarity: number;
}

/** What entries are like, asked by whoever suggests something; bound by whoever knows their embeddings, if anybody does. */
export abstract class SimilarEntries {
  /** The entries most like this one, that the running request's caller may see, most alike first. */
  abstract nearest(id: string, limit: number): Promise<SimilarEntry[]>;
}
