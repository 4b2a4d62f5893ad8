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
  degrees(frontier: readonly NodeId[]): Promise<ReadonlyMap<NodeId, number>>;
}

/** A source was stopped by a time-out of its own: what is known so far is all there will be. */
export class OutOfTime extends Error {}

/** So many entries are asked about at once: large enough to be few statements, small enough to stop between them. */
const CHUNK_NODES = 5_000;
/** Where degrees are known, so many relationships are read at once; one entry may have more. */
const CHUNK_EDGES = 20_000;

/** A frontier in parts that are asked about one after the other. */
export function* chunksOf(frontier: readonly NodeId[], degrees?: ReadonlyMap<NodeId, number>): Generator<NodeId[]> {
  let chunk: NodeId[] = [];
  let edges = 0;
  for (const node of frontier) {
    const degree = degrees?.get(node) ?? 0;
    if (chunk.length > 0 && (chunk.length === CHUNK_NODES || edges + degree > CHUNK_EDGES)) {
      yield chunk;
      chunk = [];
      edges = 0;
    }
    chunk.push(node);
    edges += degree;
  }
  if (chunk.length > 0) yield chunk;
}
