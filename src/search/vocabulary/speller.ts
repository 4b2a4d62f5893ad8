import { Injectable } from '@nestjs/common';
import { LONGEST_CORRECTED, SHORTEST_CORRECTED, likeliest, oneEditAway } from './spelling.js';
import { VocabularyRepository } from './vocabulary.repository.js';

const ONE_WORD = /^[\p{L}\p{N}]+$/u;

/** Did-you-mean over the words of names, titles and tags. */
@Injectable()
export class Speller {
  constructor(private readonly vocabulary: VocabularyRepository) {}

  /** The word that was probably meant; undefined when none is near enough, or when the text begins one. */
  async correct(text: string): Promise<string | undefined> {
    const typed = text.toLowerCase();
    const length = [...typed].length;
    if (!ONE_WORD.test(typed) || length < SHORTEST_CORRECTED || length > LONGEST_CORRECTED) return undefined;
    if ((await this.vocabulary.beginning(typed, 1)).length > 0) return undefined;
    return likeliest(typed, await this.vocabulary.candidates(typed, oneEditAway(typed)));
  }
}
