import { fieldOf } from '../output/fields.js';
import type { Entry } from '../views/entry-view.js';
import { column } from '../output/view.js';
import { HTTP_METHODS } from '../spec/http-methods.js';
import { numberOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';
import { destinationOf, mirrorOf, rateOf, routeCheckOf, valueMatchOf } from './mesh-parts.js';

const ROUTE_TYPES = ['http', 'grpc', 'tcp', 'websocket'] as const;
export const LOAD_BALANCERS = ['round_robin', 'least_conn', 'ip_hash', 'weighted', 'random'] as const;

export const meshWords: KindWords = {
  name: 'mesh',
  type: 'mesh_route',
  noun: 'route',
  path: 'mesh/routes',
  one: 'a route',
  summary: 'Route requests, split and break them, and see what became of them',
  description: 'A route is named by its id, its key (route_orders) or its name (orders).',
  fields: [
    'type',
    'match',
    'destinations',
    'load_balancer',
    'timeout_ms',
    'retry',
    'circuit_breaker',
    'rate_limit',
    'health_check',
    'rewrite',
    'mirror',
    'traffic_split',
  ],
  columns: [
    column('TYPE', 'type'),
    { title: 'MATCHES', value: matchText },
    { title: 'TO', value: ({ destinations }) => destinationsText(destinations) },
    { title: 'SPLIT', value: (route) => fieldOf(route, 'traffic_split.type') },
    column('BALANCER', 'load_balancer', { wide: true }),
    column('TIMEOUT', 'timeout_ms', { wide: true, right: true }),
    { title: 'RETRIES', value: (route) => fieldOf(route, 'retry.attempts'), wide: true, right: true },
  ],
  flags: [
    {
      flags: '--host <host>',
      field: 'match.hosts',
      summary: 'takes requests to it; *.example.com is every name below',
      repeatable: true,
      common: true,
    },
    { flags: '--path <path>', field: 'match.path', summary: 'takes requests below it (default /)', common: true },
    { flags: '--path-type <type>', field: 'match.path_type', summary: 'prefix, exact, regex (default prefix)' },
    {
      flags: '--method <method>',
      field: 'match.methods',
      summary: 'only these methods',
      completes: HTTP_METHODS,
      repeatable: true,
    },
    {
      flags: '--header <name=value>',
      field: 'match.headers',
      summary: 'only with this header: x-a, x-a=1, x-a^=1 (begins), x-a~=1.* (matches)',
      repeatable: true,
      read: valueMatchOf,
    },
    {
      flags: '--destination <target>',
      field: 'destinations',
      summary: 'a service or host:port; then ,weight=80 ,name=… ,subset=…',
      completes: 'service',
      repeatable: true,
      common: true,
      read: destinationOf,
    },
    { flags: '--type <type>', field: 'type', summary: `${ROUTE_TYPES.join(', ')} (default http)`, common: true },
    { flags: '--load-balancer <name>', field: 'load_balancer', summary: LOAD_BALANCERS.join(', '), common: true },
    {
      flags: '--timeout-ms <n>',
      field: 'timeout_ms',
      summary: 'until the whole answer has begun',
      common: true,
      read: numberOf,
    },
    {
      flags: '--attempts <n>',
      field: 'retry.attempts',
      summary: 'tries beside the first, of what may be sent again',
      common: true,
      read: numberOf,
    },
    {
      flags: '--per-try-ms <n>',
      field: 'retry.per_try_timeout_ms',
      summary: 'until one try is answered',
      read: numberOf,
    },
    {
      flags: '--breaker <failures>',
      field: 'circuit_breaker.failure_threshold',
      summary: 'opens the circuit breaker (more: mesh circuit-breaker set)',
      common: true,
      read: numberOf,
    },
    { flags: '--rate <n/time>', field: 'rate_limit', summary: 'at most so many: 100/s, 1000/1m', read: rateOf },
    {
      flags: '--check <type[=path]>',
      field: 'health_check',
      summary: 'http, http=/healthz or tcp, of the first host:port',
      read: routeCheckOf,
    },
    { flags: '--rewrite <path>', field: 'rewrite.path', summary: 'what the matching path becomes' },
    {
      flags: '--mirror <destination[=percent]>',
      field: 'mirror',
      summary: 'a copy goes there too, and nobody waits for it',
      completes: 'service',
      read: mirrorOf,
    },
  ],
  filters: [{ flags: '--type <type>', summary: ROUTE_TYPES.join(', '), common: true }],
  verbs: [
    { name: 'disable', summary: 'Disable a route: it takes no requests and is exported to no proxy' },
    { name: 'enable', summary: 'Enable a route' },
  ],
  sample: {
    id: 'route_orders',
    create:
      'mesh add-route orders --host orders.example.com --path /orders --destination 10.0.3.17:8080,name=stable,weight=80 --destination 10.0.3.18:8080,name=canary,weight=20 --attempts 2',
    update: 'mesh update route_orders --timeout-ms 2000 --load-balancer least_conn',
  },
};

/** `GET,POST orders.example.com/orders`. */
function matchText({ match }: Entry): string {
  const { hosts, methods, path, path_type: type } = (match ?? {}) as Record<string, string[] & string>;
  const where = `${(hosts as string[] | undefined)?.join(',') ?? '*'}${path ?? '/'}`;
  const ending = type === 'exact' ? ' (exact)' : type === 'regex' ? ' (regex)' : '';
  return `${methods ? `${(methods as string[]).join(',')} ` : ''}${where}${ending}`;
}

function destinationsText(destinations: unknown): string[] {
  const all = (destinations ?? []) as Record<string, unknown>[];
  return all.map(({ name, subset, service, host, port, weight }) => {
    const what = String(name ?? subset ?? service ?? `${String(host)}:${String(port)}`);
    return weight === undefined || weight === null ? what : `${what}*${String(weight)}`;
  });
}
