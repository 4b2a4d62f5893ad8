import { matchesWhole, patternOf } from '../definition/pattern.js';
import type { MeshMatch } from '../definition/route-match.dto.js';
import { headerOf } from './mesh-request.js';
import type { MeshRequest } from './mesh-request.js';
import { valueTest } from './value-test.js';

/** What of a request kept a route from taking it. */
export type Mismatch = 'host' | 'method' | 'path' | 'header';

/** The conditions of one route, compiled. */
export interface RequestMatch {
  /** Undefined when everything holds. Hosts are passed over where the route was named. */
  test(request: MeshRequest, named?: boolean): Mismatch | undefined;
  /** Smaller comes first; see {@link compareRanks}. */
  rank: readonly number[];
  /** What of the path is replaced by a rewrite: the prefix, or all of it. */
  prefix: string | undefined;
}

/**
 * Exact before vague: the host, then the path (exact, regex, prefixes from long to short), then methods, then how many headers
 * are asked for. What shares by percentage comes after what does not, see `compileRoute`.
 */
export function compileMatch(match: MeshMatch | null | undefined): RequestMatch {
  const { hosts, methods, headers } = match ?? {};
  const path = match?.path ?? '/';
  const type = match?.path_type ?? 'prefix';
  const hostTests = hosts?.length ? hosts.map((host) => host.toLowerCase()) : undefined;
  const allowed = methods?.length ? new Set(methods.map((method) => method.toUpperCase())) : undefined;
  const headerTests = (headers ?? []).map(({ name, match: how, value }) => ({
    name: name.toLowerCase(),
    holds: valueTest(how, value),
  }));
  const onPath = pathTest(path, type);
  return {
    prefix: type === 'prefix' ? withoutSlash(path) : undefined,
    rank: [hostRank(hostTests), pathRank(type), type === 'exact' ? 0 : -path.length, allowed ? 0 : 1, -headerTests.length], // prettier-ignore
    test(request, named = false) {
      if (!named && hostTests && !hostTests.some((host) => isHost(host, request.host))) return 'host';
      if (!onPath(request.path)) return 'path';
      if (allowed && !allowed.has(request.method)) return 'method';
      return headerTests.every(({ name, holds }) => holds(headerOf(request, name))) ? undefined : 'header';
    },
  };
}

/** Compares part by part. */
export function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}

const withoutSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);

function pathTest(path: string, type: NonNullable<MeshMatch['path_type']>): (path: string) => boolean {
  if (type === 'exact') return (given) => given === path;
  if (type === 'regex') {
    const pattern = patternOf(path);
    return (given) => matchesWhole(pattern, given);
  }
  const prefix = withoutSlash(path);
  return (given) => given.startsWith(prefix) && (given.length === prefix.length || given[prefix.length] === '/');
}

const pathRank = (type: NonNullable<MeshMatch['path_type']>): number => ['exact', 'regex', 'prefix'].indexOf(type);

/** Names before wildcards, long ones before short ones, every host last. */
function hostRank(hosts: readonly string[] | undefined): number {
  if (!hosts) return 1e6;
  return Math.max(...hosts.map((host) => (host === '*' ? 1e6 : host.startsWith('*.') ? 1000 - host.length : -1000)));
}

const isHost = (wanted: string, given: string): boolean =>
  wanted === '*' || wanted === given || (wanted.startsWith('*.') && given.endsWith(wanted.slice(1)));
