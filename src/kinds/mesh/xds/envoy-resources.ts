import type { ExportRoute, RouteSet } from '../exports/route-set.js';
import { tcpPort } from '../exports/haproxy.js';
import type { Bind } from '../exports/haproxy.js';
import { Notes } from '../exports/notes.js';
import { TYPE, clusterOf, endpointsOf } from './envoy-clusters.js';
import type { XdsClient } from './envoy-clusters.js';
import { envoyRoutes } from './envoy-routes.js';
import type { Resource } from './xds-codec.js';

type Json = Record<string, unknown>;

/** Everything a client may ask for, by the four types. */
export interface XdsResources {
  clusters: readonly Resource[];
  endpoints: readonly Resource[];
  listeners: readonly Resource[];
  routes: readonly Resource[];
}

const HCM = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const ROUTER = 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router';
const TCP_PROXY = 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy';
const ROUTES = 'mesh';

/** Where the resources say that others are to be asked for: over the same stream, or of the cluster `ureg` by REST. */
export const ADS_SOURCE: Json = { resource_api_version: 'V3', ads: {} };
export const REST_SOURCE: Json = {
  resource_api_version: 'V3',
  api_config_source: {
    api_type: 'REST',
    transport_api_version: 'V3',
    cluster_names: ['ureg'],
    refresh_delay: '5s',
    request_timeout: '3s',
  },
};

/** For an Envoy: one listener for HTTP with all routes, one for each tcp route. Without `source` all stands in one place. */
export function envoyResources(set: RouteSet, bind: Bind, source?: Json): XdsResources & { notes: string[] } {
  const notes = new Notes();
  const http = set.routes.filter(({ type }) => type !== 'tcp');
  const tcp = set.routes.filter(({ type }) => type === 'tcp');
  for (const { key, limited, sticky } of set.routes) {
    if (limited) notes.add(key, 'rate_limit');
    if (sticky) notes.add(key, 'traffic_split.sticky');
  }
  const routes: Resource = { '@type': TYPE.routes, name: ROUTES, virtual_hosts: virtualHosts(http, 'envoy') };
  const specifier = source
    ? { rds: { config_source: source, route_config_name: ROUTES } }
    : { route_config: bareOf(routes) };
  const upgrades = http.some(({ type }) => type === 'websocket')
    ? { upgrade_configs: [{ upgrade_type: 'websocket' }] }
    : {};
  const manager = { ...managerOf(specifier), strip_any_host_port: true, ...upgrades };
  return {
    clusters: clustersOf(set, 'envoy', source),
    endpoints: source ? set.routes.flatMap(({ clusters }) => clusters.flatMap((one) => endpointsOf(one, 'envoy'))) : [],
    routes: [routes],
    listeners: [
      listenerOf('mesh', bind, [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }]),
      ...tcp.flatMap((route) => tcpListener(route, bind, notes)),
    ],
    notes: notes.list,
  };
}

/** Where its type is known. */
const bareOf = ({ '@type': _type, ...fields }: Resource): Json => fields;

const clustersOf = (set: RouteSet, client: XdsClient, source: Json | undefined): Resource[] =>
  set.routes.flatMap(({ clusters, retry }) =>
    clusters.map((one) => clusterOf(one, client, source, retry.attempts > 0 ? retry.budgetPercent : undefined)),
  );

const managerOf = (specifier: Json): Resource => ({
  '@type': HCM,
  stat_prefix: 'mesh',
  ...specifier,
  http_filters: [{ name: 'envoy.filters.http.router', typed_config: { '@type': ROUTER } }],
});

const listenerOf = (name: string, { address, port }: Bind, filters: Json[]): Resource => ({
  '@type': TYPE.listener,
  name,
  address: { socket_address: { address, port_value: port } },
  filter_chains: [{ filters }],
});

function tcpListener(route: ExportRoute, { address }: Bind, notes: Notes): Resource[] {
  const port = tcpPort(route);
  const rule = route.rules.find(({ when }) => !when);
  if (port === undefined || !rule) {
    notes.add(route.key, 'left out: no port is known for it');
    return [];
  }
  const clusters = rule.targets.map(({ cluster, weight }) => ({ name: cluster.name, weight }));
  const to = clusters.length === 1 ? { cluster: clusters[0].name } : { weighted_clusters: { clusters } };
  const proxy = { '@type': TCP_PROXY, stat_prefix: route.name, ...to };
  return [
    listenerOf(route.name, { address, port }, [{ name: 'envoy.filters.network.tcp_proxy', typed_config: proxy }]),
  ];
}

/**
 * A proxy looks into one virtual host only: each has every route that takes its host, in the order in which they are tried,
 * those for all hosts included.
 */
function virtualHosts(routes: readonly ExportRoute[], client: XdsClient): Json[] {
  const domains = [...new Set(routes.flatMap(({ hosts }) => hosts))].toSorted();
  return [...domains, '*'].map((domain) => ({
    name: domain,
    domains: [domain],
    routes: routes.filter(({ hosts }) => takes(hosts, domain)).flatMap((route) => envoyRoutes(route, client)),
  }));
}

const takes = (hosts: readonly string[], domain: string): boolean =>
  hosts.length === 0 ||
  hosts.some((host) => host === domain || (host.startsWith('*.') && domain !== '*' && domain.endsWith(host.slice(1))));

/**
 * For a client of gRPC, that asks by names: of a host its routes, else the route of that name. What it does not ask for it
 * does not get.
 */
export function grpcResources(set: RouteSet, asked: ReadonlySet<string>): XdsResources {
  const usable = set.routes.filter(({ type, methods }) => type !== 'tcp' && (methods.length === 0 || methods.includes('POST'))); // prettier-ignore
  const configs = [...asked].flatMap((name) => {
    const routes = routesFor(usable, name);
    return routes.length === 0 ? [] : [{ name, routes }];
  });
  const used = new Set(configs.flatMap(({ routes }) => routes));
  const wanted: RouteSet = { version: set.version, routes: usable.filter((route) => used.has(route)) };
  return {
    clusters: clustersOf(wanted, 'grpc', ADS_SOURCE),
    endpoints: wanted.routes.flatMap(({ clusters }) => clusters.flatMap((one) => endpointsOf(one, 'grpc'))),
    listeners: configs.map(({ name }) => ({
      '@type': TYPE.listener,
      name,
      api_listener: { api_listener: managerOf({ rds: { config_source: ADS_SOURCE, route_config_name: name } }) },
    })),
    routes: configs.map(({ name, routes }) => ({
      '@type': TYPE.routes,
      name,
      virtual_hosts: [{ name, domains: ['*'], routes: routes.flatMap((route) => envoyRoutes(route, 'grpc')) }],
    })),
  };
}

function routesFor(routes: readonly ExportRoute[], asked: string): ExportRoute[] {
  const host = asked.toLowerCase().replace(/:\d+$/, '');
  if (routes.some(({ hosts }) => hosts.length > 0 && takes(hosts, host))) return routes.filter(({ hosts }) => takes(hosts, host)); // prettier-ignore
  return routes.filter(({ name, key }) => name === host || key === host);
}
