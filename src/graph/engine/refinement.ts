import { shuffled } from './random.js';
import type { WeightedGraph } from './weighted-graph.js';
import { STEPS_BETWEEN_CHECKS } from './whole-graph.js';
import type { Check } from './whole-graph.js';

/**
 * Splits communities into parts that hold together (the refinement of Leiden): within each, every place begins alone, and
 * one that is well connected to the rest of its community joins the part, itself well connected, where it fits best. What
 * Louvain would leave as a community held together by one place that has moved on falls apart here.
 */
export function refined(
  graph: WeightedGraph,
  community: Uint32Array,
  chance: () => number,
  check: Check,
): Uint32Array<ArrayBuffer> {
  const parts = new Parts(graph, community);
  const size = community.length;
  let steps = 0;
  for (const place of shuffled(size, chance)) {
    steps += graph.offsets[place + 1] - graph.offsets[place] + 1;
    if (steps > STEPS_BETWEEN_CHECKS) {
      steps = 0;
      check();
    }
    parts.place(place);
  }
  return parts.label;
}

class Parts {
  readonly label: Uint32Array<ArrayBuffer>;
  private readonly sums: Float64Array;
  private readonly communitySums: Float64Array;
  /** Weight from each part to the rest of its community. */
  private readonly cut: Float64Array;
  private readonly alone: Uint8Array;
  private readonly found: Float64Array;

  constructor(
    private readonly graph: WeightedGraph,
    private readonly community: Uint32Array,
  ) {
    const size = community.length;
    this.label = Uint32Array.from({ length: size }, (_, i) => i);
    this.sums = Float64Array.from(graph.strength);
    this.communitySums = new Float64Array(size);
    this.cut = new Float64Array(size);
    this.alone = new Uint8Array(size).fill(1);
    this.found = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      this.communitySums[community[i]] += graph.strength[i];
      for (let at = graph.offsets[i]; at < graph.offsets[i + 1]; at++)
        if (community[graph.targets[at]] === community[i]) this.cut[i] += graph.weights[at];
    }
  }

  place(place: number): void {
    if (!this.alone[place] || !this.isWellConnected(place, place)) return;
    const { offsets, targets, weights, strength, total } = this.graph;
    const { label, found, community } = this;
    for (let at = offsets[place]; at < offsets[place + 1]; at++)
      if (community[targets[at]] === community[place]) found[label[targets[at]]] += weights[at];
    let best = place;
    let most = 0;
    let weight = 0;
    for (let at = offsets[place]; at < offsets[place + 1]; at++) {
      const part = label[targets[at]];
      if (found[part] === 0) continue;
      const gain = found[part] - (strength[place] * this.sums[part]) / total;
      if (part !== place && gain > most && this.isWellConnected(part, place)) {
        best = part;
        most = gain;
        weight = found[part];
      }
      found[part] = 0;
    }
    if (best !== place) this.join(place, best, weight);
  }

  private isWellConnected(part: number, place: number): boolean {
    const rest = this.communitySums[this.community[place]] - this.sums[part];
    return this.cut[part] >= (this.sums[part] * rest) / this.graph.total;
  }

  private join(place: number, part: number, weight: number): void {
    this.label[place] = part;
    this.sums[part] += this.sums[place];
    this.cut[part] += this.cut[place] - 2 * weight;
    // A part is named after its first place, which stays in it from now on.
    this.alone[part] = 0;
    this.alone[place] = 0;
  }
}
