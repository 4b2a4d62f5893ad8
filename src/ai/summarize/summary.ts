/** What a sentence is weighed by. */
export interface Weighable {
  vector: Float32Array | null;
  /** In UTF-16 units. */
  length: number;
}

export interface Pick {
  /** Place of the sentence in the text. */
  index: number;
  /** 0 to 1: how much it stands for the whole text. */
  score: number;
}

/** How much being like what is chosen already takes from a sentence. */
const REDUNDANCY = 0.35;
/** How much the first sentences of a text are preferred. */
const LEAD = 0.15;
const SHORTEST = 15;

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}

function centroidOf(sentences: readonly Weighable[]): Float32Array | undefined {
  const vectors = sentences.flatMap(({ vector }) => (vector ? [vector] : []));
  if (vectors.length === 0) return undefined;
  const sum = new Float32Array(vectors[0].length);
  for (const vector of vectors) for (let at = 0; at < sum.length; at++) sum[at] += vector[at];
  const norm = Math.sqrt(dot(sum, sum));
  return norm > 0 ? sum.map((value) => value / norm) : undefined;
}

/**
 * Chooses the sentences nearest to what the whole text is about, the first ones preferred, each the less the more it is like
 * one that is chosen (maximal marginal relevance). In the order of the text.
 */
export function chooseSentences(sentences: readonly Weighable[], count: number): Pick[] {
  const centroid = centroidOf(sentences);
  const weights = sentences.map(({ vector, length }, at) => {
    const near = centroid && vector ? Math.max(0, dot(centroid, vector)) : 0;
    // A heading or a single word is no sentence to stand for others.
    const short = Math.min(1, length / SHORTEST);
    return short * ((1 - LEAD) * near + LEAD / (1 + at));
  });
  const chosen: number[] = [];
  const likest = sentences.map(() => 0);
  while (chosen.length < Math.min(count, sentences.length)) {
    let best = -1;
    let bestWorth = -Infinity;
    for (const [at, weight] of weights.entries()) {
      if (chosen.includes(at)) continue;
      const worth = (1 - REDUNDANCY) * weight - REDUNDANCY * likest[at];
      if (worth > bestWorth) [best, bestWorth] = [at, worth];
    }
    chosen.push(best);
    const { vector } = sentences[best];
    for (const [at, other] of sentences.entries())
      if (vector && other.vector) likest[at] = Math.max(likest[at], dot(vector, other.vector));
  }
  return chosen
    .sort((a, b) => a - b)
    .map((index) => ({ index, score: Number(Math.min(1, weights[index]).toFixed(4)) }));
}
