import { clauseSegments } from './conditions/clause-segments.js';
import { dependencyOrder } from './dependency-order.js';
import type { FlagDefinition, SegmentDefinition } from './flag-definition.js';

/**
 * The first cycle of prerequisites (`[a, b, a]`), for whoever writes a flag; undefined when there is none. A dependency of
 * Unleash's on a flag that has such dependencies itself never holds and is not followed, so it closes no cycle.
 */
export function prerequisiteCycle(flags: Iterable<FlagDefinition>): readonly string[] | undefined {
  const all = new Map<string, FlagDefinition>();
  for (const flag of flags) all.set(flag.key, flag);
  const parentsOf = (flag: FlagDefinition | undefined): readonly string[] =>
    flag?.dialect === 'unleash' ? (flag.unleash.dependencies ?? []).map(({ feature }) => feature) : [];
  const needsOf = (key: string): readonly string[] | undefined => {
    const flag = all.get(key);
    if (!flag) return undefined;
    const parents = parentsOf(flag).filter((parent) => parentsOf(all.get(parent)).length === 0);
    return [...(flag.prerequisites ?? []).map((one) => one.flag), ...parents];
  };
  return dependencyOrder(all.keys(), needsOf).cycles[0];
}

/** The first cycle of segments inside segments; undefined when there is none. */
export function segmentCycle(segments: Iterable<SegmentDefinition>): readonly string[] | undefined {
  const needs = new Map<string, string[]>();
  for (const { key, clause } of segments) needs.set(key, clause ? clauseSegments(clause) : []);
  return dependencyOrder(needs.keys(), (key) => needs.get(key)).cycles[0];
}
