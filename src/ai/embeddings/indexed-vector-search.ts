import { Injectable } from '@nestjs/common';
import { DIMENSIONS } from '../../entries/vectors/embedding-provider.js';
import { VectorSearch } from '../../entries/vectors/vector-search.js';
import type { ModelVector, NearestOptions, Neighbour } from '../../entries/vectors/vector-search.js';
import { EmbeddingIndexRepository } from './embedding-index.repository.js';
import type { EmbeddingIndex } from './embedding-index.repository.js';
import { EmbeddingProviders } from './providers/embedding-providers.js';
import { VectorSearchRepository } from './vector-search.repository.js';

/** A retired index is kept much longer than this. */
const REMEMBERED_MS = 1000;

/** The vector index in PostgreSQL, by pgvector. */
@Injectable()
export class IndexedVectorSearch extends VectorSearch {
  private known?: { at: number; index: Promise<EmbeddingIndex | undefined> };

  constructor(
    private readonly providers: EmbeddingProviders,
    private readonly indexes: EmbeddingIndexRepository,
    private readonly vectors: VectorSearchRepository,
  ) {
    super();
  }

  async model(): Promise<string | undefined> {
    return (await this.serving())?.model;
  }

  async vectorOf(text: string, signal?: AbortSignal): Promise<ModelVector | undefined> {
    const model = await this.model();
    if (model === undefined) return undefined;
    const [values] = await this.providers.of(model)!.embed([text], { kind: 'query', signal });
    return values ? { model, values } : undefined;
  }

  async vectorOfEntry(id: string): Promise<ModelVector | undefined> {
    const index = await this.serving();
    const values = index && (await this.vectors.vectorOfEntry(index, id));
    return values && { model: index.model, values };
  }

  async nearest(vector: Float32Array, options: NearestOptions): Promise<Neighbour[] | undefined> {
    if (vector.length !== DIMENSIONS || !vector.some((value) => value !== 0) || !vector.every(Number.isFinite))
      throw new RangeError(`A vector has ${DIMENSIONS} finite numbers, not all of them 0.`);
    const { limit, filter = {}, without = [], model } = options;
    const index = await this.serving();
    if (!index || (model !== undefined && model !== index.model)) return undefined;
    const question = { index, vector, filter, without, limit };
    if ((await this.vectors.estimate(question)) < this.vectors.exactBelow) return this.vectors.exact(question);
    const found = await this.vectors.approximate(question);
    // The walk gave up before enough had passed: few do, whatever the planner thought.
    return found.length < limit ? this.vectors.exact(question) : found;
  }

  /** Of a model that this process has: questions cannot be put to another. */
  private async serving(): Promise<EmbeddingIndex | undefined> {
    if (!this.known || performance.now() - this.known.at > REMEMBERED_MS) {
      const known = { at: performance.now(), index: this.indexes.serving() };
      known.index.catch(() => (this.known = undefined));
      this.known = known;
    }
    const index = await this.known.index;
    return index && this.providers.of(index.model) ? index : undefined;
  }
}
