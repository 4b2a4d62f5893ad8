/** Words shorter than this are taken as they are: too many words are one letter away. */
export const SHORTEST_CORRECTED = 4;
/** Longer ones are no typing errors of a word; the variants of one such would be thousands. */
export const LONGEST_CORRECTED = 40;
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789'];

/** Most edits forgiven in a word of this length. */
export const mostEdits = (length: number): number => (length < 6 ? 1 : 2);

/** Every word one edit away: a letter dropped, doubled up, exchanged or swapped with the next (Norvig's `edits1`). */
export function oneEditAway(word: string): string[] {
  const letters = [...word];
  const variants = new Set<string>();
  for (let i = 0; i <= letters.length; i++) {
    const head = letters.slice(0, i).join('');
    const tail = letters.slice(i + 1).join('');
    const rest = letters.slice(i).join('');
    for (const letter of LETTERS) variants.add(head + letter + rest);
    if (i === letters.length) break;
    variants.add(head + tail);
    for (const letter of LETTERS) variants.add(head + letter + tail);
    if (i + 1 < letters.length) variants.add(head + letters[i + 1] + letters[i] + letters.slice(i + 2).join(''));
  }
  variants.delete(word);
  return [...variants];
}

/** Edits from one word to the other, a swap of neighbours being one (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const [from, to] = [[...a], [...b]];
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const cost = from[i - 1] === to[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
    }
    [beforeLast, last] = [last, row];
  }
  return last[to.length];
}

export interface Word {
  word: string;
  /** In how many entries. */
  ndoc: number;
}

/** The likeliest of the words for a mistyped one: fewest edits, same first letter, most used. */
export function likeliest(typed: string, words: readonly Word[]): string | undefined {
  const most = mostEdits([...typed].length);
  return words
    .map(({ word, ndoc }) => ({ word, ndoc, edits: editDistance(typed, word), start: word[0] === typed[0] ? 0 : 1 }))
    .filter(({ edits }) => edits > 0 && edits <= most)
    .sort((a, b) => a.edits - b.edits || a.start - b.start || b.ndoc - a.ndoc || (a.word < b.word ? -1 : 1))[0]?.word;
}
