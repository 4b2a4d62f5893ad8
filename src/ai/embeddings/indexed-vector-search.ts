import { Injectable } from '@nestjs/common';
import { DIMENSIONS } from '../../entries/vectors/embedding-provider.js';
import { VectorSearch } from '../../entries/vectors/vector-search.js';
import type {
  ModelVector,
  NearestOptions,
  Neighbour,
  VectorIndexSize,
  VectorIndexState,
} from '../../entries/vectors/vector-search.js';
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

  async state(): Promise<VectorIndexState> {
    if (!this.providers.chosen) return { state: 'off', floor: 0 };
    const model = await this.model();
    if (model === undefined) return { state: 'filling', floor: 0 };
    return { state: 'serving', model, floor: this.providers.of(model)!.floor ?? 0 };
  }

  async sizes(): Promise<VectorIndexSize[]> {
    const indexes = await this.indexes.list();
    return Promise.all(
      indexes.flatMap((index) => (index.state === 'retired' ? [] : [this.vectors.size(index, index.state)])),
    );
  }

  async refill(): Promise<void> {
    for (const index of await this.indexes.list()) await this.indexes.setBack(index, '0');
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

  async nearestTo(id: string, options: NearestOptions): Promise<Neighbour[] | undefined> {
    const own = await this.vectorOfEntry(id);
    const without = [...(options.without ?? []), id];
    return own && this.nearest(own.values, { ...options, without, model: own.model });
  }

  async similarities({ model, values }: ModelVector, ids: readonly string[]): Promise<Map<string, number>> {
    const index = await this.serving();
    if (index?.model !== model || ids.length === 0) return new Map();
    const found = await this.vectors.similarities(index, values, ids);
    return new Map(found.map(({ id, similarity }) => [id, similarity]));
  }

  async sample(count: number): Promise<string[]> {
    const index = await this.serving();
    return index ? this.vectors.sample(index, count) : [];
  }

  async nearest(vector: Float32Array, options: NearestOptions): Promise<Neighbour[] | undefined> {
    if (vector.length !== DIMENSIONS || !vector.some((value) => value !== 0) || !vector.every(Number.isFinite))
      throw new RangeError(`A vector has ${DIMENSIONS} finite numbers, not all of them 0.`);
    const { limit, filter = {}, without = [], model, exact = false } = options;
    const index = await this.serving();
    if (!index || (model !== undefined && model !== index.model)) return undefined;
    const question = { index, vector, filter, without, limit };
    if (exact || (await this.vectors.estimate(question)) < this.vectors.exactBelow) return this.vectors.exact(question);
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
