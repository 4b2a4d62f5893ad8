import type { Placed } from '../bulk/bulk.js';
import type { EntryDraft } from '../entry-draft.js';
import { keyOf } from '../entry-key.js';
import { registryReference } from './memberships.js';

type Item = Placed<EntryDraft>;

/** What a draft names as its registry, as it was sent. */
function homeOf({ type, registry_id, spec }: EntryDraft): string | undefined {
  const text = (type === 'registry' ? spec.parent_id : undefined) ?? registry_id;
  return typeof text === 'string' ? registryReference(text).toLowerCase() : undefined;
}

/** Groups of items in the order they can be written: a registry stands in an earlier group than what is to live in it. */
export function membershipOrder(items: readonly Item[]): Item[][] {
  const registries = new Map<string, Item>();
  for (const placed of items) {
    const { type, name, version } = placed.item;
    if (type !== 'registry') continue;
    registries.set(keyOf(type, name, version).toLowerCase(), placed);
    registries.set(keyOf(type, name, ''), placed);
  }
  if (registries.size === 0) return [[...items]];
  const depths = new Map<Item, number>();
  const depthOf = (placed: Item): number => {
    const known = depths.get(placed);
    if (known !== undefined) return known;
    // Registries that stand in each other are refused when they are written, in whatever order.
    depths.set(placed, 0);
    const home = registries.get(homeOf(placed.item) ?? '');
    const depth = home && home !== placed ? depthOf(home) + 1 : 0;
    depths.set(placed, depth);
    return depth;
  };
  const groups: Item[][] = [];
  for (const placed of items) (groups[depthOf(placed)] ??= []).push(placed);
  return groups.filter((group) => group !== undefined);
}
