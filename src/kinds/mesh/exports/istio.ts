import type { ExportCluster, ExportRoute, ExportRule, ExportTarget, ExportTest, RouteSet } from './route-set.js';
import { MANAGED_BY, clusterService, duration, grouped, hostOf, portOf } from './kubernetes-names.js';
import type { Naming } from './kubernetes-names.js';
import { Notes } from './notes.js';
import { headerName, headerPattern, isEveryPath, literal, pathPattern, withoutSlash } from './patterns.js';
import { dnsName, uniqueNames } from './unique-names.js';

type Json = Record<string, unknown>;
export interface Manifest extends Json {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace: string; labels: Record<string, string> };
  spec: Json;
}

export interface IstioOptions extends Naming {
  /** The gateway that takes the requests; the sidecars when left out. */
  gateway?: string;
}

const API = 'networking.istio.io/v1';
const BALANCERS: Readonly<Record<ExportCluster['balancer'], Json>> = {
  round_robin: { simple: 'ROUND_ROBIN' },
  weighted: { simple: 'ROUND_ROBIN' },
  least_conn: { simple: 'LEAST_REQUEST' },
  ip_hash: { consistentHash: { useSourceIp: true } },
  random: { simple: 'RANDOM' },
};
const RETRY_WORDS: Readonly<Record<string, string>> = {
  reset: 'reset',
  connect_failure: 'connect-failure',
  timeout: 'gateway-error',
  '5xx': '5xx',
};

/** VirtualServices, DestinationRules and ServiceEntries of Istio. */
export function istioManifests(set: RouteSet, options: IstioOptions): { manifests: Manifest[]; notes: string[] } {
  const notes = new Notes();
  const byHosts = new Map<string, ExportRoute[]>();
  for (const route of set.routes) {
    const hosts = hostsOf(route, options, notes);
    if (hosts.length === 0) continue;
    // Istio takes one VirtualService for a host: routes that share theirs share it, in their order.
    const key = JSON.stringify([route.type === 'tcp' ? 'tcp' : 'http', hosts]);
    byHosts.set(key, [...(byHosts.get(key) ?? []), route]);
  }
  const clusters = [...byHosts.values()]
    .flat()
    .flatMap((route) => route.clusters.map((cluster) => ({ cluster, route })));
  const manifests = [
    ...[...byHosts].map(([key, routes]) => virtualService((JSON.parse(key) as [string, string[]])[1], routes, options, notes)),
    ...destinationRules(clusters, options, notes),
    ...serviceEntries(clusters.map(({ cluster }) => cluster), options),
  ]; // prettier-ignore
  return { manifests, notes: notes.list };
}

const manifest = (kind: string, name: string, { namespace }: Naming, spec: Json): Manifest => ({
  apiVersion: API,
  kind,
  metadata: { name, namespace, labels: { ...MANAGED_BY } },
  spec,
});

function hostsOf(route: ExportRoute, options: IstioOptions, notes: Notes): string[] {
  if (route.hosts.length > 0) return [...route.hosts];
  if (options.gateway !== undefined) return ['*'];
  // Sidecars know no `*`: who calls a destination by its own name is routed.
  notes.add(route.key, 'no host: it takes requests for its destinations only');
  return [...new Set(route.clusters.map((cluster) => hostOf(cluster, options)))];
}

function virtualService(
  hosts: string[],
  routes: readonly ExportRoute[],
  options: IstioOptions,
  notes: Notes,
): Manifest {
  const [{ type, name }] = routes;
  const spec = type === 'tcp' ? { tcp: routes.flatMap((one) => tcpRoutes(one, options)) } : { http: routes.flatMap((one) => httpRoutes(one, options, notes)) }; // prettier-ignore
  const gateways = options.gateway === undefined ? {} : { gateways: [options.gateway] };
  return manifest('VirtualService', name, options, { hosts, ...gateways, ...spec });
}

function tcpRoutes(route: ExportRoute, options: IstioOptions): Json[] {
  return route.rules
    .filter(({ when }) => !when)
    .map(({ targets }) => ({
      match: [{ port: portOf(route.clusters[0]) }],
      route: weighted(targets, options),
    }));
}

