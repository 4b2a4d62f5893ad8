import type { ModelFile } from './model-file.js';
import { gramBuckets, tokensOf } from './tokenizer.js';

/** Nibbles 0 to 15 stand for -7.5 to 7.5 times the row's scale. */
const MIDDLE = 7.5;

/**
 * A table of word vectors: a text is the sum of its words' rows, a word that is not in the table the mean of its n-grams'
 * rows. A bag of words: it knows no order and no negation.
 */
export class StaticModel {
  private readonly wordRows: Map<string, number>;
  private readonly dimensions: number;

  constructor(private readonly file: ModelFile) {
    this.wordRows = new Map(file.words.map((word, row) => [word, row]));
    this.dimensions = file.heading.dimensions;
  }

  get id(): string {
    return this.file.heading.id;
  }

  /** A vector of unit length; null for a text without words. */
  embed(text: string): Float32Array | null {
    const counts = new Map<string, number>();
    for (const token of tokensOf(text)) counts.set(token, (counts.get(token) ?? 0) + 1);
    const sum = new Float32Array(this.dimensions);
    for (const [token, count] of counts) this.addToken(sum, token, count);
    const norm = Math.sqrt(sum.reduce((total, value) => total + value * value, 0));
    if (!(norm > 0)) return null;
    return sum.map((value) => value / norm);
  }

  private addToken(sum: Float32Array, token: string, weight: number): void {
    const row = this.wordRows.get(token);
    if (row !== undefined) return this.addRow(sum, row, weight);
    const { words, buckets } = this.file.heading;
    const grams = gramBuckets(token, buckets);
    for (const bucket of grams) this.addRow(sum, words + bucket, weight / grams.length);
  }

  private addRow(sum: Float32Array, row: number, weight: number): void {
    const scale = this.file.scales[row] * weight;
    const { rows } = this.file;
    for (let at = 0, from = (row * this.dimensions) / 2; at < this.dimensions; at += 2, from++) {
      const pair = rows[from];
      sum[at] += scale * ((pair & 15) - MIDDLE);
      sum[at + 1] += scale * ((pair >> 4) - MIDDLE);
    }
  }
}
