/** What requests came to, of a route, a key or an hour. */
const FIGURES = {
  requests: 4711,
  errors: 12,
  error_rate: 0.0025,
  client_errors: 11,
  server_errors: 1,
  rate_limited: 3,
  bytes_out: 1_840_000,
  latency_ms: { p50: 4.2, p95: 18.6, p99: 41.3 },
};
const STEP = { ...FIGURES, at: '2026-05-01T00:00:00.000Z' };
const ROUTE = { ...FIGURES, route: 'GET /api/v1/entities/:id', last_used_at: '2026-05-01T09:00:00.000Z' };
const RANGE = {
  from: '2026-05-01T00:00:00.000Z',
  to: '2026-05-02T00:00:00.000Z',
  step: 'hour',
  totals: FIGURES,
  series: [STEP],
};
const ID = '0192f0c1-7c3a-7a10-9d5e-0242ac120007';

export const keyUsage = (id: string): unknown => ({
  ...RANGE,
  key_id: id,
  name: 'ci',
  rotation_group_id: id,
  key_ids: [id],
  last_used_at: ROUTE.last_used_at,
  by_route: [ROUTE],
  by_key: [{ ...FIGURES, key_id: id, last_used_at: ROUTE.last_used_at, series: [STEP] }],
});
export const STATS = {
  ...RANGE,
  refused: { unauthenticated: 5, too_many_failures: 0, forbidden: 3, quota_exceeded: 3 },
  without_key: FIGURES,
  top_keys: [{ ...FIGURES, id: ID, name: 'ci', type: 'api_key', last_used_at: ROUTE.last_used_at }],
  top_routes: [ROUTE],
  keys: [{ type: 'api_key', active: 1, expired: 0, revoked: 0 }],
};
