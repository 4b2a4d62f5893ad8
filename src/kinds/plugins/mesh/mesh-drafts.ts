import type { EntryBody } from '../../../entries/entry-draft.js';
import type { EntryRow } from '../../../entries/entry-response.js';

type Json = Record<string, unknown>;

export interface MeshIntegration {
  service_name: string;
  port?: number | null;
  protocol?: string | null;
  sidecar?: boolean | null;
  replicas?: number | null;
  traffic_rules?: Json | null;
}

const ROUTE_TYPES: Readonly<Record<string, string>> = { grpc: 'grpc', tcp: 'tcp', udp: 'tcp', websocket: 'websocket' };
const DEFAULT_PROTOCOL = 'http';

/** What a plugin says of the mesh; undefined when it has no service there. */
export function meshOf({ spec }: Pick<EntryRow, 'spec'>): MeshIntegration | undefined {
  const mesh = spec.mesh_integration as MeshIntegration | null | undefined;
  return mesh?.service_name ? mesh : undefined;
}

/** Marks what activating a plugin registered: it follows the plugin, what others registered stays as they want it. */
export const isManagedBy = (row: Pick<EntryRow, 'metadata'>, plugin: Pick<EntryRow, 'name'>): boolean =>
  (row.metadata.managed_by as { plugin?: unknown } | undefined)?.plugin === plugin.name;

type Draft = EntryBody & { type: string; name: string; spec: Json };

const ownerOf = (plugin: EntryRow): Pick<EntryBody, 'owner' | 'feature' | 'regions'> => ({
  owner: plugin.owner,
  feature: plugin.feature,
  regions: plugin.regions,
});

export function serviceDraft(plugin: EntryRow, mesh: MeshIntegration): Draft {
  const { service_name: name, port, sidecar, replicas, protocol } = mesh;
  return {
    ...ownerOf(plugin),
    type: 'service',
    name,
    description: `Served by the plugin ${plugin.name}.`,
    metadata: { managed_by: { plugin: plugin.name }, sidecar: sidecar ?? false, replicas: replicas ?? 1 },
    spec: { type: 'api', ...(port && { ports: [{ name: 'mesh', port, protocol: protocol ?? DEFAULT_PROTOCOL }] }) },
  };
}

export function routeDraft(plugin: EntryRow, mesh: MeshIntegration, serviceKey: string): Draft {
  const { service_name: name, port, protocol, traffic_rules } = mesh;
  return {
    ...ownerOf(plugin),
    type: 'mesh_route',
    name,
    status: 'active',
    description: `To the service of the plugin ${plugin.name}.`,
    metadata: { managed_by: { plugin: plugin.name } },
    spec: {
      type: ROUTE_TYPES[protocol ?? DEFAULT_PROTOCOL] ?? 'http',
      match: { hosts: [name] },
      destinations: [{ service: serviceKey, weight: 100, ...(port && { port }) }],
      ...traffic_rules,
    },
  };
}
