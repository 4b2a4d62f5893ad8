import type { ExportCluster, ExportRoute, ExportTest, RouteSet } from './route-set.js';
import type { Manifest } from './istio.js';
import { MANAGED_BY, clusterService, duration, portOf, serviceName } from './kubernetes-names.js';
import { Notes } from './notes.js';
import { headerName, headerPattern, isEveryPath, withoutSlash } from './patterns.js';

type Json = Record<string, unknown>;

export interface GatewayApiOptions {
  namespace: string;
  /** Name of the Gateway the routes belong to. */
  gateway: string;
  /** `retry` and TCPRoute are experimental before 1.7. */
  channel: 'standard' | 'experimental';
}

const MOST_MATCHES = 64;
const MOST_RULES = 16;

/** HTTPRoutes of the Kubernetes Gateway API; of tcp routes TCPRoutes in the experimental channel. */
export function gatewayApiManifests(
  set: RouteSet,
  options: GatewayApiOptions,
): { manifests: Manifest[]; notes: string[] } {
  // prettier-ignore
  const notes = new Notes();
  const manifests = set.routes.flatMap((route) =>
    route.type === 'tcp' ? tcpRoute(route, options, notes) : [httpRoute(route, options, notes)],
  );
  return { manifests, notes: notes.list };
}

const metadata = (name: string, { namespace }: GatewayApiOptions): Manifest['metadata'] => ({ name, namespace, labels: { ...MANAGED_BY } }); // prettier-ignore

function tcpRoute(route: ExportRoute, options: GatewayApiOptions, notes: Notes): Manifest[] {
  const rule = route.rules.find(({ when }) => !when);
  if (options.channel === 'standard' || !rule) {
    notes.add(route.key, 'left out: TCPRoute is in the experimental channel');
    return [];
  }
  const spec = { parentRefs: [{ name: options.gateway }], rules: [{ backendRefs: rule.targets.map(({ cluster, weight }) => ({ ...backend(cluster), weight })) }] }; // prettier-ignore
  return [{ apiVersion: 'gateway.networking.k8s.io/v1alpha2', kind: 'TCPRoute', metadata: metadata(route.name, options), spec }]; // prettier-ignore
}

function httpRoute(route: ExportRoute, options: GatewayApiOptions, notes: Notes): Manifest {
  if (route.limited) notes.add(route.key, 'rate_limit');
  if (route.sticky) notes.add(route.key, 'traffic_split.sticky');
  if (route.clusters.some(({ breaker }) => breaker)) notes.add(route.key, 'circuit_breaker');
  if (route.rules.length > MOST_RULES) notes.add(route.key, `rules beyond ${MOST_RULES}`);
  const rules = route.rules.slice(0, MOST_RULES).map((rule) => ({
    ...matchesOf(route, [...route.headers, ...(rule.when ? [rule.when] : [])], notes),
    ...filtersOf(route),
    ...timeoutsOf(route),
    ...(options.channel === 'experimental' && route.retry.attempts > 0 && { retry: retryOf(route) }),
    backendRefs: rule.targets.map(({ cluster, weight }) => ({ ...backend(cluster), weight })),
  }));
  if (options.channel === 'standard' && route.retry.attempts > 0) notes.add(route.key, 'retry: only in channel=experimental'); // prettier-ignore
  const spec = {
    parentRefs: [{ name: options.gateway }],
    ...(route.hosts.length > 0 && { hostnames: route.hosts }),
    rules,
  };
  return { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata: metadata(route.name, options), spec }; // prettier-ignore
}

function matchesOf(
  { path, methods, key }: ExportRoute,
  tests: readonly ExportTest[],
  notes: Notes,
): { matches?: Json[] } {
  const names = tests.map(headerName);
  if (new Set(names).size < names.length) notes.add(key, 'two conditions on one header: the first counts');
  const type = { prefix: 'PathPrefix', exact: 'Exact', regex: 'RegularExpression' }[path.type];
  const common = {
    ...(!isEveryPath(path) && {
      path: { type, value: path.type === 'prefix' ? withoutSlash(path.value) : path.value },
    }),
    ...(tests.length > 0 && { headers: tests.map(headerMatch) }),
  };
  if (methods.length > 0) return { matches: methods.slice(0, MOST_MATCHES).map((method) => ({ ...common, method })) };
  return Object.keys(common).length > 0 ? { matches: [common] } : {};
}

const headerMatch = (test: ExportTest): Json =>
  test.on === 'header' && test.match === 'exact'
    ? { type: 'Exact', name: test.name, value: test.value }
    : { type: 'RegularExpression', name: headerName(test), value: headerPattern(test) };

function filtersOf({ rewrite, path, mirror }: ExportRoute): { filters?: Json[] } {
  const filters: Json[] = [];
  const set = Object.entries(rewrite?.set_headers ?? {}).map(([name, value]) => ({ name, value: String(value) }));
  const remove = rewrite?.remove_headers ?? [];
  if (set.length > 0 || remove.length > 0)
    filters.push({
      type: 'RequestHeaderModifier',
      requestHeaderModifier: { ...(set.length > 0 && { set }), ...(remove.length > 0 && { remove }) },
    });
  if (rewrite && (rewrite.path != null || rewrite.host != null)) {
    const change = path.type === 'prefix' ? { type: 'ReplacePrefixMatch', replacePrefixMatch: rewrite.path } : { type: 'ReplaceFullPath', replaceFullPath: rewrite.path }; // prettier-ignore
    filters.push({
      type: 'URLRewrite',
      urlRewrite: { ...(rewrite.host != null && { hostname: rewrite.host }), ...(rewrite.path != null && { path: change }) }, // prettier-ignore
    });
  }
  if (mirror)
    filters.push({
      type: 'RequestMirror',
      requestMirror: { backendRef: backend(mirror.cluster), ...(mirror.percentage < 100 && { percent: Math.round(mirror.percentage) }) }, // prettier-ignore
    });
  return filters.length > 0 ? { filters } : {};
}

function timeoutsOf({ timeoutMs, retry }: ExportRoute): { timeouts?: Json } {
  if (timeoutMs === 0 && retry.perTryTimeoutMs === undefined) return {};
  const tries = retry.perTryTimeoutMs === undefined ? {} : { backendRequest: duration(timeoutMs === 0 ? retry.perTryTimeoutMs : Math.min(retry.perTryTimeoutMs, timeoutMs)) }; // prettier-ignore
  return { timeouts: { ...(timeoutMs > 0 && { request: duration(timeoutMs) }), ...tries } };
}

function retryOf({ retry }: ExportRoute): Json {
  const codes = [...retry.on].flatMap((one) => (typeof one === 'number' ? [one] : one === '5xx' ? [500, 502, 503, 504] : [])); // prettier-ignore
  return {
    attempts: retry.attempts,
    backoff: duration(Math.max(1, retry.baseMs)),
    ...(codes.length > 0 && { codes: [...new Set(codes)] }),
  };
}

/** A Service of the cluster: the host's own, or of a service of the catalog the one of its name. */
function backend(cluster: ExportCluster): Json {
  const { host } = cluster.given;
  const port = portOf(cluster);
  if (host == null) return { name: serviceName(cluster), port };
  const there = clusterService(host);
  return there ? { ...there, port } : { group: 'networking.istio.io', kind: 'Hostname', name: host, port };
}
