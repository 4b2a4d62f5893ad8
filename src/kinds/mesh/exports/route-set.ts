import type { ReachableService, ServiceEndpoint } from '../../../entries/service-directory.js';
import type { LoadBalancer, MeshDestination, MeshHeaderMatch } from '../definition/route-match.dto.js';
import type { MeshRewrite } from '../definition/route-policy.dto.js';
import type { RouteType } from '../mesh-route.kind.js';
import type { MeshSettings } from '../settings/mesh-settings.js';
import type { BreakerSettings, CompiledDestination, CompiledRoute, RetrySettings } from '../table/compiled-route.js';
import type { Branch } from '../table/split-plan.js';
import { uniqueNames } from './unique-names.js';

/** An address that requests go to. */
export interface ExportEndpoint {
  host: string;
  port: number;
  weight: number;
  zone: string | null;
  version: string | null;
}

/** A destination of a route with where it is now. */
export interface ExportCluster {
  /** Lower-case letters, digits and hyphens; of no other cluster. */
  name: string;
  given: MeshDestination;
  /** The service it is, where the catalog has it. */
  service: ReachableService | undefined;
  /** Of the instances; of a host its own. */
  endpoints: readonly ExportEndpoint[];
  balancer: LoadBalancer;
  type: RouteType;
  scheme: 'http' | 'https';
  breaker: BreakerSettings | undefined;
}

export interface ExportTarget {
  cluster: ExportCluster;
  /** Relative to the others of its rule; at least 1, as whole numbers that are as small as they can be. */
  weight: number;
}

/** What a header or cookie must hold: how a rule or a match is told to proxies. */
export interface ExportTest {
  on: 'header' | 'cookie';
  name: string;
  match: 'exact' | 'prefix' | 'regex' | 'present';
  value: string;
}

/** Tried in order; the last one has no `when`, unless nothing is left for those no rule takes. */
export interface ExportRule {
  when?: ExportTest;
  targets: readonly ExportTarget[];
}

export interface ExportRoute {
  name: string;
  key: string;
  type: RouteType;
  /** Empty for all. */
  hosts: readonly string[];
  path: { type: 'prefix' | 'exact' | 'regex'; value: string };
  methods: readonly string[];
  headers: readonly ExportTest[];
  rules: readonly ExportRule[];
  clusters: readonly ExportCluster[];
  /** 0 for none. */
  timeoutMs: number;
  retry: RetrySettings;
  rewrite: MeshRewrite | undefined;
  mirror: { cluster: ExportCluster; percentage: number } | undefined;
  sticky: { cookie: string; ttlSeconds: number | undefined } | undefined;
  limited: boolean;
}

/** All that proxies are told, in the order in which routes are tried. */
export interface RouteSet {
  version: number;
  routes: readonly ExportRoute[];
}

/** What a route set is made of. */
export interface RouteSources {
  version: number;
  routes: readonly CompiledRoute[];
  settings: MeshSettings;
  service: (idOrKey: string) => ReachableService | undefined;
  balancerOf: (serviceUid: string) => LoadBalancer | undefined;
}

/** What is active and has somewhere to go. */
export function routeSetOf(sources: RouteSources): RouteSet {
  const active = sources.routes.filter(({ row, destinations }) => row.status === 'active' && destinations.length > 0);
  const nameOf = uniqueNames();
  return { version: sources.version, routes: active.map((route) => exported(route, sources, nameOf)) };
}

function exported(route: CompiledRoute, sources: RouteSources, nameOf: (text: string) => string): ExportRoute {
  const { row, type, split, timeoutMs, retry } = route;
  const { match, mirror, rewrite, rate_limit } = row.spec;
  const name = nameOf(row.version === '' ? row.name : `${row.name}-${row.version}`);
  const clusters = new Map(
    route.destinations.map((one) => [one, clusterOf(one, route, sources, nameOf(`${name}-${one.name}`))]),
  );
  const mirrored = mirror && route.destinations.find((one) => one.name === mirror.destination);
  return {
    name,
    key: row.key,
    type,
    hosts: (match?.hosts ?? []).includes('*') ? [] : (match?.hosts ?? []).map((host) => host.toLowerCase()),
    path: { type: match?.path_type ?? 'prefix', value: match?.path ?? '/' },
    methods: (match?.methods ?? []).map((method) => method.toUpperCase()),
    headers: (match?.headers ?? []).map((header) => testOf('header', header.name, header)),
    rules: rulesOf(route, clusters),
    clusters: [...clusters.values()],
    timeoutMs,
    retry,
    rewrite: rewrite ?? undefined,
    mirror: mirrored ? { cluster: clusters.get(mirrored)!, percentage: mirror?.percentage ?? 100 } : undefined,
    sticky: split.sticky,
    limited: rate_limit != null,
  };
}

