// Texts as numbers: which row of the table each word has, and which rows stand in for it.
const RARE = 3;
const LONGEST_WORD = 24;

/** Words by the number of texts that have them, most first: cutting the list keeps the useful ones. */
export function frequentWords(texts, tokensOf) {
  const counts = new Map();
  for (const text of texts) for (const word of new Set(tokensOf(text))) counts.set(word, (counts.get(word) ?? 0) + 1);
  const kept = [...counts].filter(([word, count]) => count >= RARE && word.length <= LONGEST_WORD);
  kept.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return { words: kept.map(([word]) => word), counts: kept.map(([, count]) => count) };
}

/** Gives every distinct token a number; `row` is its own row or -1, `grams` the rows of its n-grams. */
export class TokenTable {
  #ids = new Map();
  #rows;
  #gramBuckets;
  row = [];
  grams = [];

  constructor(words, buckets, { tokensOf, gramBuckets }) {
    this.buckets = buckets;
    this.#rows = new Map(words.map((word, row) => [word, row]));
    this.#gramBuckets = (token) => Uint32Array.from(gramBuckets(token, buckets), (bucket) => words.length + bucket);
    this.tokensOf = tokensOf;
  }

  encode(text) {
    return Uint32Array.from(this.tokensOf(text), (token) => this.#id(token));
  }

  #id(token) {
    let id = this.#ids.get(token);
    if (id === undefined) {
      id = this.row.length;
      this.#ids.set(token, id);
      this.row.push(this.#rows.get(token) ?? -1);
      this.grams.push(this.#gramBuckets(token));
    }
    return id;
  }
}
