import { STEPS_BETWEEN_CHECKS } from './whole-graph.js';
import type { Check, WholeGraph } from './whole-graph.js';

export interface PageRank {
  /** By place; their sum is 1. */
  values: Float64Array;
  iterations: number;
  /** Sum of the changes of the last iteration. */
  change: number;
}

const DAMPING = 0.85;
/** Far below the share of one entry among millions. */
const TOLERANCE = 1e-10;
const MOST_ITERATIONS = 150;

/**
 * PageRank (Page and others, 1999) by power iteration with damping 0.85, uniform restart, and what ends nowhere spread
 * over all: networkx's and graphology's, iterated further than they do by default.
 */
export function pageRank({ ids, out, in: back }: WholeGraph, check: Check): PageRank {
  const size = ids.length;
  const result: PageRank = { values: new Float64Array(size).fill(1 / size), iterations: 0, change: Infinity };
  const share = new Float64Array(size);
  while (result.iterations < MOST_ITERATIONS && result.change > TOLERANCE) {
    let dangling = 0;
    for (let i = 0; i < size; i++) {
      const degree = out.offsets[i + 1] - out.offsets[i];
      if (degree === 0) dangling += result.values[i];
      else share[i] = result.values[i] / degree;
    }
    const rest = (1 - DAMPING + DAMPING * dangling) / size;
    result.change = 0;
    for (let i = 0; i < size; i++) {
      if (i % STEPS_BETWEEN_CHECKS === 0) check();
      let sum = 0;
      for (let at = back.offsets[i]; at < back.offsets[i + 1]; at++) sum += share[back.targets[at]];
      const value = rest + DAMPING * sum;
      result.change += Math.abs(value - result.values[i]);
      // Only `share` is read by others in this round.
      result.values[i] = value;
    }
    result.iterations++;
  }
  return result;
}
