import { Injectable } from '@nestjs/common';
import { sentencesOf } from '../text/sentences.js';
import { TextModels } from '../text/text-models.js';
import { chooseSentences } from './summary.js';

/** Choosing compares every sentence with the chosen ones: those of a long report, no book's. */
export const MOST_SENTENCES = 1000;

export interface SummarySentence {
  text: string;
  start: number;
  end: number;
  score: number;
}

export interface Summary {
  summary: string;
  sentences: SummarySentence[];
  /** How many sentences the text has. */
  of: number;
  model: string;
}

/** Extractive summaries, always by the model that is here: no text leaves the process. */
@Injectable()
export class SummarizeService {
  constructor(private readonly models: TextModels) {}

  /** So many sentences of the text as stand best for it, unchanged and in its order. */
  async summarize(text: string, count: number): Promise<Summary> {
    const all = sentencesOf(text);
    const read = all.slice(0, MOST_SENTENCES);
    const { local } = this.models;
    // Sentences are hardly ever met again: they would only push others out of the cache.
    const vectors = await local.embed(read.map((sentence) => sentence.text));
    const picks = chooseSentences(
      read.map((sentence, at) => ({ vector: vectors[at], length: sentence.text.length })),
      count,
    );
    const sentences = picks.map(({ index, score }) => ({ ...read[index], score }));
    return {
      summary: sentences.map((sentence) => sentence.text).join(' '),
      sentences,
      of: all.length,
      model: local.id,
    };
  }
}
