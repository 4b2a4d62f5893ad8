// Says the same in other words: every word that WordNet has a synonym for is exchanged for it.
import { join } from 'node:path';
import { linesOf } from '../../scripts/model/packages.mjs';

const FILES = ['data.noun', 'data.verb', 'data.adj'];
const ONE_WORD = /^[a-z]{3,}$/;

/**
 * A function of a text and a name: the text with the words of the name left out and others exchanged, undefined when fewer
 * than two could be. A word's synonym is the first of the first group of the files that has it.
 */
export async function synonyms(folder) {
  const other = new Map();
  for (const file of FILES) {
    for await (const line of linesOf(join(folder, file))) {
      if (line.startsWith('  ')) continue;
      const part = line.split(' | ')[0].split(' ');
      const lemmas = Array.from({ length: parseInt(part[3], 16) }, (_, n) => part[4 + 2 * n]).filter((lemma) =>
        ONE_WORD.test(lemma),
      );
      if (lemmas.length < 2) continue;
      for (const [at, lemma] of lemmas.entries()) if (!other.has(lemma)) other.set(lemma, lemmas[at === 0 ? 1 : 0]);
    }
  }
  return (text, name) => {
    const own = new Set(name.toLowerCase().split(/[^a-z0-9]+/));
    let exchanged = 0;
    const words = (text.toLowerCase().match(/[a-z0-9+#]+/g) ?? []).flatMap((word) => {
      if (own.has(word)) return [];
      const synonym = other.get(word) ?? other.get(word.replace(/s$/, ''));
      if (synonym) exchanged++;
      return [synonym ?? word];
    });
    return exchanged < 2 ? undefined : words.join(' ');
  };
}
