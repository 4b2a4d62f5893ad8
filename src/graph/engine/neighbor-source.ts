/** Inside id of an entry. Identity columns stay far below 2^53, so numbers hold them exactly and typed arrays compactly. */
export type NodeId = number;

export type Direction = 'out' | 'in' | 'both';

/** Steps out of a frontier, as columns: `from[i]` leads to `to[i]`. */
export interface Steps {
  from: NodeId[];
  to: NodeId[];
  /** There were more steps than the limit let through. */
  cut: boolean;
}

/** Steps with the relationship each one takes. */
export interface EdgeSteps extends Steps {
  edge: number[];
  weight: number[];
}

/**
 * Where a walk learns what is next to a set of entries, in one direction and over one choice of relationship types. A
 * bidirectional relationship is a step both ways, whatever the direction. May throw {@link OutOfTime}.
 */
export interface NeighborSource {
  /** Every distinct neighbour once, in order of id, with the smallest entry of the frontier that leads to it. */
  reach(frontier: readonly NodeId[], limit: number): Promise<Steps>;
  /** Every relationship out of the frontier; one between two of its entries may come twice, once from each end. */
  edges(frontier: readonly NodeId[], limit: number): Promise<EdgeSteps>;
  /** How many relationships of any type lead on from each entry; entries without any may be left out. */
  degrees(frontier: readonly NodeId[]): Promise<Map<NodeId, number>>;
}

/** A source was stopped by a time-out of its own: what is known so far is all there will be. */
export class OutOfTime extends Error {}

/** So many entries are asked about at once: large enough to be few statements, small enough to stop between them. */
export const FRONTIER_CHUNK = 5_000;

export function* chunksOf<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  if (items.length <= size) yield items;
  else for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
