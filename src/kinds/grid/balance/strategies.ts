import type { KnownNode } from '../snapshot/known-node.js';
import { isFull } from '../snapshot/known-node.js';
import type { Strategy } from './balance.dto.js';
import type { Tier } from './pool.js';
import { BOUND, boundOf, rendezvous } from './rendezvous.js';
import type { Turn } from './shared-turns.js';

/** A node, and why it. */
export interface Choice {
  node: KnownNode;
  reason: string;
  /** The other node it came down to. */
  insteadOf?: KnownNode;
  turn?: Turn;
}

const between = (n: number): number => Math.floor(Math.random() * n);
const busyness = ({ load, weight }: KnownNode): number => load.connections / weight;

/** Of a tier in which somebody can take one more. Whoever is full is passed over by every strategy. */
export function byTurn(tier: Tier, turn: Turn): Choice {
  const { order, nodes } = tier;
  for (let at = turn.turn % order.length, passed = 0; ; at = (at + 1) % order.length, passed++) {
    const node = nodes[order[at]];
    if (isFull(node)) continue;
    const reason =
      `turn ${turn.turn} of a cycle of ${order.length}, ${turn.shared ? 'shared by all replicas' : 'counted by this replica alone'}` +
      (passed > 0 ? `, past ${passed} at capacity` : '');
    return { node, reason, turn };
  }
}

const CHOOSERS: Record<Exclude<Strategy, 'round_robin'>, (tier: Tier, key: string) => Choice> = {
  least_connections: (tier) => {
    let found: KnownNode | undefined;
    let least = Infinity;
    const { length } = tier.nodes;
    // From a place by lot: among equals every process would send its next request to the same one.
    const from = between(length);
    for (let n = 0; n < length && least > 0; n++) {
      const node = tier.nodes[(from + n) % length];
      const own = busyness(node);
      if (own < least && !isFull(node)) [found, least] = [node, own];
    }
    const { load, weight } = found!;
    return { node: found!, reason: `${load.connections} connections at weight ${weight}, as few as any` };
  },

  weighted: (tier) => {
    const node = drawn(tier, (sum) => heavier(tier.cumulative, Math.random() * sum));
    return { node, reason: `drawn by lot with weight ${node.weight} of ${tier.weight}` };
  },

  random: (tier) => {
    const one = drawn(tier, () => between(tier.nodes.length));
    const other = drawn(tier, () => between(tier.nodes.length));
    if (one === other) return { node: one, reason: 'drawn by lot' };
    const [node, insteadOf] = busyness(other) < busyness(one) ? [other, one] : [one, other];
    const reason = `drawn by lot, the less busy of two: ${node.load.connections} connections against ${insteadOf.load.connections}`;
    return { node, reason, insteadOf };
  },

  consistent_hash: ({ nodes, seeds, weight }, key) => {
    const total = nodes.reduce((sum, { load }) => sum + load.connections, 0);
    const limit = (node: KnownNode): number => boundOf(total, node.weight / weight);
    const free = (at: number): boolean => !isFull(nodes[at]);
    const found =
      rendezvous(key, nodes, seeds, (at) => free(at) && nodes[at].load.connections < limit(nodes[at])) ??
      rendezvous(key, nodes, seeds, free)!;
    const [node, home] = [nodes[found.place], nodes[found.home]];
    if (node === home) return { node, reason: 'the highest score for the key' };
    const most = isFull(home)
      ? `its capacity of ${home.capacity}`
      : `${limit(home)}, the bound of ${BOUND} times the mean`;
    const reason = `the highest score for the key but for ${home.key}, whose ${home.load.connections} connections have reached ${most}`;
    return { node, reason, insteadOf: home };
  },
};

/** By any strategy but round_robin. */
export const chosen = (strategy: Exclude<Strategy, 'round_robin'>, tier: Tier, key: string): Choice =>
  CHOOSERS[strategy](tier, key);

/** A node that is not full, by lot: where many are, the one after the lot's. */
function drawn({ nodes, weight }: Tier, lot: (weight: number) => number): KnownNode {
  let at = lot(weight);
  for (let n = 0; n < 3 && isFull(nodes[at]); n++) at = lot(weight);
  while (isFull(nodes[at])) at = (at + 1) % nodes.length;
  return nodes[at];
}

/** The first place whose sum is above `value`. */
function heavier(sums: readonly number[], value: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
