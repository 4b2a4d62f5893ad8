import { DIMENSIONS } from '../../../entries/vectors/embedding-provider.js';

/**
 * How a model's vectors become {@link DIMENSIONS} numbers: `parameter` and `cut` keep the first ones, which only models
 * trained for it (Matryoshka) survive; `project` keeps angles for any model.
 */
export type Reduction = 'parameter' | 'cut' | 'project';

const SEED = 384;
const projections = new Map<number, Float64Array[]>();

/** A vector of another length as one of {@link DIMENSIONS} numbers and unit length; null for one without a direction. */
export function reduced(vector: readonly number[], reduction: Reduction): Float32Array | null {
  if (vector.length > DIMENSIONS && reduction === 'project') {
    return unit(projectionFrom(vector.length).map((direction) => dot(direction, vector)));
  }
  // Shorter ones are filled up with zeros, which changes no angle.
  return unit(Array.from({ length: DIMENSIONS }, (_, at) => vector[at] ?? 0));
}

function unit(values: readonly number[]): Float32Array | null {
  const norm = Math.sqrt(dot(values, values));
  return norm > 0 && Number.isFinite(norm) ? Float32Array.from(values, (value) => value / norm) : null;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at] * b[at];
  return sum;
}

/** Orthonormal directions that are the same in every process: random ones (mulberry32), made orthogonal (Gram-Schmidt). */
function projectionFrom(length: number): Float64Array[] {
  let directions = projections.get(length);
  if (!directions) {
    directions = orthonormal(length);
    projections.set(length, directions);
  }
  return directions;
}

function orthonormal(length: number): Float64Array[] {
  const draw = normals(SEED);
  const directions: Float64Array[] = [];
  while (directions.length < DIMENSIONS) {
    const next = Float64Array.from({ length }, draw);
    for (const direction of directions) {
      const along = dot(next, direction);
      for (let at = 0; at < length; at++) next[at] -= along * direction[at];
    }
    const norm = Math.sqrt(dot(next, next));
    directions.push(next.map((value) => value / norm));
  }
  return directions;
}

/** Normally distributed numbers (Box-Muller). */
function normals(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
