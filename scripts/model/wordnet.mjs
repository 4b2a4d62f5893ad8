// Pairs of words and what they mean, from the files of WordNet 3.0 (Debian package wordnet-base).
import { join } from 'node:path';
import { linesOf } from './packages.mjs';

const FILES = { n: 'data.noun', v: 'data.verb', a: 'data.adj', r: 'data.adv' };
const words = (lemma) => lemma.replace(/\(\w+\)$/, '').replaceAll('_', ' ');

/** One line of a data file: offset, lexicographer's file, type, number of words (hexadecimal), words, pointers | gloss. */
function synset(line, type) {
  const [fields, gloss = ''] = line.split(' | ');
  const part = fields.split(' ');
  const count = parseInt(part[3], 16);
  const lemmas = Array.from({ length: count }, (_, n) => words(part[4 + 2 * n]));
  const hypernym = part.indexOf('@', 4 + 2 * count);
  const meaning = gloss.replace(/;?\s*"[^"]*"?/g, '').trim();
  const examples = [...gloss.matchAll(/"([^"]+)"/g)].map((match) => match[1]);
  return {
    id: `${type}${part[0]}`,
    lemmas,
    above: hypernym < 0 ? undefined : `${type}${part[hypernym + 1]}`,
    meaning,
    examples,
  };
}

/** `{ glosses, examples }`: lemmas with the broader word ↔ meaning, and sentence ↔ meaning. */
export async function wordnetPairs(folder) {
  const synsets = new Map();
  for (const [type, file] of Object.entries(FILES)) {
    for await (const line of linesOf(join(folder, file))) {
      if (line.startsWith('  ')) continue;
      const one = synset(line, type);
      synsets.set(one.id, one);
    }
  }
  const glosses = [];
  const examples = [];
  for (const { lemmas, above, meaning, examples: sentences } of synsets.values()) {
    if (!meaning) continue;
    const broader = synsets.get(above)?.lemmas[0] ?? '';
    glosses.push([`${lemmas.join(' ')} ${broader}`, meaning]);
    for (const sentence of sentences) examples.push([sentence, meaning]);
  }
  return { glosses, examples };
}
