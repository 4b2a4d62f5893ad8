import type { Csr } from './csr.js';
import type { NodeId } from './neighbor-source.js';

/** Steps between two looks at the clock. */
const STEPS_BETWEEN_PAUSES = 20_000;

/**
 * The strongly connected components of more than one entry: sets in which each reaches each other. Tarjan's algorithm
 * (1972) with a stack of its own, since recursion ends at some ten thousand levels. Largest first, then by smallest id;
 * the ids of each rise. Yields now and then, so that the caller can let others run.
 */
export function* strongComponents(graph: Csr): Generator<undefined, NodeId[][]> {
  const search = new Tarjan(graph);
  const size = graph.ids.length;
  let steps = 0;
  for (let root = 0; root < size; root++) {
    if (!search.isNew(root)) continue;
    search.enter(root);
    while (search.step()) if (++steps % STEPS_BETWEEN_PAUSES === 0) yield;
  }
  return search.components.sort((a, b) => b.length - a.length || a[0] - b[0]);
}

class Tarjan {
  readonly components: NodeId[][] = [];
  /** Order of discovery from 1; 0 is not seen yet. */
  private readonly order: Uint32Array;
  private readonly low: Uint32Array;
  private readonly onStack: Uint8Array;
  private readonly stack: Uint32Array;
  private readonly path: Uint32Array;
  /** Next edge to look at, per entry. */
  private readonly cursor: Uint32Array;
  private stackSize = 0;
  private depth = 0;
  private seen = 0;

  constructor(private readonly graph: Csr) {
    const size = graph.ids.length;
    this.order = new Uint32Array(size);
    this.low = new Uint32Array(size);
    this.onStack = new Uint8Array(size);
    this.stack = new Uint32Array(size);
    this.path = new Uint32Array(size);
    this.cursor = graph.offsets.slice(0, size);
  }

  isNew(place: number): boolean {
    return this.order[place] === 0;
  }

  enter(place: number): void {
    this.order[place] = this.low[place] = ++this.seen;
    this.onStack[place] = 1;
    this.stack[this.stackSize++] = place;
    this.path[this.depth++] = place;
  }

  /** One edge or one return; false when the walk from the root is over. */
  step(): boolean {
    if (this.depth === 0) return false;
    const at = this.path[this.depth - 1];
    if (this.cursor[at] === this.graph.offsets[at + 1]) {
      this.leave(at);
      return true;
    }
    const to = this.graph.targets[this.cursor[at]++];
    if (this.isNew(to)) this.enter(to);
    else if (this.onStack[to]) this.low[at] = Math.min(this.low[at], this.order[to]);
    return true;
  }

  private leave(at: number): void {
    this.depth--;
    if (this.depth > 0) {
      const up = this.path[this.depth - 1];
      this.low[up] = Math.min(this.low[up], this.low[at]);
    }
    if (this.low[at] !== this.order[at]) return;
    let first = this.stackSize;
    do this.onStack[this.stack[--first]] = 0;
    while (this.stack[first] !== at);
    if (this.stackSize - first > 1) {
      const members = Array.from(this.stack.subarray(first, this.stackSize), (place) => this.graph.ids[place]);
      this.components.push(members.sort((a, b) => a - b));
    }
    this.stackSize = first;
  }
}
