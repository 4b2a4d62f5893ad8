import { KIND_ENTRY } from './stub-kinds.js';

const AT = '2026-03-01T09:30:00.000Z';

const FLAG = {
  ...KIND_ENTRY,
  key: 'feat_new-checkout',
  name: 'new-checkout',
  type: undefined,
  status: 'rollout',
  strategy: 'gradual',
  percentage: 25,
  variants: [{ key: 'blue', value: 'blue', weight: 50 }],
  environments: { production: { percentage: 5 } },
  rollouts: [{ environment: '', percentage: 25, paused: false, reason: null, paused_at: null, next_at: AT }],
};
export const EVALUATION = {
  key: 'new-checkout',
  environment: 'production',
  enabled: true,
  value: 'green',
  variant: 'green',
  reason: 'targeting_match',
  rule: 'staff',
  ruleset_revision: 'r',
};
const STEP = {
  kind: 'rule',
  name: 'staff',
  passed: true,
  because: 'email ends with @example.com',
  steps: [{ kind: 'rollout', name: 'gradual', passed: true, because: '10 of 25', bucket: 10, limit: 25, steps: [] }],
};
export const SEGMENT = {
  key: 'beta',
  id: KIND_ENTRY.id,
  name: null,
  description: null,
  included: ['ann'],
  excluded: null,
  clause: { attribute: 'email', operator: 'ends_with', values: ['@example.com'] },
  constraints: null,
  revision: 3,
  created_at: AT,
  updated_at: AT,
};
const PLAN = {
  from: 'default',
  to: 'staging',
  dry_run: false,
  applied: true,
  possible: true,
  unknown_keys: [],
  flags: [
    {
      key: 'new-checkout',
      action: 'create',
      changes: [{ field: 'percentage', before: null, after: 25 }],
      missing_segments: [],
      missing_prerequisites: [],
    },
  ],
};
const HOUR = { hour: AT, environment: '', enabled: 3, disabled: 1, variants: { green: 3 } };

const VALUE = {
  ...KIND_ENTRY,
  key: 'cfg_db.pool.size',
  name: 'db.pool.size',
  status: 'active',
  type: 'integer',
  value: 20,
  scope: 'global',
  scope_id: null,
  current_version: 2,
};
const SOURCE = { key: VALUE.key, scope: 'global', scope_id: null };
const VERSION = {
  name: VALUE.name,
  scope: 'global',
  scope_id: null,
  version: 2,
  operation: 'set',
  type: 'integer',
  value: 20,
  origin: 'write',
  comment: null,
  actor: 'k',
  at: AT,
};
const DRAFT = {
  ...VERSION,
  key: VALUE.key,
  current_value: 10,
  base_revision: 3,
  current_revision: 3,
  outdated: false,
};
const CHANGE = { index: 42, operation: 'set', key: VALUE.key, name: VALUE.name, value: 20, revision: 4, at: AT };
const ROTATION = { state: 'done', key_version: 2, total: 3, done: 3, failed: 0, percent: 100 };

const OF_FLAGS: Record<string, unknown> = {
  evaluate: { environment: '', ruleset_revision: 'r', flags: [EVALUATION] },
  promote: PLAN,
  stale: [{ reason: 'unused', last_evaluated_at: null, flag: FLAG }],
};
const OF_CONFIG: Record<string, unknown> = {
  resolved: [{ name: VALUE.name, type: 'integer', value: 20, source: SOURCE, revision: 3, version: 2 }],
  drafts: [DRAFT],
  publish: { dry_run: false, published: [DRAFT] },
  reset: [{ key: VALUE.key, action: 'set' }],
  txn: { results: [{ op: 'set', key: VALUE.key, revision: 4, changed: true }] },
  watch: { index: 42, reset: false, changes: [CHANGE] },
  'rotate-keys': ROTATION,
};
const OF_ONE: Record<string, unknown> = {
  evaluate: EVALUATION,
  explain: { ...EVALUATION, steps: [STEP] },
  history: [VERSION],
  diff: { from: 1, to: 2, changes: [{ field: 'value', from: 10, to: 20 }], patch: [] },
  rollback: { name: VALUE.name, version: 1, current_version: 3, value_entry: VALUE },
  draft: DRAFT,
};

function segmentAnswer(method: string, rest: readonly string[]): unknown {
  if (rest[1] === 'usage') return { flags: [{ id: FLAG.id, key: FLAG.key }], segments: ['inner'], hidden: 0 };
  return rest.length === 0 && method === 'GET' ? [SEGMENT] : SEGMENT;
}

/** Answers of what flags and configuration have of their own; undefined for what every kind has. */
export function runtimeAnswer(method: string, path: string): unknown {
  const [, area, rest = ''] = /^\/api\/v1\/(features|config)(?:\/(.*))?$/.exec(path) ?? [];
  if (area === undefined) return undefined;
  const [first = '', ...more] = rest.split('/').map(decodeURIComponent);
  const [call = ''] = more;
  if (area === 'features' && first === 'segments') return segmentAnswer(method, more);
  const shared = area === 'features' ? OF_FLAGS : OF_CONFIG;
  if (more.length === 0 && first in shared) return shared[first];
  if (call in OF_ONE) return OF_ONE[call];
  if (call === 'versions') return VERSION;
  if (area === 'features' && call === 'stats')
    return {
      from: AT,
      to: AT,
      evaluations: 4,
      enabled: 3,
      disabled: 1,
      variants: {},
      last_evaluated_at: AT,
      hours: [HOUR],
    };
  const entry =
    area === 'features'
      ? FLAG
      : { ...VALUE, source: SOURCE, references: [], explain: [{ ...SOURCE, outcome: 'wins' }] };
  if (rest === '') return method === 'GET' ? [entry] : entry;
  return more.length === 0 && !['import', 'export', 'stats'].includes(first) ? entry : undefined;
}
