import { isIP } from 'node:net';
import type { ExportCluster, ExportEndpoint } from '../exports/route-set.js';
import { grouped } from '../exports/kubernetes-names.js';
import type { Resource } from './xds-codec.js';

type Json = Record<string, unknown>;

/** Who reads it: an Envoy, or a gRPC client, which refuses what it does not implement. */
export type XdsClient = 'envoy' | 'grpc';

export const TYPE = {
  cluster: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  endpoints: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  listener: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  routes: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
} as const;
const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const TLS = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
const POLICIES: Readonly<Record<ExportCluster['balancer'], string>> = {
  round_robin: 'ROUND_ROBIN',
  weighted: 'ROUND_ROBIN',
  least_conn: 'LEAST_REQUEST',
  ip_hash: 'MAGLEV',
  random: 'RANDOM',
};
const SYSTEM_CA = '/etc/ssl/certs/ca-certificates.crt';
/** Without them a small share would be no retry at all. */
const LEAST_RETRIES = 3;

/** Names are looked up by the proxy; addresses are given by a resource of their own. */
const isNamed = ({ endpoints }: ExportCluster): boolean => endpoints.some(({ host }) => isIP(bare(host)) === 0);
const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

/** A destination as Envoy's Cluster. `source` is where it asks for endpoints; inline when left out. */
export function clusterOf(
  cluster: ExportCluster,
  client: XdsClient,
  source: Json | undefined,
  budget: number | undefined,
): Resource {
  // prettier-ignore
  const named = isNamed(cluster);
  const inline = named || !source;
  const dns = client === 'grpc' ? 'LOGICAL_DNS' : 'STRICT_DNS';
  return {
    '@type': TYPE.cluster,
    name: cluster.name,
    type: inline ? (named ? dns : 'STATIC') : 'EDS',
    ...(inline ? { load_assignment: assignmentOf(cluster, client) } : { eds_cluster_config: { eds_config: source } }),
    connect_timeout: '5s',
    // A client of gRPC takes no other.
    lb_policy: client === 'grpc' ? 'ROUND_ROBIN' : POLICIES[cluster.balancer],
    ...(client === 'envoy' && envoyOnly(cluster, budget)),
  };
}

function envoyOnly({ type, scheme, breaker, endpoints, given }: ExportCluster, budget: number | undefined): Json {
  const sni = given.host ?? endpoints.find(({ host }) => isIP(bare(host)) === 0)?.host;
  return {
    ...(budget !== undefined && {
      circuit_breakers: { thresholds: [{ retry_budget: { budget_percent: { value: budget }, min_retry_concurrency: LEAST_RETRIES } }] }, // prettier-ignore
    }),
    ...(breaker && {
      outlier_detection: {
        consecutive_5xx: breaker.failure_threshold,
        interval: '1s',
        base_ejection_time: `${breaker.open_seconds}s`,
        max_ejection_percent: 100,
        enforcing_consecutive_5xx: 100,
        enforcing_success_rate: 0,
      },
    }),
    ...(type === 'grpc' && {
      typed_extension_protocol_options: {
        [HTTP_OPTIONS]: { '@type': `type.googleapis.com/${HTTP_OPTIONS}`, explicit_http_config: { http2_protocol_options: {} } }, // prettier-ignore
      },
    }),
    ...(scheme === 'https' && {
      transport_socket: {
        name: 'envoy.transport_sockets.tls',
        typed_config: {
          '@type': TLS,
          common_tls_context: {
            validation_context: { trusted_ca: { filename: SYSTEM_CA } },
            ...(type === 'grpc' && { alpn_protocols: ['h2'] }),
          },
          ...(sni !== undefined && { sni }),
        },
      },
    }),
  };
}

/** The endpoints of a cluster that has a resource of its own for them. */
export const endpointsOf = (cluster: ExportCluster, client: XdsClient): Resource[] =>
  isNamed(cluster) ? [] : [{ '@type': TYPE.endpoints, ...assignmentOf(cluster, client) }];

function assignmentOf({ name, endpoints }: ExportCluster, client: XdsClient): Json {
  const usable = endpoints.filter(({ weight }, i) => weight > 0 && isFirst(endpoints, i));
  // A name stands for one endpoint to gRPC.
  const all = client === 'grpc' && usable.some(({ host }) => isIP(bare(host)) === 0) ? usable.slice(0, 1) : usable;
  const zones = grouped(all, ({ zone }) => zone ?? '');
  return {
    cluster_name: name,
    endpoints: [...zones].map(([zone, within]) => ({
      locality: zone === '' ? {} : { zone },
      load_balancing_weight: within.reduce((sum, { weight }) => sum + weight, 0),
      lb_endpoints: within.map(lbEndpoint),
    })),
  };
}

/** An address that is there twice is refused. */
const isFirst = (endpoints: readonly ExportEndpoint[], i: number): boolean =>
  endpoints.findIndex(({ host, port }) => host === endpoints[i].host && port === endpoints[i].port) === i;

const lbEndpoint = ({ host, port, weight }: ExportEndpoint): Json => ({
  endpoint: { address: { socket_address: { address: bare(host), port_value: port } } },
  load_balancing_weight: weight,
});