function clusterOf(
  { given, address, scheme }: CompiledDestination,
  route: CompiledRoute,
  { service: find, balancerOf, settings }: RouteSources,
  name: string,
): ExportCluster {
  const service = given.service == null ? undefined : find(given.service);
  const own = service && balancerOf(service.uid);
  const only = address && { ...address, weight: 1, zone: null, version: null };
  return {
    name,
    given,
    service,
    endpoints: only
      ? [only]
      : (service?.endpoints ?? []).filter((one) => isOf(one, given)).map((one) => placeOf(one, given)),
    balancer: route.loadBalancer ?? own ?? settings.loadBalancer,
    type: route.type,
    scheme,
    breaker: route.breaker,
  };
}

const isOf = ({ tags, metadata }: ServiceEndpoint, { subset }: MeshDestination): boolean =>
  subset == null || tags.includes(subset) || metadata.version === subset || metadata.subset === subset;

const placeOf = ({ host, port, weight, zone, metadata }: ServiceEndpoint, given: MeshDestination): ExportEndpoint => ({
  host,
  port: given.port ?? port,
  weight,
  zone,
  version: typeof metadata.version === 'string' ? metadata.version : null,
});

function rulesOf(
  { row, split, destinations }: CompiledRoute,
  clusters: ReadonlyMap<CompiledDestination, ExportCluster>,
): ExportRule[] {
  const given = row.spec.traffic_split;
  const targets = (shares: readonly { branch: Branch; share: number }[]): ExportTarget[] =>
    whole(shares.flatMap(({ branch, share }) => shareOut(branch, share, clusters)));
  const exact =
    given && given.type !== 'percentage'
      ? given.rules.map((rule): ExportRule => {
          const branch = {
            name: rule.destination,
            destinations: destinations.filter(({ name }) => name === rule.destination),
          };
          return {
            when: testOf(given.type as ExportTest['on'], rule.name!, rule),
            targets: targets([{ branch, share: 1 }]),
          };
        })
      : [];
  const rest = targets(split.shares);
  return rest.length > 0 ? [...exact, { targets: rest }] : exact;
}

/** Within a branch weights decide; of several that have none each gets as much. */
function shareOut(
  { destinations }: Branch,
  share: number,
  clusters: ReadonlyMap<CompiledDestination, ExportCluster>,
): { cluster: ExportCluster; share: number }[] {
  const total = destinations.reduce((sum, { weight }) => sum + weight, 0);
  return destinations.map((one) => ({
    cluster: clusters.get(one)!,
    share: share * (total === 0 ? 1 / destinations.length : one.weight / total),
  }));
}

const PARTS = 10_000;

/** Shares of 1 as whole numbers: hundredths of a percent, reduced. */
function whole(shares: readonly { cluster: ExportCluster; share: number }[]): ExportTarget[] {
  const parts = shares.filter(({ share }) => share > 0).map(({ cluster, share }) => ({ cluster, weight: Math.max(1, Math.round(share * PARTS)) })); // prettier-ignore
  const factor = parts.reduce((common, { weight }) => divisor(common, weight), 0) || 1;
  return parts.map(({ cluster, weight }) => ({ cluster, weight: weight / factor }));
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

function testOf(
  on: ExportTest['on'],
  name: string,
  { match, value }: Pick<MeshHeaderMatch, 'match' | 'value'>,
): ExportTest {
  return {
    on,
    name: on === 'header' ? name.toLowerCase() : name,
    match: match ?? (value == null ? 'present' : 'exact'),
    value: value ?? '',
  };
}
