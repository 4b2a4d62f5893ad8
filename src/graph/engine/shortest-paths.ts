import { repeatableChance, shuffled } from './random.js';
import { Stopped } from './stopped.js';
import { STEPS_BETWEEN_CHECKS } from './whole-graph.js';
import type { Check, WholeGraph } from './whole-graph.js';

/** What the shortest paths of a graph say of its entries, by place, in networkx's normalisation for directed graphs. */
export interface PathCentrality {
  /** Share of the pairs of others whose shortest paths lead through it, by how many of them do. */
  betweenness: Float64Array;
  /**
   * Standard error of each, where sources were drawn; undefined when all were walked from. Of betweenness it is too small
   * where a few sources make most of the value and were not drawn.
   */
  betweennessError?: Float64Array;
  /** By the distances from those that reach it, scaled by how many do (Wasserman and Faust). */
  closeness: Float64Array;
  closenessError?: Float64Array;
  /** How many entries were walked from. */
  sources: number;
  /** All were. */
  exact: boolean;
}

export interface SourceBudget {
  /** Most entries to walk from. */
  sources: number;
  /** Fewer than that say nothing: a stop before is a stop. */
  leastSources: number;
}

/** Numbers of paths beyond this are scaled down: a ladder of a thousand diamonds has more than a number can hold. */
const MOST_PATHS = 2 ** 500;

/**
 * Betweenness (Brandes 2001) and closeness in one pass: from every source breadth first, then back. Sources are taken in
 * a drawn order, so that wherever it ends (the budget, or the time), what was walked is a sample of all: sums are then
 * scaled up (Brandes and Pich 2007; Eppstein and Wang 2004), with the standard error that the sample itself shows.
 */
export function pathCentrality(graph: WholeGraph, budget: SourceBudget, check: Check): PathCentrality {
  const size = graph.ids.length;
  const walk = new Brandes(graph, check);
  const order = shuffled(size, repeatableChance(size));
  let sources = 0;
  try {
    while (sources < Math.min(size, budget.sources)) walk.from(order[sources++]);
  } catch (error) {
    // The walk that was stopped counts for nothing: sums are touched at its end only.
    sources--;
    if (!(error instanceof Stopped) || error.reason !== 'deadline' || sources < budget.leastSources) throw error;
  }
  return walk.result(sources);
}

class Brandes {
  private readonly size: number;
  private readonly distance: Int32Array;
  /** How many shortest paths lead here from the source, scaled. */
  private readonly paths: Float64Array;
  private readonly dependency: Float64Array;
  private readonly order: Uint32Array;
  private readonly dependencySum: Float64Array;
  private readonly dependencySquares: Float64Array;
  private readonly reachedBy: Uint32Array;
  private readonly distanceSum: Float64Array;
  private readonly distanceSquares: Float64Array;
  /** By what the paths of a level were scaled. */
  private scales: number[] = [];
  /** Entries in `order`. */
  private reached = 0;
  private steps = 0;

  constructor(
    private readonly graph: WholeGraph,
    private readonly check: Check,
  ) {
    this.size = graph.ids.length;
    this.distance = new Int32Array(this.size).fill(-1);
    this.paths = new Float64Array(this.size);
    this.dependency = new Float64Array(this.size);
    this.order = new Uint32Array(this.size);
    this.dependencySum = new Float64Array(this.size);
    this.dependencySquares = new Float64Array(this.size);
    this.reachedBy = new Uint32Array(this.size);
    this.distanceSum = new Float64Array(this.size);
    this.distanceSquares = new Float64Array(this.size);
  }

  from(source: number): void {
    this.forth(source);
    for (let i = this.reached - 1; i > 0; i--) this.back(this.order[i]);
    for (let i = 0; i < this.reached; i++) this.account(this.order[i], source);
    this.forget();
  }

  /** Reaches level by level; what was reached stands in `order`, nearest first. */
  private forth(source: number): void {
    const { paths, order } = this;
    this.scales = [1];
    this.reach(source, 0);
    paths[source] = 1;
    for (let level = 0, start = 0; start < this.reached; level++) {
      const end = this.reached;
      let most = 0;
      for (let i = start; i < end; i++) most = Math.max(most, paths[order[i]]);
      const scale = most > MOST_PATHS ? 1 / MOST_PATHS : 1;
      this.scales.push(scale);
      for (; start < end; start++) this.expand(order[start], level + 1, scale);
    }
  }

