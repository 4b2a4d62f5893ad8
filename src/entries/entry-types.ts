/** The lifecycle states of the component kinds, beside the statuses every entry may have. */
const COMPONENT_KINDS = {
  plugin: { prefix: 'plugin', states: ['registered', 'installed', 'active', 'inactive', 'deprecated', 'failed'] },
  service: {
    prefix: 'svc',
    states: ['created', 'installed', 'running', 'stopped', 'enabled', 'disabled', 'degraded', 'failed'],
  },
  engine: { prefix: 'engine', states: ['created', 'installed', 'running', 'stopped', 'failed'] },
  component: { prefix: 'comp', states: ['added', 'enabled', 'disabled', 'failed'] },
  registry: { prefix: 'reg', states: ['enabled', 'disabled'] },
  feature_flag: { prefix: 'feat', states: ['disabled', 'enabled', 'rollout', 'testing', 'archived'] },
  grid_node: { prefix: 'node', states: ['pending', 'active', 'draining', 'drained', 'inactive'] },
  config: { prefix: 'cfg', states: ['active'] },
  mesh_route: { prefix: 'route', states: ['active', 'disabled'] },
} as const satisfies Record<string, { prefix: string; states: readonly string[] }>;

const CATEGORIES = [
  'agent', 'model', 'skill', 'prompt', 'embedding', 'memory', 'api', 'integration', 'resource', 'infrastructure',
  'pipeline', 'webhook', 'dataset', 'knowledge', 'search', 'event_schema', 'task_schema', 'workflow', 'organization',
  'user', 'team', 'template', 'widget', 'notification', 'feature', 'mesh_node', 'system',
] as const; // prettier-ignore

/** What an entry may be, as the wire names it. */
export const ENTRY_TYPES: readonly string[] = [...Object.keys(COMPONENT_KINDS), ...CATEGORIES];

export const ENTRY_STATUSES: readonly string[] = ['active', 'inactive', 'deprecated', 'pending', 'failed', 'archived'];

export const ENTRY_HEALTHS: readonly string[] = ['healthy', 'degraded', 'unhealthy', 'unknown'];

const componentKind = (type: string): { prefix: string; states: readonly string[] } | undefined =>
  Object.hasOwn(COMPONENT_KINDS, type) ? COMPONENT_KINDS[type as keyof typeof COMPONENT_KINDS] : undefined;

/** The states of a component kind's lifecycle; none of another type's. */
export const statesOf = (type: string): readonly string[] => componentKind(type)?.states ?? [];

/** First part of an entry's key: `svc` for services, the type's own name where it has no other. */
export const prefixOf = (type: string): string => componentKind(type)?.prefix ?? type;

/** The statuses an entry of this type may carry. */
export const statusesOf = (type: string): readonly string[] => [
  ...new Set([...ENTRY_STATUSES, ...(componentKind(type)?.states ?? [])]),
];

/** The status of a new entry that states none: its lifecycle's first, else `active`. */
export const initialStatusOf = (type: string): string => componentKind(type)?.states[0] ?? 'active';

/** Every status any entry may have: what a filter takes. */
export const ALL_STATUSES: readonly string[] = [...new Set(ENTRY_TYPES.flatMap((type) => statusesOf(type)))];

/** Types by key prefix, longest prefix first: `event_schema_x` is no `event`. */
export const TYPES_BY_PREFIX: readonly (readonly [prefix: string, type: string])[] = ENTRY_TYPES.map(
  (type) => [prefixOf(type), type] as const,
).sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));
