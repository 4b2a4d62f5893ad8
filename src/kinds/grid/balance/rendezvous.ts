import { avalanche, murmur3 } from '../../../platform/hashing/murmur3.js';

/** No node has more than so many times the mean of all, by weight. */
export const BOUND = 1.25;
/** Standard deviations that chance alone makes: a node is not above the mean for what they explain. */
const CHANCE = 4;
const SPAN = 2 ** 32;

/** A node as far as hashing needs it. */
export interface Hashed {
  weight: number;
  load: { readonly connections: number };
}

/** Where a node stands, for every key: the same in every process, whatever else there is. */
export const seedOf = (uid: string): number => murmur3(uid);

/**
 * Most connections of a node with this share of the weight, while all have `total`: 1.25 of the mean, and never less than
 * chance makes of keys that are spread evenly. So a key leaves its node for a hot spot, not for the first coincidence.
 */
export function boundOf(total: number, share: number): number {
  const mean = (total + 1) * share;
  return Math.ceil(Math.max(BOUND * mean, mean + CHANCE * Math.sqrt(mean) + CHANCE));
}

/**
 * Weighted rendezvous hashing (Thaler and Ravishankar 1998; weights by Schindelhauer and Schomaker 2005): each node has a score for
 * each key, the highest one has it. Who comes or goes moves only keys of its own. Answers the places of the nodes that were
 * passed over and that of the first that `may` have it; undefined when none may.
 */
export function rendezvous(
  key: string,
  nodes: readonly Hashed[],
  seeds: Uint32Array,
  may: (place: number) => boolean,
): { place: number; home: number } | undefined {
  const hash = murmur3(key);
  const first = nodes[0]?.weight;
  const even = nodes.every(({ weight }) => weight === first);
  let [place, score, home, most] = [-1, -Infinity, -1, -Infinity];
  for (let at = 0; at < nodes.length; at++) {
    const bits = avalanche(hash ^ seeds[at]);
    // Of equal weights the same order, without a logarithm for each.
    const own = even ? bits : -nodes[at].weight / Math.log((bits + 0.5) / SPAN);
    if (own > most) [home, most] = [at, own];
    if (own > score && may(at)) [place, score] = [at, own];
  }
  return place < 0 ? undefined : { place, home };
}