  private expand(at: number, level: number, scale: number): void {
    const { offsets, targets } = this.graph.out;
    const { distance, paths } = this;
    const end = offsets[at + 1];
    this.steps += end - offsets[at] + 1;
    if (this.steps > STEPS_BETWEEN_CHECKS) {
      this.steps = 0;
      this.check();
    }
    const more = paths[at] * scale;
    for (let edge = offsets[at]; edge < end; edge++) {
      const to = targets[edge];
      if (distance[to] < 0) this.reach(to, level);
      if (distance[to] === level) paths[to] += more;
    }
  }

  private reach(place: number, level: number): void {
    this.distance[place] = level;
    this.order[this.reached++] = place;
  }

  /** Gives what depends on an entry to those before it on the shortest paths, by how many of these lead over each. */
  private back(at: number): void {
    const { offsets, targets } = this.graph.in;
    const { distance, paths, dependency } = this;
    const before = distance[at] - 1;
    const each = ((1 + dependency[at]) / paths[at]) * this.scales[before + 1];
    for (let edge = offsets[at]; edge < offsets[at + 1]; edge++) {
      const from = targets[edge];
      if (distance[from] === before) dependency[from] += paths[from] * each;
    }
  }

  private account(place: number, source: number): void {
    if (place === source) return;
    const [dependency, distance] = [this.dependency[place], this.distance[place]];
    this.dependencySum[place] += dependency;
    this.dependencySquares[place] += dependency * dependency;
    this.reachedBy[place]++;
    this.distanceSum[place] += distance;
    this.distanceSquares[place] += distance * distance;
  }

  private forget(): void {
    for (let i = 0; i < this.reached; i++) {
      const place = this.order[i];
      this.distance[place] = -1;
      this.paths[place] = 0;
      this.dependency[place] = 0;
    }
    this.reached = 0;
  }

  result(sources: number): PathCentrality {
    const { size } = this;
    const exact = sources === size;
    const result: PathCentrality = {
      betweenness: new Float64Array(size),
      closeness: new Float64Array(size),
      sources,
      exact,
      ...(!exact && { betweennessError: new Float64Array(size), closenessError: new Float64Array(size) }),
    };
    for (let place = 0; place < size; place++) {
      this.tellBetweenness(place, result);
      this.tellCloseness(place, result);
    }
    return result;
  }

  private tellBetweenness(place: number, { betweenness, betweennessError, sources }: PathCentrality): void {
    const { size } = this;
    // graphology, unlike networkx, leaves the sums of two entries as they are; they are 0 in any case.
    const pairs = size > 2 ? (size - 1) * (size - 2) : 1;
    const [sum, squares] = [this.dependencySum[place], this.dependencySquares[place]];
    betweenness[place] = ((sum / sources) * size) / pairs;
    if (betweennessError) betweennessError[place] = (standardError(sum, squares, sources, size) * size) / pairs;
  }

  /** A source that is the entry itself counts among those that do not reach it, as it does in the whole. */
  private tellCloseness(place: number, { closeness, closenessError, sources }: PathCentrality): void {
    const { size } = this;
    const reachedBy = this.reachedBy[place];
    if (reachedBy === 0 || size < 2) return;
    const share = ((reachedBy / sources) * size) / (size - 1);
    const mean = this.distanceSum[place] / reachedBy;
    closeness[place] = share / mean;
    if (!closenessError) return;
    const ofMean = standardError(this.distanceSum[place], this.distanceSquares[place], reachedBy, size) / mean;
    const ofShare = standardError(reachedBy, reachedBy, sources, size) / (reachedBy / sources);
    closenessError[place] = closeness[place] * Math.hypot(ofMean, ofShare);
  }
}

/** Of the mean of a sample of `drawn` out of `all`, drawn without putting back. */
function standardError(sum: number, squares: number, drawn: number, all: number): number {
  if (drawn < 2) return drawn < all ? Math.abs(sum) : 0;
  const variance = Math.max(0, (squares - (sum * sum) / drawn) / (drawn - 1));
  return Math.sqrt((variance / drawn) * Math.max(0, 1 - drawn / all));
}
