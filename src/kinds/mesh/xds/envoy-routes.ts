import { headerName, headerPattern, isEveryPath, literal, pathPattern, withoutSlash } from '../exports/patterns.js';
import type { ExportRoute, ExportRule, ExportTest } from '../exports/route-set.js';
import type { XdsClient } from './envoy-clusters.js';

type Json = Record<string, unknown>;

const RETRY_WORDS: Readonly<Record<string, string>> = {
  reset: 'reset',
  connect_failure: 'connect-failure',
  timeout: 'gateway-error',
  '5xx': '5xx',
};
const GRPC_RETRIES = 'cancelled,deadline-exceeded,resource-exhausted,unavailable';

/** A route as Envoy's, one for each of its rules, in order. */
export const envoyRoutes = (route: ExportRoute, client: XdsClient): Json[] =>
  route.rules.map((rule, i) => ({
    name: `${route.name}-${i}`,
    match: matchOf(route, rule, client),
    route: actionOf(route, rule, client),
    ...(client === 'envoy' && headerChanges(route)),
  }));

function matchOf({ path, methods, headers }: ExportRoute, { when }: ExportRule, client: XdsClient): Json {
  const tests = [...headers, ...(when ? [when] : [])].map(headerMatch);
  // A call of gRPC is a POST always.
  const method = client === 'grpc' || methods.length === 0 ? [] : [{ name: ':method', string_match: oneOf(methods) }];
  return { ...pathMatch(path, client), ...(tests.length + method.length > 0 && { headers: [...method, ...tests] }) };
}

const oneOf = (texts: readonly string[]): Json =>
  texts.length === 1 ? { exact: texts[0] } : { safe_regex: { regex: texts.map(literal).join('|') } };

function pathMatch(path: ExportRoute['path'], client: XdsClient): Json {
  if (isEveryPath(path)) return { prefix: '/' };
  if (path.type === 'exact') return { path: path.value };
  if (path.type === 'prefix' && client === 'envoy') return { path_separated_prefix: withoutSlash(path.value) };
  return { safe_regex: { regex: pathPattern(path) } };
}

function headerMatch(test: ExportTest): Json {
  const name = headerName(test);
  if (test.on === 'header' && test.match === 'present') return { name, present_match: true };
  if (test.on === 'header' && (test.match === 'exact' || (test.match === 'prefix' && test.value !== '')))
    return { name, string_match: { [test.match]: test.value } };
  return { name, string_match: { safe_regex: { regex: headerPattern(test) } } };
}

function actionOf(route: ExportRoute, { targets }: ExportRule, client: XdsClient): Json {
  const { timeoutMs, type, mirror, clusters } = route;
  const to =
    targets.length === 1
      ? { cluster: targets[0].cluster.name }
      : { weighted_clusters: { clusters: targets.map(({ cluster, weight }) => ({ name: cluster.name, weight })) } };
  if (client === 'grpc')
    return {
      ...to,
      ...(timeoutMs > 0 && { max_stream_duration: { max_stream_duration: seconds(timeoutMs) } }),
      ...retryOf(route, client),
    };
  return {
    ...to,
    // What stays open has no end to wait for.
    timeout: type === 'websocket' ? '0s' : seconds(timeoutMs),
    ...retryOf(route, client),
    ...rewriteOf(route),
    ...(mirror && {
      request_mirror_policies: [
        {
          cluster: mirror.cluster.name,
          runtime_fraction: { default_value: { numerator: Math.round(mirror.percentage * 100), denominator: 'TEN_THOUSAND' } }, // prettier-ignore
        },
      ],
    }),
    ...(clusters.some(({ balancer }) => balancer === 'ip_hash') && {
      hash_policy: [{ connection_properties: { source_ip: true } }],
    }),
  };
}

function retryOf({ retry }: ExportRoute, client: XdsClient): Json {
  if (retry.attempts === 0) return {};
  const backOff = {
    base_interval: seconds(Math.max(1, retry.baseMs)),
    max_interval: seconds(Math.max(1, retry.maxMs)),
  };
  if (client === 'grpc') return { retry_policy: { retry_on: GRPC_RETRIES, num_retries: retry.attempts, retry_back_off: backOff } }; // prettier-ignore
  const statuses = [...retry.on].filter((one) => typeof one === 'number');
  const on = [...retry.on].flatMap((one) => (typeof one === 'string' ? [RETRY_WORDS[one]] : []));
  return {
    retry_policy: {
      retry_on: [...new Set(statuses.length > 0 ? [...on, 'retriable-status-codes'] : on)].join(','),
      num_retries: retry.attempts,
      ...(retry.perTryTimeoutMs !== undefined && { per_try_timeout: seconds(retry.perTryTimeoutMs) }),
      ...(statuses.length > 0 && { retriable_status_codes: statuses }),
      retry_back_off: backOff,
    },
  };
}

function rewriteOf({ rewrite, path }: ExportRoute): Json {
  if (!rewrite) return {};
  const host = rewrite.host == null ? {} : { host_rewrite_literal: rewrite.host };
  if (rewrite.path == null) return host;
  const to = withoutSlash(rewrite.path);
  const from = withoutSlash(path.value);
  const [regex, substitution] =
    path.type !== 'prefix'
      ? ['^[^?]*', rewrite.path]
      : to === ''
        ? [`^${literal(from)}/?([^?]*)`, '/\\1']
        : [`^${literal(from)}(/[^?]*)?`, `${to}\\1`];
  return { ...host, regex_rewrite: { pattern: { regex }, substitution } };
}

function headerChanges({ rewrite }: ExportRoute): Json {
  const set = Object.entries(rewrite?.set_headers ?? {});
  return {
    ...(set.length > 0 && {
      request_headers_to_add: set.map(([key, value]) => ({
        // Percent signs stand for values there.
        header: { key, value: String(value).replaceAll('%', '%%') },
        append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
      })),
    }),
    ...(rewrite?.remove_headers?.length && { request_headers_to_remove: rewrite.remove_headers }),
  };
}

const seconds = (ms: number): string => `${ms / 1000}s`;
