import { BIDIRECTIONAL } from '../../src/graph/engine/whole-graph.js';
import type { StoredGraph } from '../../src/graph/engine/whole-graph.js';

export type Step = readonly [from: number, to: number];
interface Relationship {
  source: number;
  target: number;
  type?: number;
  bidirectional?: boolean;
}

/** A graph as it is loaded, whose ids are its places. */
export const storedGraph = (size: number, steps: readonly Step[]): StoredGraph =>
  storedRelationships(
    size,
    steps.map(([source, target]) => ({ source, target })),
  );

export function storedRelationships(size: number, relationships: readonly Relationship[]): StoredGraph {
  const sorted = relationships.toSorted((a, b) => a.source - b.source);
  const offsets = new Uint32Array(size + 1);
  for (const { source } of sorted) offsets[source + 1]++;
  for (let i = 0; i < size; i++) offsets[i + 1] += offsets[i];
  return {
    ids: Float64Array.from({ length: size }, (_, i) => i),
    offsets,
    targets: Uint32Array.from(sorted, ({ target }) => target),
    types: Uint16Array.from(sorted, ({ type = 1, bidirectional }) => type | (bidirectional ? BIDIRECTIONAL : 0)),
  };
}
