/** Letters, digits, and the signs that tell C++ and C# from C. */
const WORD = /[\p{L}\p{N}+#]+/gu;
const SHORTEST_GRAM = 3;
const LONGEST_GRAM = 5;
/** What a longer run of letters has beyond this says nothing more, and costs. */
const LONGEST_TOKEN = 64;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The words of a text, as the static model was trained on them: training and run time must cut alike. */
export function tokensOf(text: string): string[] {
  return text.normalize('NFKC').toLowerCase().match(WORD) ?? [];
}

/**
 * The rows that stand in for a word outside the vocabulary: its 3- to 5-grams with the ends marked, each hashed by
 * FNV-1a (32 bit, over UTF-16 units) among `buckets`.
 */
export function gramBuckets(token: string, buckets: number): number[] {
  const marked = `<${token.slice(0, LONGEST_TOKEN)}>`;
  const found: number[] = [];
  for (let size = SHORTEST_GRAM; size <= LONGEST_GRAM; size++) {
    for (let start = 0; start + size <= marked.length; start++) found.push(hashOf(marked, start, size) % buckets);
  }
  return found;
}

function hashOf(text: string, start: number, size: number): number {
  let hash = FNV_OFFSET;
  for (let at = start; at < start + size; at++) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return hash >>> 0;
}

/** A package's or class's name as words: `@types/lodashSplit.js` becomes `types lodash Split js`. */
export function nameAsWords(name: string): string {
  return name
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/[^\p{L}\p{N}+#]+/gu, ' ')
    .trim();
}
