import type { Need } from './need.js';
import type { Member, PackageSet, Target } from './package-set.js';

export type Field = 'depends' | 'recommends';
export const FIELDS: readonly Field[] = ['depends', 'recommends'];

/** Groups that make no relationship. */
export interface LeftOver {
  /** Nothing in the file satisfies them. */
  unresolved: Need[];
  /** The package itself does: an edge to itself would say nothing. */
  self: Need[];
}

/** One relationship per target, with every group of the field that ends there. */
export function edgesOf<M extends Member>(member: M, field: Field, set: PackageSet<M>): Map<Target<M>, Need[]> {
  const edges = new Map<Target<M>, Need[]>();
  for (const need of member[field]) {
    const target = set.resolve(need);
    if (target === undefined || target === member) continue;
    const edge = edges.get(target);
    if (edge) edge.push(need);
    else edges.set(target, [need]);
  }
  return edges;
}

/** Undefined for the many packages that have none. */
export function leftOverOf<M extends Member>(member: M, field: Field, set: PackageSet<M>): LeftOver | undefined {
  let left: LeftOver | undefined;
  for (const need of member[field]) {
    const target = set.resolve(need);
    if (target !== undefined && target !== member) continue;
    left ??= { unresolved: [], self: [] };
    (target === undefined ? left.unresolved : left.self).push(need);
  }
  return left;
}
