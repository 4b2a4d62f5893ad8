/** Operations that no command asks for, and why. */
export interface LeftOut {
  /** `METHOD /path`; `*` stands for any method, and at the end of a path for whatever follows. */
  operations: readonly string[];
  reason: string;
}

/** Whatever is neither here nor asked for by a command is missing: a test says so. `api` reaches these as well. */
export const NOT_IN_CLI: readonly LeftOut[] = [
  {
    operations: ['* /ofrep/v1/*'],
    reason: "OpenFeature's clients ask it; feature-flag evaluate gives the same answers",
  },
  {
    operations: [
      '* /v1/agent/*',
      '* /v1/catalog/*',
      '* /v1/health/*',
      '* /v1/kv',
      '* /v1/kv/*',
      'GET /v1/status/leader',
    ],
    reason: "Consul's API, for clients of Consul; service, service instances and config do the same",
  },
  {
    operations: ['* /v1/registry/*'],
    reason: 'the façade for clients of before; list, create, search, export and stats do the same',
  },
  {
    operations: ['GET /config-server/*'],
    reason: 'what Spring applications fetch their settings from; config list --resolved shows the same',
  },
  { operations: ['GET /metrics', 'GET /api/v1/discovery/prometheus'], reason: 'Prometheus asks for it' },
  {
    operations: ['GET /health/live', 'GET /health/ready'],
    reason: 'probes of the platform; health asks for both and more',
  },
  { operations: ['GET /problems', 'GET /problems/*'], reason: 'pages that the type of an error leads to' },
  { operations: ['POST /v3/*'], reason: 'what proxies ask for (xDS); mesh clients tells what they took' },
  { operations: ['POST /v1/traces'], reason: 'what OpenTelemetry exporters send' },
  {
    operations: ['* /api/v1/mesh/proxy/*'],
    reason: 'the way of requests through the mesh: their own clients send them',
  },
  {
    operations: ['POST /api/v1/mesh/traffic-splits'],
    reason: 'the same as PUT /api/v1/mesh/routes/{id}/traffic-split',
  },
  { operations: ['POST /api/v1/services/register'], reason: 'the same as POST /api/v1/services' },
  {
    operations: ['POST /api/v1/plugins/{}/enable', 'POST /api/v1/grid/nodes/{}/enable'],
    reason: 'the same as activate, which the command enable asks for',
  },
  {
    operations: ['POST /api/v1/plugins/{}/disable', 'POST /api/v1/grid/nodes/{}/disable'],
    reason: 'the same as deactivate, which the command disable asks for',
  },
];

/** Whether a pattern of the list means this operation; names of what stands in a path do not matter. */
export function isMeant(pattern: string, operation: string): boolean {
  const [method, path = ''] = pattern.split(' ');
  const [ownMethod, ownPath = ''] = plain(operation).split(' ');
  if (method !== '*' && method !== ownMethod) return false;
  return path.endsWith('*') ? ownPath.startsWith(path.slice(0, -1)) : ownPath === path;
}

/** Without the names of what stands in a path: `GET /api/v1/entities/{}`. */
export const plain = (operation: string): string => operation.replaceAll(/\{[^}]*\}/g, '{}');
