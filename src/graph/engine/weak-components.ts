import { groupsOf } from './groups.js';
import type { Groups } from './groups.js';
import { STEPS_BETWEEN_CHECKS } from './whole-graph.js';
import type { Check, WholeGraph } from './whole-graph.js';

/** The weakly connected components: sets that hang together whichever way relationships point. Union by find (1975). */
export function weakComponents({ ids, out }: WholeGraph, check: Check): Groups {
  return groupsOf(ids, componentLabels(out.offsets, out.targets, check));
}

/** For every place the smallest place of its component. */
export function componentLabels(offsets: Uint32Array, targets: Uint32Array, check: Check): Uint32Array {
  const size = offsets.length - 1;
  const parent = Uint32Array.from({ length: size }, (_, i) => i);
  const root = (place: number): number => {
    let at = place;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]];
      at = parent[at];
    }
    return at;
  };
  for (let i = 0; i < size; i++) {
    if (i % STEPS_BETWEEN_CHECKS === 0) check();
    for (let at = offsets[i]; at < offsets[i + 1]; at++) {
      const [a, b] = [root(i), root(targets[at])];
      // The smallest place is the root, whatever the order of the unions.
      if (a < b) parent[b] = a;
      else if (b < a) parent[a] = b;
    }
  }
  for (let i = 0; i < size; i++) parent[i] = root(i);
  return parent;
}
