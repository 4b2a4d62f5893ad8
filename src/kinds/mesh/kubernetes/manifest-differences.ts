import type { CustomObject } from '../../../entries/drivers/kubernetes/kubernetes-cluster.js';
import type { Manifest } from '../exports/istio.js';

export interface Differences {
  apply: Manifest[];
  /** Names. */
  remove: string[];
  /** Wanted, and not there under our label: there may be one of somebody else's. */
  unknown: Manifest[];
}

/** What has to be done so that there is what is wanted, of one kind. `there`: those that are ours. */
export function differences(wanted: readonly Manifest[], there: readonly CustomObject[]): Differences {
  const byName = new Map(there.map((one) => [one.metadata.name, one]));
  const names = new Set(wanted.map(({ metadata }) => metadata.name));
  const known = wanted.filter(({ metadata }) => byName.has(metadata.name));
  return {
    apply: known.filter((one) => !holds(byName.get(one.metadata.name)!.spec, one.spec)),
    remove: [...byName.keys()].filter((name) => !names.has(name)),
    unknown: wanted.filter(({ metadata }) => !byName.has(metadata.name)),
  };
}

/** Whether what is there says all that is wanted; the cluster writes defaults beside. Lists are as wanted or not. */
function holds(there: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return Array.isArray(there) && there.length === wanted.length && wanted.every((one, i) => holds(there[i], one));
  if (typeof wanted !== 'object' || wanted === null) return Object.is(there, wanted);
  if (typeof there !== 'object' || there === null || Array.isArray(there)) return false;
  const has = there as Record<string, unknown>;
  return Object.entries(wanted).every(([name, value]) => value === undefined || holds(has[name], value));
}
