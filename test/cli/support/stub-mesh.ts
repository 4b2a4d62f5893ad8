import { KIND_ENTRY } from './stub-kinds.js';

const AT = '2026-03-01T09:30:00.000Z';
const TRACE_ID = '5b8efff798038103d269b633813fc60c';

export const ROUTE = {
  ...KIND_ENTRY,
  key: 'route_orders',
  name: 'orders',
  type: 'http',
  status: 'active',
  match: { hosts: ['orders.example.com'], path: '/orders' },
  destinations: [{ name: 'stable', host: '10.0.3.17', port: 8080, weight: 80 }],
};
const BREAKER = {
  route_id: ROUTE.id,
  route: ROUTE.key,
  enabled: true,
  state: 'open',
  since: AT,
  reason: '6 of 8 requests failed within 60 s',
  half_open_at: AT,
  requests: 8,
  failures: 6,
  settings: { failure_threshold: 5 },
};
const VERDICT = { state: 'closed', verdict: 'pass', retry_after_seconds: 0 };
const EXPLANATION = {
  outcome: 'sent',
  status: null,
  request_id: 'sample-1',
  route: ROUTE.key,
  route_id: ROUTE.id,
  considered: [{ route_id: ROUTE.id, route: ROUTE.key, takes_it: true, mismatch: null }],
  split: { branch: 'stable', by: 'percentage', rule: null, sets_cookie: null },
  target: {
    destination: 'stable',
    url: 'http://10.0.3.17:8080',
    service: null,
    load_balancer: 'round_robin',
    candidates: 1,
    path: '/orders/42',
  },
  circuit_breaker: VERDICT,
  retries: 2,
  timeout_ms: 15_000,
  version: 3,
  probe: null,
};
const TRACE = {
  trace_id: TRACE_ID,
  root_service: 'frontend',
  root_name: 'GET /orders',
  started_at: AT,
  duration_ms: 12.5,
  spans: 1,
  errors: 0,
  services: ['frontend'],
};
const SPAN = {
  span_id: 'eee19b7ec3c1b174',
  parent_span_id: null,
  parent_missing: false,
  service: 'frontend',
  name: 'GET /orders',
  kind: 'server',
  offset_ms: 0,
  duration_ms: 12.5,
  self_ms: 12.5,
  error: false,
  message: null,
  route: null,
  children: [],
};
const TRAFFIC = {
  requests: 8,
  successes: 6,
  failures: 2,
  retries: 1,
  error_rate: 0.25,
  average_ms: 14.2,
  p95_ms: 31.5,
};
const CHANGE = { id: ROUTE.id, name: ROUTE.name, change: 'changed' };
const DIFF = {
  from: 2,
  to: 3,
  differences: [{ ...CHANGE, patch: [{ op: 'replace', path: '/spec/timeout_ms', value: 2000 }] }],
};
export const CLIENT = {
  node_id: 'sidecar-1',
  cluster: 'orders',
  user_agent: 'envoy',
  zone: null,
  protocol: 'ads',
  connected: true,
  up_to_date: true,
  seen_at: AT,
  resources: [{ type: 'routes', served_version: 'b', applied_version: 'b', rejected_version: null, up_to_date: true }],
};

const OF_MESH: Record<string, unknown> = {
  config: { timeout_ms: 5000, load_balancer: null, circuit_breaker: null, tracing: null, version: 3, proxy: false },
  explain: EXPLANATION,
  'tracing/enable': { enabled: true, sample_percent: 10, per_second: 50 },
  'tracing/disable': { enabled: false, sample_percent: 10, per_second: 50 },
  traces: [TRACE],
  topology: {
    from: AT,
    to: AT,
    spans: 4,
    complete: true,
    nodes: [{ service: 'frontend', requests: 2, error_rate: 0 }],
    edges: [{ source: 'frontend', target: 'checkout', calls: 2, error_rate: 0.5 }],
  },
  stats: { ...TRAFFIC, minutes: 1440, routes: 1, by_route: [{ ...TRAFFIC, route: ROUTE.key }] },
  versions: [{ version: 3, at: AT, actor: 'k', note: null, changes: [CHANGE] }],
  clients: [CLIENT],
  export: 'frontend mesh',
};
const OF_ROUTE: Record<string, unknown> = {
  resolve: EXPLANATION,
  report: { accepted: true, circuit_breaker: VERDICT },
  traces: [TRACE],
};

/** Answers of what the mesh has of its own; undefined for what every kind has. */
export function meshAnswer(method: string, path: string): unknown {
  const [, rest] = /^\/api\/v1\/mesh\/(.*)$/.exec(path) ?? [];
  if (rest === undefined) return undefined;
  if (rest in OF_MESH) return OF_MESH[rest];
  const [area, , call = '', ...more] = rest.split('/');
  if (area === 'services') return { service_id: ROUTE.id, service: 'svc_checkout', load_balancer: 'least_conn' };
  if (area === 'traces') return { ...TRACE, truncated: false, roots: [SPAN] };
  if (area === 'versions' && call === '') return { version: 2, routes: [{ id: ROUTE.id, name: 'orders', spec: {} }] };
  if (area === 'versions') return call === 'diff' ? DIFF : { ...DIFF, version: 4, dry_run: false };
  if (area !== 'routes') return undefined;
  if (call === 'circuit-breaker') return more[0] === 'reset' ? { ...BREAKER, state: 'closed' } : BREAKER;
  if (call in OF_ROUTE) return OF_ROUTE[call];
  if (call === 'metrics' && method === 'GET')
    return { ...TRAFFIC, route: ROUTE.key, destinations: [{ ...TRAFFIC, destination: 'stable' }], samples: [] };
  if (rest === 'routes') return method === 'GET' ? [ROUTE] : ROUTE;
  return call === '' || call === 'traffic-split' ? ROUTE : undefined;
}