function httpRoutes(route: ExportRoute, options: IstioOptions, notes: Notes): Json[] {
  if (route.limited) notes.add(route.key, 'rate_limit');
  if (route.sticky) notes.add(route.key, 'traffic_split.sticky');
  return route.rules.map((rule, i) => ({
    name: `${route.name}-${i}`,
    ...matchesOf(route, rule),
    ...rewriteOf(route),
    route: weighted(rule.targets, options),
    ...(route.timeoutMs > 0 && { timeout: duration(route.timeoutMs) }),
    retries: retriesOf(route),
    ...(route.mirror && {
      mirror: destination(route.mirror.cluster, options),
      mirrorPercentage: { value: route.mirror.percentage },
    }),
  }));
}

/** One condition for each form of the path; none when everything is taken. */
function matchesOf(route: ExportRoute, { when }: ExportRule): { match?: Json[] } {
  const { path, methods } = route;
  const tests = [...route.headers, ...(when ? [when] : [])];
  const common: Json = {
    ...(methods.length > 0 && { method: methods.length === 1 ? { exact: methods[0] } : { regex: methods.map(literal).join('|') } }), // prettier-ignore
    ...(tests.length > 0 && { headers: headersOf(tests) }),
  };
  if (isEveryPath(path)) return Object.keys(common).length > 0 ? { match: [common] } : {};
  if (path.type !== 'prefix') return { match: [{ uri: { [path.type]: path.value }, ...common }] };
  // A prefix is one of texts there, not of whole segments.
  const prefix = withoutSlash(path.value);
  return {
    match: [
      { uri: { exact: prefix }, ...common },
      { uri: { prefix: `${prefix}/` }, ...common },
    ],
  };
}

function headersOf(tests: readonly ExportTest[]): Json {
  const headers: Record<string, Json> = {};
  for (const test of tests) {
    const plain = test.on === 'header' && (test.match === 'exact' || test.match === 'prefix');
    headers[headerName(test)] = plain ? { [test.match]: test.value } : { regex: headerPattern(test) };
  }
  return headers;
}

function rewriteOf({ rewrite, path }: ExportRoute): Json {
  if (!rewrite) return {};
  const set = rewrite.set_headers ?? {};
  const request = {
    ...(Object.keys(set).length > 0 && { set }),
    ...(rewrite.remove_headers?.length && { remove: rewrite.remove_headers }),
  };
  const uri = rewrite.path == null ? {} : { uriRegexRewrite: uriRewrite(rewrite.path, path) };
  return {
    ...((rewrite.path != null || rewrite.host != null) && {
      rewrite: { ...uri, ...(rewrite.host != null && { authority: rewrite.host }) },
    }),
    ...(Object.keys(request).length > 0 && { headers: { request } }),
  };
}

function uriRewrite(to: string, path: ExportRoute['path']): Json {
  if (path.type !== 'prefix') return { match: `^${pathPattern(path)}$`, rewrite: to };
  const [from, target] = [withoutSlash(path.value), withoutSlash(to)];
  return target === '' ? { match: `^${literal(from)}/?(.*)$`, rewrite: '/\\1' } : { match: `^${literal(from)}(/.*)?$`, rewrite: `${target}\\1` };
} // prettier-ignore

const weighted = (targets: readonly ExportTarget[], options: Naming): Json[] =>
  targets.map(({ cluster, weight }) => ({
    destination: destination(cluster, options),
    ...(targets.length > 1 && { weight }),
  }));

const destination = (cluster: ExportCluster, options: Naming): Json => ({
  host: hostOf(cluster, options),
  ...(cluster.given.subset != null && { subset: dnsName(cluster.given.subset) }),
  port: { number: portOf(cluster) },
});

