import { BIDIRECTIONAL } from '../engine/whole-graph.js';
import type { StoredGraph } from '../engine/whole-graph.js';
import type { RelationshipPage } from './stored-graph.repository.js';

/** More places than entries by so much are looked up by searching instead of in a table. */
const SPARSE = 8;

/** Shared between threads: the one that calculates reads the columns where they are. */
export const shared = {
  float64: (size: number): Float64Array => new Float64Array(new SharedArrayBuffer(size * 8)),
  uint32: (size: number): Uint32Array => new Uint32Array(new SharedArrayBuffer(size * 4)),
  uint16: (size: number): Uint16Array => new Uint16Array(new SharedArrayBuffer(size * 2)),
};

/** Puts the pages of a catalog together. What an entry leads to that came later than the entries is left out. */
export class StoredGraphBuilder {
  private readonly ids: Float64Array;
  private readonly offsets: Uint32Array;
  private readonly placeOf: (id: number) => number;
  private readonly pages: { targets: Uint32Array; types: Uint16Array }[] = [];
  private size = 0;

  constructor(entryPages: readonly Float64Array[]) {
    this.ids = shared.float64(entryPages.reduce((sum, page) => sum + page.length, 0));
    let at = 0;
    for (const page of entryPages) {
      this.ids.set(page, at);
      at += page.length;
    }
    this.offsets = shared.uint32(this.ids.length + 1);
    this.placeOf = placesOf(this.ids);
  }

  /** Pages come in the order of their sources. */
  add({ sources, targets, types, bidirectional }: RelationshipPage): void {
    const page = { targets: new Uint32Array(sources.length), types: new Uint16Array(sources.length) };
    let kept = 0;
    for (let i = 0; i < sources.length; i++) {
      const [source, target] = [this.placeOf(sources[i]), this.placeOf(targets[i])];
      if (source < 0 || target < 0) continue;
      this.offsets[source + 1]++;
      page.targets[kept] = target;
      page.types[kept++] = types[i] | (bidirectional[i] ? BIDIRECTIONAL : 0);
    }
    this.pages.push({ targets: page.targets.subarray(0, kept), types: page.types.subarray(0, kept) });
    this.size += kept;
  }

  build(): StoredGraph {
    for (let i = 0; i < this.ids.length; i++) this.offsets[i + 1] += this.offsets[i];
    const graph = {
      ids: this.ids,
      offsets: this.offsets,
      targets: shared.uint32(this.size),
      types: shared.uint16(this.size),
    };
    let at = 0;
    for (const { targets, types } of this.pages.splice(0)) {
      graph.targets.set(targets, at);
      graph.types.set(types, at);
      at += targets.length;
    }
    return graph;
  }
}

/** Finds the place of an id among rising ones; -1 where it is not there. */
export function placesOf(ids: Float64Array): (id: number) => number {
  const last = ids.length === 0 ? 0 : ids[ids.length - 1];
  if (last <= SPARSE * ids.length + 100_000) {
    const table = new Int32Array(last + 1).fill(-1);
    for (let i = 0; i < ids.length; i++) table[ids[i]] = i;
    return (id) => (id <= last ? table[id] : -1);
  }
  return (id) => {
    let low = 0;
    let high = ids.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (ids[middle] === id) return middle;
      if (ids[middle] < id) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  };
}
