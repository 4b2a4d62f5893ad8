import type { ExportRoute, ExportRule, ExportTarget, ExportTest, RouteSet } from './route-set.js';
import type { Bind } from './haproxy.js';
import { Notes } from './notes.js';
import { headerName, headerPattern, isEveryPath, literal, pathPattern, withoutSlash } from './patterns.js';

type Json = Record<string, unknown>;

const POLICIES: Readonly<Record<string, string>> = {
  round_robin: 'round_robin',
  weighted: 'round_robin',
  least_conn: 'least_conn',
  ip_hash: 'ip_hash',
  random: 'random',
};
/** An upstream that is named several times gets as many parts: there are no weights before Caddy 2.8. */
const MOST_REPEATS = 100;

/** Caddy's native JSON (2.6 and later). */
export function caddyConfig(set: RouteSet, { address, port }: Bind): { body: Json; notes: string[] } {
  const notes = new Notes();
  const routes = set.routes.filter(({ type, key }) => {
    if (type === 'tcp') notes.add(key, 'left out: tcp needs a plugin of Caddy');
    return type !== 'tcp';
  });
  const server = { listen: [`${address}:${port}`], routes: routes.map((route) => routeOf(route, notes)) };
  return { body: { apps: { http: { servers: { mesh: server } } } }, notes: notes.list };
}

function routeOf(route: ExportRoute, notes: Notes): Json {
  if (route.mirror) notes.add(route.key, 'mirror');
  if (route.limited) notes.add(route.key, 'rate_limit');
  if (route.sticky) notes.add(route.key, 'traffic_split.sticky');
  const [headers, ...more] = headerMatchers(route.headers);
  const { hosts, methods, path } = route;
  const match = {
    ...(hosts.length > 0 && { host: hosts }),
    ...(!isEveryPath(path) && { path_regexp: { pattern: `^(?:${pathPattern(path)})$` } }),
    ...(methods.length > 0 && { method: methods }),
    ...headers,
  };
  const rules: Json[] = route.rules.map((rule) => ({
    ...(rule.when && { match: [headerMatchers([rule.when])[0]] }),
    handle: [...rewritten(route), proxy(route, rule, notes)],
    terminal: true,
  }));
  // One field has one pattern in a matcher: what asks more of it stands within.
  const handle = more.reduceRight<Json[]>((within, matcher) => [{ match: [matcher], handle: [subroute(within)], terminal: true }], rules); // prettier-ignore
  return { ...(Object.keys(match).length > 0 && { match: [match] }), handle: [subroute(handle)], terminal: true };
}

const subroute = (routes: readonly Json[]): Json => ({ handler: 'subroute', routes });

function headerMatchers(tests: readonly ExportTest[]): Json[] {
  const matchers: Record<string, Json>[] = [];
  for (const test of tests) {
    const name = headerName(test);
    const free = matchers.find((one) => !(name in one)) ?? matchers[matchers.push({}) - 1];
    free[name] = { pattern: `^(?:${headerPattern(test)})$` };
  }
  return matchers.map((header_regexp) => ({ header_regexp }));
}

function rewritten({ rewrite, path }: ExportRoute): Json[] {
  if (!rewrite) return [];
  const handlers: Json[] = [];
  if (rewrite.path != null) {
    const to = withoutSlash(rewrite.path);
    if (path.type !== 'prefix') handlers.push({ handler: 'rewrite', uri: `${rewrite.path}?{http.request.uri.query}` });
    else if (to === '') handlers.push({ handler: 'rewrite', path_regexp: [{ find: `^${literal(withoutSlash(path.value))}/?`, replace: '/' }] }); // prettier-ignore
    else handlers.push({ handler: 'rewrite', path_regexp: [{ find: `^${literal(withoutSlash(path.value))}(/|$)`, replace: `${to.replaceAll('$', '$$$$')}$1` }] }); // prettier-ignore
  }
  const set = Object.entries(rewrite.set_headers ?? {}).map(([name, value]) => [name, [String(value)]] as const);
  if (set.length > 0 || rewrite.remove_headers?.length)
    handlers.push({ handler: 'headers', request: { set: Object.fromEntries(set), delete: rewrite.remove_headers ?? [] } }); // prettier-ignore
  return handlers;
}

function proxy(route: ExportRoute, { targets }: ExportRule, notes: Notes): Json {
  const [{ cluster }] = targets;
  const { retry, timeoutMs, rewrite, type } = route;
  const upstreams = upstreamsOf(targets);
  if (upstreams.length === 0) notes.add(route.key, 'no healthy instance is known: it answers 503');
  const timeout = retry.perTryTimeoutMs ?? timeoutMs;
  return {
    handler: 'reverse_proxy',
    upstreams,
    load_balancing: {
      selection_policy: { policy: POLICIES[cluster.balancer] },
      ...(retry.attempts > 0 && { retries: retry.attempts, try_duration: `${timeoutMs || 60_000}ms`, try_interval: `${retry.baseMs}ms` }), // prettier-ignore
    },
    transport: {
      protocol: 'http',
      ...(timeout > 0 && { response_header_timeout: `${timeout}ms` }),
      ...(cluster.scheme === 'https' && { tls: {} }),
      ...(type === 'grpc' && { versions: cluster.scheme === 'https' ? ['2'] : ['h2c', '2'] }),
    },
    ...(rewrite?.host != null && { headers: { request: { set: { Host: [rewrite.host] } } } }),
    ...(cluster.breaker && {
      health_checks: {
        passive: {
          fail_duration: `${cluster.breaker.open_seconds}s`,
          max_fails: cluster.breaker.failure_threshold,
          unhealthy_status: [5],
        },
      },
    }),
  };
}

function upstreamsOf(targets: readonly ExportTarget[]): { dial: string }[] {
  const all = targets.flatMap(({ cluster, weight }) => {
    const total = cluster.endpoints.reduce((sum, one) => sum + one.weight, 0) || 1;
    return cluster.endpoints
      .filter((one) => one.weight > 0)
      .map((one) => ({ dial: dialOf(one), share: (weight * one.weight) / total }));
  });
  const sum = all.reduce((total, { share }) => total + share, 0);
  const least = Math.min(...all.map(({ share }) => share));
  const parts = Math.min(MOST_REPEATS, Math.round(sum / least) || 1);
  const repeats = all.map(({ dial, share }) => Array.from({ length: Math.max(1, Math.round((share / sum) * parts)) }, () => ({ dial }))); // prettier-ignore
  // In turns, so that no stretch of requests goes to one alone.
  const longest = Math.max(0, ...repeats.map(({ length }) => length));
  return Array.from({ length: longest }).flatMap((_, i) =>
    repeats.filter(({ length }) => i < length).map((one) => one[i]),
  );
}

const dialOf = ({ host, port }: { host: string; port: number }): string =>
  `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
