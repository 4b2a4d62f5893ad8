const AT = '2026-03-01T09:30:00.000Z';
const ID = '0192f0c1-7c3a-7a10-9d5e-0242ac120003';

/** An entry as the path of its kind answers it. */
export const KIND_ENTRY = {
  id: ID,
  key: 'svc_checkout',
  name: 'checkout',
  version: null,
  title: 'Checkout',
  feature: 'cloud-native',
  status: 'running',
  health: 'healthy',
  owner: 'shop',
  tags: ['shop'],
  metadata: {},
  regions: [],
  revision: 3,
  created_at: AT,
  updated_at: AT,
  type: 'api',
  level: 'project',
  mesh_integration: { service_name: 'fraud', port: 8080, protocol: 'http' },
};

export const RESULT = { status: 'healthy', source: 'probe', message: 'HTTP 200', latency_ms: 12.5, at: AT };
export const HEALTH = {
  id: ID,
  key: 'svc_checkout',
  status: 'running',
  health: 'healthy',
  reported_health: null,
  check: null,
  ttl_expires_at: null,
  last: RESULT,
  history: [RESULT],
};
export const LINE = { id: '1', at: AT, level: 'warn', message: 'The pool is nearly used up.', fields: null };
const METRIC = { name: 'cpu', value: 0.72, unit: 'ratio', tags: { zone: 'a' }, at: AT };
export const CONFIG = {
  config: { pool: { size: 20 }, log_level: 'info' },
  revision: 2,
  updated_at: AT,
  updated_by: 'k',
};
const LINK = {
  id: ID,
  key: 'comp_y',
  type: 'depends_on',
  entity_type: 'component',
  status: 'enabled',
  health: 'healthy',
};
const EVENT = {
  seq: 7,
  type: 'transition',
  at: AT,
  actor: 'k',
  revision: 3,
  verb: 'start',
  from: 'installed',
  to: 'running',
};
export const INSTANCE = {
  id: 'i-1',
  host: '10.0.3.17',
  port: 8080,
  zone: 'eu-1a',
  weight: 1,
  tags: [],
  ttl_seconds: 15,
  status: 'passing',
  healthy: true,
  created_at: AT,
};
const AUTOSCALING = { policy: 'auto_cpu', target: 70, cooldown_seconds: 300 };
const DECISION = {
  id: '1',
  at: AT,
  policy: 'auto_cpu',
  from: 2,
  to: 4,
  applied: true,
  reason: 'cpu is 90 %',
  inputs: {},
};
export const WORKLOAD = {
  id: ID,
  engine_id: ID,
  task: 'train',
  priority: 'high',
  status: 'queued',
  payload: {},
  attempts: 0,
  max_attempts: 3,
  created_at: AT,
};
const STEP = {
  key: 'plugin_store@1.2.0',
  name: 'store',
  version: '1.2.0',
  action: 'install',
  requested_by: [{ by: 'plugin_x', constraint: 'store>=1' }],
};

const OPERATION = {
  id: ID,
  verb: 'start',
  from: 'installed',
  to: 'running',
  capacity: null,
  driver: 'webhook',
  state: 'running',
  message: null,
  attempts: 1,
  requested_by: 'k',
  created_at: AT,
  deadline: AT,
  ended_at: null,
};
const DISCOVERY = {
  services: 3,
  instances: { passing: 2, warning: 0, critical: 0, expired: 1, draining: 0 },
  watchers: 0,
  snapshot_age_ms: 200,
  listening_since: AT,
  guard: { active: false, since: null, until: null, silent: 0 },
};
export const FACTS = { host: 'build-1', facts: { python: '3.11.2', docker: true }, reported_at: AT };

const LISTS: Record<string, unknown> = {
  logs: [LINE],
  metrics: [METRIC],
  dependencies: [LINK],
  dependents: [LINK],
  events: [EVENT],
  instances: [INSTANCE],
  'autoscaling/decisions': [DECISION],
  workloads: [WORKLOAD],
  'workloads/lease': [{ ...WORKLOAD, lease_token: 't', lease_until: AT }],
  operations: [OPERATION],
  sync: [{ id: '1', state: 'recorded', mode: 'pull', requested_by: 'k', requested_at: AT }],
  children: [KIND_ENTRY],
  ancestors: [KIND_ENTRY],
};

const SINGLE: Record<string, unknown> = {
  health: HEALTH,
  config: CONFIG,
  autoscaling: AUTOSCALING,
  'workloads/stats': { depth: { queued: { low: 3 } }, oldest_waiting_seconds: 4 },
  connection: { connection_string: 'postgresql://orders:s3cret@db.example.com:5432/orders' },
  hierarchy: {
    ...KIND_ENTRY,
    depth: 0,
    entries: 4,
    children: [{ ...KIND_ENTRY, name: 'eu', children: [{ ...KIND_ENTRY, name: 'test' }] }],
  },
  defaults: {
    own: { owner: 'shop', tags: ['shop'], config: {} },
    effective: { owner: 'shop', tags: ['shop'], config: { region: 'eu' } },
  },
  stats: { total: 3, by_type: { service: 3 } },
  'driver/secret': { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', former_expires_at: null },
  resolution: { plugin: 'plugin_x', order: [STEP.key], plan: [STEP], system: [], warnings: [] },
  manifest: { apiVersion: 'plugin.nexuspro.io/v1', kind: 'Plugin' },
};

const OF_KINDS =
  /^\/api\/v1\/(?:services|engines|components|registries|plugins|features|config|grid\/nodes|mesh\/routes)(?:\/(.*))?$/;

/** Answers of the kinds' paths in their shape; undefined for what is no kind's. */
export function kindAnswer(method: string, path: string, query: URLSearchParams): unknown {
  if (path === '/api/v1/system/facts') return method === 'GET' ? [FACTS] : FACTS;
  const [matched, rest = ''] = OF_KINDS.exec(path) ?? [];
  if (matched === undefined) return undefined;
  if (rest === '') return method === 'GET' ? [KIND_ENTRY] : KIND_ENTRY;
  if (rest === 'import') return undefined;
  if (rest.startsWith('stats')) return { total: 3, by_status: { running: 3 } };
  if (rest === 'hierarchy') return { roots: [SINGLE.hierarchy] };
  if (rest.startsWith('discovery')) return DISCOVERY;
  if (rest === 'discover' && method === 'GET') return [{ ...KIND_ENTRY, instances: [INSTANCE] }];
  if (rest === 'discover')
    return { results: [{ source: 'body', document: 0, outcome: 'registered', key: 'plugin_x@1.0.0' }] };
  if (query.get('dry_run') === 'true') return { verb: 'start', from: 'installed', to: 'running', dry_run: true };
  const call = rest.split('/').slice(1).join('/');
  if (method === 'POST' && (call === 'logs' || call === 'metrics')) return { accepted: 1 };
  if (method === 'POST' && call === 'sync') return { id: '1', state: 'recorded', detail: 'It is recorded.' };
  if (method === 'POST' && call === 'instances') return INSTANCE;
  if (method === 'POST' && call === 'workloads') return WORKLOAD;
  if (call === 'entries') return method === 'GET' ? [KIND_ENTRY] : { added: 1, unchanged: 0 };
  if (call in LISTS) return LISTS[call];
  if (call in SINGLE) return SINGLE[call];
  if (call.startsWith('operations/')) return OPERATION;
  if (call.startsWith('workloads/')) return WORKLOAD;
  if (call.startsWith('instances/')) return INSTANCE;
  return KIND_ENTRY;
}
