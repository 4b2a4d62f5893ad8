import type { MeshTrafficSplit } from '../definition/traffic-split.dto.js';
import type { CompiledDestination } from './compiled-route.js';
import { cookieOf, headerOf } from './mesh-request.js';
import type { MeshRequest } from './mesh-request.js';
import { valueTest } from './value-test.js';

/** Destinations of one name, among which their weights decide. */
export interface Branch {
  name: string;
  destinations: readonly CompiledDestination[];
}

export interface BranchChoice {
  branch: Branch;
  by: 'header' | 'cookie' | 'sticky' | 'percentage' | 'weight';
  /** Place of the rule in the split. */
  rule?: number;
}

/** How a route shares its requests: what is exact first, then who is bound by a cookie, then chance. */
export interface SplitPlan {
  /** Undefined when there is no destination for this request. `draw` is from 0 to below 1. */
  choose(request: MeshRequest, draw: number): BranchChoice | undefined;
  sticky: { cookie: string; ttlSeconds: number | undefined } | undefined;
  /** By percentages or by weights, in parts of 1: what proxies are told. Headers and cookies stand before. */
  shares: readonly { branch: Branch; share: number; by: 'percentage' | 'weight'; rule?: number }[];
  /** Whether some requests are shared by percentages. */
  byChance: boolean;
}

export function compileSplit(
  split: MeshTrafficSplit | null | undefined,
  destinations: readonly CompiledDestination[],
): SplitPlan {
  const branches = new Map<string, Branch>();
  for (const { name } of destinations)
    if (!branches.has(name)) branches.set(name, { name, destinations: destinations.filter((one) => one.name === name) }); // prettier-ignore
  const exact = exactRules(split, branches);
  const shares = sharesOf(split, [...branches.values()]);
  const sticky = split?.sticky ?? undefined;
  return {
    sticky: sticky && { cookie: sticky.cookie, ttlSeconds: sticky.ttl_seconds ?? undefined },
    shares,
    byChance: shares.length > 1,
    choose(request, draw) {
      for (const { holds, choice } of exact) if (holds(request)) return choice;
      const bound = sticky && cookieOf(request, sticky.cookie);
      const kept = bound === undefined ? undefined : shares.find(({ branch }) => branch.name === bound);
      if (kept) return { branch: kept.branch, by: 'sticky' };
      let left = draw;
      for (const one of shares) {
        left -= one.share;
        if (left < 0) return one;
      }
      // The shares of many thirds sum up to a little less than 1.
      return shares.at(-1);
    },
  };
}

/** What draws the branch, and within it the destination, of a cookie's name: `a=b; c` can be no name of one. */
export const cookieValue = ({ name }: Branch): string | undefined => (/^[\w.:@/-]+$/.test(name) ? name : undefined);

function exactRules(
  split: MeshTrafficSplit | null | undefined,
  branches: ReadonlyMap<string, Branch>,
): { holds: (request: MeshRequest) => boolean; choice: BranchChoice }[] {
  if (!split || split.type === 'percentage') return [];
  const { type } = split;
  return split.rules.map(({ destination, name, match, value }, rule) => {
    const holds = valueTest(match, value);
    const read = type === 'header' ? headerOf : cookieOf;
    const field = type === 'header' ? name!.toLowerCase() : name!;
    return {
      holds: (request) => holds(read(request, field)),
      choice: { branch: branches.get(destination)!, by: type, rule },
    };
  });
}

function sharesOf(split: MeshTrafficSplit | null | undefined, branches: readonly Branch[]): SplitPlan['shares'] {
  const rules = split?.type === 'percentage' ? split.rules : [];
  const ruled = rules.map(({ destination, percentage }, rule) => ({
    branch: branches.find(({ name }) => name === destination)!,
    share: percentage! / 100,
    by: 'percentage' as const,
    rule,
  }));
  const left = Math.max(0, 1 - ruled.reduce((sum, { share }) => sum + share, 0));
  const others = branches.filter((branch) => !ruled.some((one) => one.branch === branch));
  const weights = others.map(weightOf);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const weighed = others.map((branch, i) => ({
    branch,
    share: total === 0 ? 0 : (left * weights[i]) / total,
    by: 'weight' as const,
  }));
  return [...ruled, ...weighed].filter(({ share }) => share > 1e-9);
}

const weightOf = ({ destinations }: Branch): number => destinations.reduce((sum, { weight }) => sum + weight, 0);
