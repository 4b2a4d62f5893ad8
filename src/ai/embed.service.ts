import { Injectable } from '@nestjs/common';
import { DIMENSIONS } from '../entries/vectors/embedding-provider.js';
import { ImpossibleError } from '../platform/errors/registry-error.js';
import { EmbeddingProviders } from './embeddings/providers/embedding-providers.js';
import { TextModels } from './text/text-models.js';

/** Beyond seven digits a 32-bit number says nothing. */
const DIGITS = 7;

export interface Embedded {
  model: string;
  dimensions: number;
  vectors: (number[] | null)[];
}

/** Vectors of texts for others, by the model that new entries are embedded with. */
@Injectable()
export class EmbedService {
  constructor(
    private readonly providers: EmbeddingProviders,
    private readonly models: TextModels,
  ) {}

  /** @throws ImpossibleError `ai.no_model` when vectors are switched off; UnavailableError when the model cannot be had now */
  async embed(texts: readonly string[], kind: 'document' | 'query'): Promise<Embedded> {
    const { chosen } = this.providers;
    if (!chosen) throw new ImpossibleError('ai.no_model', 'Vectors are switched off here (EMBEDDING_PROVIDER=none).');
    const vectors = await this.models.vectors(chosen, texts, kind);
    return {
      model: chosen.id,
      dimensions: DIMENSIONS,
      vectors: vectors.map((vector) => vector && Array.from(vector, (value) => Number(value.toPrecision(DIGITS)))),
    };
  }
}
