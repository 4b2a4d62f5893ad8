import { Injectable } from '@nestjs/common';
import { VectorSearch } from '../../entries/vectors/vector-search.js';
import type { ModelVector } from '../../entries/vectors/vector-search.js';
import { UnavailableError } from '../../platform/errors/registry-error.js';
import { Logger } from '../../platform/logging/logger.js';
import type { TermGroup } from '../query/query-syntax.js';

/** Why a search was answered by words alone. */
export const DEGRADATIONS = [
  'embeddings.off',
  'embeddings.filling',
  'embeddings.unavailable',
  'query.no_vector',
] as const;
export type Degradation = (typeof DEGRADATIONS)[number];

/** A question as a vector, and from which cosine on an answer may have to do with it. */
export interface QuestionVector extends ModelVector {
  floor: number;
}

/** Brings a question into the space of the index that is searched. */
@Injectable()
export class QuestionVectors {
  private readonly logger: Logger;

  constructor(
    private readonly vectors: VectorSearch,
    logger: Logger,
  ) {
    this.logger = logger.child('search');
  }

  /** Of a text, or a vector of the caller's own that is taken to be the model's; or why there is none. */
  async of(question: string | Float32Array): Promise<QuestionVector | Degradation> {
    const { state, model, floor } = await this.vectors.state();
    if (state !== 'serving') return `embeddings.${state}`;
    if (typeof question !== 'string') return { model: model!, values: question, floor };
    try {
      const vector = await this.vectors.vectorOf(question);
      return vector ? { ...vector, floor } : 'query.no_vector';
    } catch (err) {
      if (!(err instanceof UnavailableError)) throw err;
      this.logger.debug({ err }, 'a search goes by words alone');
      return 'embeddings.unavailable';
    }
  }
}

/** What a query asks for in plain words: without its signs and without what is to be left out. */
export const plainText = (groups: readonly TermGroup[]): string =>
  groups
    .flat()
    .filter((term) => !term.negated)
    .map((term) => term.text)
    .join(' ');

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Quotes and minus are demands on the words themselves: what they did not find must not come in by meaning. And an id
 * means nothing.
 */
export const demandsWords = (groups: readonly TermGroup[]): boolean =>
  groups.flat().some((term) => term.phrase || term.negated || UUID.test(term.text));
