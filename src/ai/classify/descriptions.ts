import { Injectable } from '@nestjs/common';
import { UnavailableError } from '../../platform/errors/registry-error.js';
import { nameAsWords } from '../embeddings/static/tokenizer.js';
import { TextModels } from '../text/text-models.js';
import { CATEGORY_DESCRIPTIONS, FEATURE_DESCRIPTIONS } from './category-descriptions.js';
import type { Described } from './category-descriptions.js';
import { FeatureDescriptionsRepository } from './feature-descriptions.repository.js';
import type { Likeness } from './verdict.js';

const wordsOf = new Map(FEATURE_DESCRIPTIONS.map(({ label, descriptions }) => [label, descriptions]));

const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
};

/** A model that went away meanwhile leaves the answer to the neighbours. */
const unavailable = (error: unknown): undefined => {
  if (!(error instanceof UnavailableError)) throw error;
  return undefined;
};

/** How like a text is to what categories and features are described as. */
@Injectable()
export class Descriptions {
  constructor(
    private readonly models: TextModels,
    private readonly features: FeatureDescriptionsRepository,
  ) {}

  categories(model: string, vector: Float32Array): Promise<Likeness[]> {
    return this.likenesses(CATEGORY_DESCRIPTIONS, model, vector);
  }

  /** Of the feature categories that the caller may see: the eight by more words than they have, others by their entries. */
  async featuresOf(model: string, vector: Float32Array): Promise<Likeness[]> {
    const rows = await this.features.list();
    const described = rows.map(({ name, title, description }) => ({
      label: name,
      descriptions: [
        ...(wordsOf.get(name) ?? []),
        [title, nameAsWords(name), description].filter((part) => part).join('. '),
      ],
    }));
    return this.likenesses(described, model, vector);
  }

  /** To the nearest of a label's descriptions; a label without any known word is left out. */
  private async likenesses(described: readonly Described[], model: string, vector: Float32Array): Promise<Likeness[]> {
    const provider = this.models.of(model);
    if (!provider) return [];
    const texts = described.flatMap(({ descriptions }) => descriptions);
    const vectors = await this.models.vectors(provider, texts).catch(unavailable);
    if (!vectors) return [];
    let from = 0;
    return described.flatMap(({ label, descriptions }) => {
      const own = vectors.slice(from, (from += descriptions.length)).filter((one) => one !== null);
      return own.length === 0 ? [] : [{ label, similarity: Math.max(...own.map((one) => dot(vector, one))) }];
    });
  }
}
