import { Injectable } from '@nestjs/common';
import type { EmbeddingProvider } from '../../entries/vectors/embedding-provider.js';
import { VectorSearch } from '../../entries/vectors/vector-search.js';
import { UnavailableError } from '../../platform/errors/registry-error.js';
import { EmbeddingProviders } from '../embeddings/providers/embedding-providers.js';
import { LocalProvider } from '../embeddings/providers/local.provider.js';
import { readHeading, shippedModel } from '../embeddings/static/model-file.js';
import { TextCache } from './text-cache.js';

const VECTOR_BYTES = 384 * 4;
/** A question waits no longer for a model that is elsewhere; then the one that is here answers. */
const PATIENCE_MS = 3000;

/** A text's vector, and whether the entries' vectors are of the same model, so that neighbours may be looked for. */
export interface Placed {
  model: string;
  vector: Float32Array | null;
  indexed: boolean;
}

/** Vectors of texts that are no entries, by the model of the entries or by the one that is always here. */
@Injectable()
export class TextModels {
  readonly local: EmbeddingProvider;

  constructor(
    private readonly providers: EmbeddingProviders,
    private readonly search: VectorSearch,
    private readonly cache: TextCache,
  ) {
    const path = shippedModel();
    this.local = providers.of(readHeading(path).id) ?? new LocalProvider(path);
  }

  /**
   * In the order of the texts; null where the model finds no word. A text is embedded once.
   * @throws UnavailableError when the model cannot be had now
   */
  vectors(
    provider: EmbeddingProvider,
    texts: readonly string[],
    kind: 'document' | 'query' = 'document',
    signal?: AbortSignal,
  ): Promise<(Float32Array | null)[]> {
    const make = (unknown: string[]): Promise<(Float32Array | null)[]> => provider.embed(unknown, { kind, signal });
    return this.cache.rememberAll(`vector-${kind}`, provider.id, texts, make, () => VECTOR_BYTES);
  }

  /** Where a text lies among the entries, or in the space of the local model while theirs cannot be had. */
  async place(text: string): Promise<Placed> {
    const model = await this.search.model();
    const provider = model === undefined ? undefined : this.providers.of(model);
    if (provider) {
      try {
        const [vector] = await this.vectors(provider, [text], 'document', AbortSignal.timeout(PATIENCE_MS));
        return { model: provider.id, vector, indexed: true };
      } catch (error) {
        if (!(error instanceof UnavailableError) && !isTimeout(error)) throw error;
      }
    }
    const [vector] = await this.vectors(this.local, [text]);
    return { model: this.local.id, vector, indexed: false };
  }

  /** The model a vector was made by, if this process has it. */
  of(model: string): EmbeddingProvider | undefined {
    return model === this.local.id ? this.local : this.providers.of(model);
  }
}

const isTimeout = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
