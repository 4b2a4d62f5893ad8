import { groupsOf } from './groups.js';
import type { Groups } from './groups.js';
import { refined } from './refinement.js';
import { repeatableChance, shuffled } from './random.js';
import { componentLabels } from './weak-components.js';
import { aggregated, modularity, renumbered, unweighted } from './weighted-graph.js';
import type { WeightedGraph } from './weighted-graph.js';
import { STEPS_BETWEEN_CHECKS, undirected } from './whole-graph.js';
import type { Check, WholeGraph } from './whole-graph.js';

export interface Communities {
  /** Larger ones first, the members of each by their degree within the whole graph. */
  groups: Groups;
  /** Of the partition, from -0.5 to 1. */
  modularity: number;
}

const MOST_LEVELS = 50;
/** Passes over the whole, each beginning with what the last one found. */
const PASSES = 2;
/** Small graphs are begun anew, in other orders, until so many steps were looked at; the best result counts. */
const STEPS_OF_STARTS = 200_000;
const MOST_STARTS = 10;

/**
 * Sets of entries that are related among themselves more than by chance: Louvain (Blondel and others, 2008) with the
 * refinement of Leiden (Traag and others, 2019), over relationships whichever way they point. Every community hangs
 * together, and the same graph always gives the same ones.
 */
export function communities(whole: WholeGraph, check: Check): Communities {
  const rows = undirected(whole);
  const graph = unweighted(rows);
  const chance = repeatableChance(whole.ids.length);
  const starts = Math.max(1, Math.min(MOST_STARTS, Math.floor(STEPS_OF_STARTS / (graph.total + 1))));
  let best: { label: Uint32Array; modularity: number } | undefined;
  for (let start = 0; start < starts; start++) {
    let label = Uint32Array.from({ length: whole.ids.length }, (_, i) => i);
    for (let pass = 0; pass < PASSES; pass++)
      label = improved(graph, label, { chance, refine: start % 2 === 0 }, check);
    label = connected(graph, label, check);
    const reached = modularity(graph, label);
    if (!best || reached > best.modularity) best = { label, modularity: reached };
  }
  return { groups: groupsOf(whole.ids, best!.label, byDegree(graph)), modularity: best!.modularity };
}

/** One pass: move, refine, make the refined sets the places of a smaller graph, and again. */
function improved(
  graph: WeightedGraph,
  start: Uint32Array,
  { chance, refine }: { chance: () => number; refine: boolean },
  check: Check,
): Uint32Array<ArrayBuffer> {
  /** Of each place of the whole graph the place that it is part of. */
  const part = Uint32Array.from({ length: start.length }, (_, i) => i);
  let level = graph;
  let label = Uint32Array.from(start);
  for (let depth = 0; depth < MOST_LEVELS; depth++) {
    const moved = move(level, label, chance, check);
    const sets = renumbered(label);
    if (!moved || sets === label.length) break;
    const fine = refine ? refined(level, label, chance, check) : label;
    const finer = refine ? renumbered(fine) : sets;
    // Refining may keep every place apart: then the communities themselves are put together, as Louvain does.
    const [chosen, count] = finer < label.length ? [fine, finer] : [label, sets];
    level = aggregated(level, chosen, count);
    const next = new Uint32Array(count);
    for (let i = 0; i < label.length; i++) next[chosen[i]] = label[i];
    for (let i = 0; i < part.length; i++) part[i] = chosen[part[i]];
    label = next;
  }
  return part.map((place) => label[place]);
}

/** Moves single places to where modularity gains most, until no move gains; true when any did. */
function move(graph: WeightedGraph, label: Uint32Array, chance: () => number, check: Check): boolean {
  const size = label.length;
  const sums = new Float64Array(size);
  for (let i = 0; i < size; i++) sums[label[i]] += graph.strength[i];
  const queue = new Queue(shuffled(size, chance));
  const found = new Float64Array(size);
  let moved = false;
  let steps = 0;
  for (let place = queue.next(); place !== undefined; place = queue.next()) {
    steps += graph.offsets[place + 1] - graph.offsets[place] + 1;
    if (steps > STEPS_BETWEEN_CHECKS) {
      steps = 0;
      check();
    }
    const own = label[place];
    const best = bestOf(graph, place, label, { sums, found });
    if (best === own) continue;
    sums[own] -= graph.strength[place];
    sums[best] += graph.strength[place];
    label[place] = best;
    moved = true;
    for (let at = graph.offsets[place]; at < graph.offsets[place + 1]; at++)
      if (label[graph.targets[at]] !== best) queue.add(graph.targets[at]);
  }
  return moved;
}

/** The neighbouring set where a place fits best; its own where none is better. */
function bestOf(
  { offsets, targets, weights, strength, total }: WeightedGraph,
  place: number,
  label: Uint32Array,
  { sums, found }: { sums: Float64Array; found: Float64Array },
): number {
  const own = label[place];
  for (let at = offsets[place]; at < offsets[place + 1]; at++) found[label[targets[at]]] += weights[at];
  const expected = strength[place] / total;
  let best = own;
  let most = found[own] - expected * (sums[own] - strength[place]);
  // A gain that is none but for the last digit would move places to and fro for ever.
  const least = 1e-12 * total;
  for (let at = offsets[place]; at < offsets[place + 1]; at++) {
    const set = label[targets[at]];
    if (set === own || found[set] === 0) continue;
    const gain = found[set] - expected * sums[set];
    found[set] = 0;
    if (gain > most + least || (gain > most - least && best !== own && set < best)) {
      best = set;
      most = Math.max(most, gain);
    }
  }
  found[own] = 0;
  return best;
}

/** A ring of places to look at, none twice. */
class Queue {
  private readonly waiting: Uint8Array;
  private head = 0;
  private size: number;

  constructor(private readonly places: Uint32Array) {
    this.waiting = new Uint8Array(places.length).fill(1);
    this.size = places.length;
  }

  next(): number | undefined {
    if (this.size === 0) return undefined;
    const place = this.places[this.head];
    this.head = (this.head + 1) % this.places.length;
    this.size--;
    this.waiting[place] = 0;
    return place;
  }

  add(place: number): void {
    if (this.waiting[place]) return;
    this.waiting[place] = 1;
    this.places[(this.head + this.size++) % this.places.length] = place;
  }
}

/** Parts of a community that nothing holds together are communities of their own: modularity only gains. */
function connected(graph: WeightedGraph, label: Uint32Array, check: Check): Uint32Array<ArrayBuffer> {
  const offsets = new Uint32Array(graph.offsets.length);
  const targets = new Uint32Array(graph.targets.length);
  let to = 0;
  for (let i = 0; i < label.length; i++) {
    for (let at = graph.offsets[i]; at < graph.offsets[i + 1]; at++)
      if (label[graph.targets[at]] === label[i]) targets[to++] = graph.targets[at];
    offsets[i + 1] = to;
  }
  return Uint32Array.from(componentLabels(offsets, targets, check));
}

function byDegree(graph: WeightedGraph): Uint32Array {
  const order = Uint32Array.from({ length: graph.strength.length }, (_, i) => i);
  return order.sort((a, b) => graph.strength[b] - graph.strength[a] || a - b);
}