function retriesOf({ retry }: ExportRoute): Json {
  // Left out, Istio tries twice more.
  if (retry.attempts === 0) return { attempts: 0 };
  const on = [...retry.on].map((one) => (typeof one === 'number' ? String(one) : RETRY_WORDS[one]));
  return {
    attempts: retry.attempts,
    ...(retry.perTryTimeoutMs !== undefined && { perTryTimeout: duration(retry.perTryTimeoutMs) }),
    retryOn: [...new Set(on)].join(','),
    backoff: duration(Math.max(1, retry.baseMs)),
  };
}

type Used = { cluster: ExportCluster; route: ExportRoute };

/** Balancer and breaker are a host's there, not a route's: the first route with a breaker says, else the first. */
function destinationRules(used: readonly Used[], options: IstioOptions, notes: Notes): Manifest[] {
  const byHost = grouped(used, ({ cluster }) => hostOf(cluster, options));
  const nameOf = uniqueNames();
  return [...byHost].map(([host, all]) => {
    const first = all.find(({ cluster }) => cluster.breaker) ?? all[0];
    for (const { cluster, route } of all)
      if (policyText(cluster) !== policyText(first.cluster)) notes.add(route.key, `balancer and breaker of ${host}, which ${first.route.key} says`); // prettier-ignore
    const subsets = [...new Set(all.flatMap(({ cluster }) => cluster.given.subset ?? []))];
    return manifest('DestinationRule', nameOf(host), options, {
      host,
      trafficPolicy: policyOf(first.cluster),
      ...(subsets.length > 0 && { subsets: subsets.map((subset) => ({ name: dnsName(subset), labels: { version: subset } })) }), // prettier-ignore
    });
  });
}

const policyText = (cluster: ExportCluster): string => JSON.stringify(policyOf(cluster));

function policyOf({ balancer, breaker, scheme }: ExportCluster): Json {
  return {
    loadBalancer: BALANCERS[balancer],
    ...(breaker && {
      outlierDetection: {
        consecutive5xxErrors: breaker.failure_threshold,
        interval: '1s',
        baseEjectionTime: duration(breaker.open_seconds * 1000),
        maxEjectionPercent: 100,
      },
    }),
    ...(scheme === 'https' && { tls: { mode: 'SIMPLE' } }),
  };
}

/** What is no Service of the cluster is made known to it: services with their instances, outside hosts by DNS. */
export function serviceEntries(clusters: readonly ExportCluster[], options: Naming): Manifest[] {
  const nameOf = uniqueNames();
  const outside = clusters.filter(({ given }) => given.host == null || !clusterService(given.host));
  return [...grouped(outside, (cluster) => hostOf(cluster, options))].map(([host, all]) => {
    const [{ given, type, scheme }] = all;
    const protocol = type === 'grpc' ? 'GRPC' : type === 'tcp' ? 'TCP' : scheme === 'https' ? 'HTTPS' : 'HTTP';
    const ports = [...new Set(all.map(portOf))].map((number) => ({ number, name: `${protocol.toLowerCase()}-${number}`, protocol })); // prettier-ignore
    const spec =
      given.host == null
        ? { hosts: [host], location: 'MESH_INTERNAL', resolution: 'STATIC', ports, endpoints: endpointsOf(all) }
        : { hosts: [host], location: 'MESH_EXTERNAL', resolution: 'DNS', ports };
    return manifest('ServiceEntry', nameOf(host), options, spec);
  });
}

function endpointsOf(clusters: readonly ExportCluster[]): Json[] {
  const found = new Map<string, Json>();
  for (const cluster of clusters)
    for (const { host, port, weight, zone, version } of cluster.endpoints) {
      const label = cluster.given.subset ?? version;
      found.set(`${host}:${port}`, {
        address: host,
        ports: { [portName(cluster)]: port },
        ...(label != null && { labels: { version: label } }),
        ...(zone !== null && { locality: zone }),
        ...(weight > 0 && { weight }),
      });
    }
  return [...found.values()];
}

const portName = (cluster: ExportCluster): string => {
  const protocol = cluster.type === 'grpc' ? 'grpc' : cluster.type === 'tcp' ? 'tcp' : cluster.scheme;
  return `${protocol}-${portOf(cluster)}`;
};
