import type { Rows } from './whole-graph.js';

/** An undirected graph with weights, as communities are found in: every pair stands in the rows of both. */
export interface WeightedGraph extends Rows {
  weights: Float64Array;
  /** Sum of the weights of each place, loops twice. */
  strength: Float64Array;
  /** Sum of all strengths: twice the weight of the graph. */
  total: number;
}

/** All weights 1. What relationships weigh is a cost to paths, which says nothing of how close two entries are. */
export function unweighted({ offsets, targets }: Rows): WeightedGraph {
  const size = offsets.length - 1;
  const strength = Float64Array.from({ length: size }, (_, i) => offsets[i + 1] - offsets[i]);
  return { offsets, targets, weights: new Float64Array(targets.length).fill(1), strength, total: targets.length };
}

/** Every set of places becomes one; what runs within it becomes part of its strength. `label` numbers the sets from 0. */
export function aggregated(graph: WeightedGraph, label: Uint32Array, sets: number): WeightedGraph {
  const members = membersByLabel(label, sets);
  const offsets = new Uint32Array(sets + 1);
  const strength = new Float64Array(sets);
  const targets: number[] = [];
  const weights: number[] = [];
  const found = new Float64Array(sets);
  for (let set = 0; set < sets; set++) {
    const touched: number[] = [];
    for (let i = members.offsets[set]; i < members.offsets[set + 1]; i++) {
      const place = members.targets[i];
      strength[set] += graph.strength[place];
      for (let at = graph.offsets[place]; at < graph.offsets[place + 1]; at++) {
        const other = label[graph.targets[at]];
        if (other === set) continue;
        if (found[other] === 0) touched.push(other);
        found[other] += graph.weights[at];
      }
    }
    for (const other of touched) {
      targets.push(other);
      weights.push(found[other]);
      found[other] = 0;
    }
    offsets[set + 1] = targets.length;
  }
  const rows = { offsets, targets: Uint32Array.from(targets), weights: Float64Array.from(weights) };
  return { ...rows, strength, total: graph.total };
}

/** Places by their label. */
export function membersByLabel(label: Uint32Array, sets: number): Rows {
  const offsets = new Uint32Array(sets + 1);
  for (const name of label) offsets[name + 1]++;
  for (let i = 0; i < sets; i++) offsets[i + 1] += offsets[i];
  const next = offsets.slice(0, -1);
  const targets = new Uint32Array(label.length);
  for (let i = 0; i < label.length; i++) targets[next[label[i]]++] = i;
  return { offsets, targets };
}

/** Numbers the labels in use from 0, in the order of their first places; says how many there are. */
export function renumbered(label: Uint32Array): number {
  const names = new Map<number, number>();
  for (let i = 0; i < label.length; i++) {
    let name = names.get(label[i]);
    if (name === undefined) names.set(label[i], (name = names.size));
    label[i] = name;
  }
  return names.size;
}

/** Newman's modularity of a partition: the weight within sets beyond what chance would give. 0 without any weight. */
export function modularity(graph: WeightedGraph, label: Uint32Array): number {
  if (graph.total === 0) return 0;
  const sums = new Float64Array(label.length);
  let within = 0;
  for (let place = 0; place < label.length; place++) {
    sums[label[place]] += graph.strength[place];
    for (let at = graph.offsets[place]; at < graph.offsets[place + 1]; at++)
      if (label[graph.targets[at]] === label[place]) within += graph.weights[at];
  }
  let chance = 0;
  for (const sum of sums) chance += (sum / graph.total) ** 2;
  return within / graph.total - chance;
}
