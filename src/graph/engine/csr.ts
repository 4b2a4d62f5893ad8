import type { NodeId } from './neighbor-source.js';

/** A graph as compressed sparse rows: what `i` leads to stands in `targets` from `offsets[i]` to `offsets[i + 1]`. */
export interface Csr {
  /** Inside id of each entry. */
  ids: Float64Array;
  offsets: Uint32Array;
  targets: Uint32Array;
}

/** Collects directed edges page by page, eight bytes an edge. */
export class CsrBuilder {
  private readonly places = new Map<NodeId, number>();
  private sources = new Uint32Array(1024);
  private targets = new Uint32Array(1024);
  private size = 0;

  get edges(): number {
    return this.size;
  }

  add(source: NodeId, target: NodeId): void {
    if (this.size === this.sources.length) {
      this.sources = doubled(this.sources);
      this.targets = doubled(this.targets);
    }
    this.sources[this.size] = this.placeOf(source);
    this.targets[this.size++] = this.placeOf(target);
  }

  /** Sorts by counting: linear in edges, and in entries. */
  build(): Csr {
    const offsets = new Uint32Array(this.places.size + 1);
    for (let i = 0; i < this.size; i++) offsets[this.sources[i] + 1]++;
    for (let i = 0; i < this.places.size; i++) offsets[i + 1] += offsets[i];
    const next = offsets.slice(0, -1);
    const targets = new Uint32Array(this.size);
    for (let i = 0; i < this.size; i++) targets[next[this.sources[i]]++] = this.targets[i];
    return { ids: Float64Array.from(this.places.keys()), offsets, targets };
  }

  private placeOf(id: NodeId): number {
    let place = this.places.get(id);
    if (place === undefined) this.places.set(id, (place = this.places.size));
    return place;
  }
}

function doubled(column: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(column.length * 2);
  larger.set(column);
  return larger;
}
