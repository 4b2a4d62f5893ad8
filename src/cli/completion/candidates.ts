import type { RegistryClient } from '../core/client.js';

/** Component types and categories of the catalog. */
export const ENTRY_TYPES = [
  'plugin',
  'service',
  'engine',
  'component',
  'registry',
  'feature_flag',
  'grid_node',
  'config',
  'mesh_route',
  'agent',
  'model',
  'skill',
  'prompt',
  'embedding',
  'memory',
  'api',
  'integration',
  'resource',
  'infrastructure',
  'pipeline',
  'webhook',
  'dataset',
  'knowledge',
  'search',
  'event_schema',
  'task_schema',
  'workflow',
  'organization',
  'user',
  'team',
  'template',
  'widget',
  'notification',
  'feature',
  'mesh_node',
  'system',
] as const;

const MOST = 50;
const KIND_PATHS: Record<string, string> = {
  service: 'services',
  engine: 'engines',
  component: 'components',
  registry: 'registries',
  plugin: 'plugins',
  'feature-flag': 'features',
  grid: 'grid/nodes',
  mesh: 'mesh/routes',
};

/** Names in the registry that begin with `prefix`; of entries their keys. */
export async function nextWord(
  client: RegistryClient,
  what: string,
  prefix: string,
  timeoutMs: number,
): Promise<string[]> {
  if (what === 'type') return ENTRY_TYPES.filter((type) => type.startsWith(prefix));
  if (what === 'feature') {
    const features = await client.json<{ name: string }[]>({
      method: 'GET',
      path: '/api/v1/feature-categories',
      timeoutMs,
    });
    return features.map((feature) => feature.name).filter((name) => name.startsWith(prefix));
  }
  if (what === 'key' || what === 'role') {
    const query = what === 'key' ? { status: 'active', limit: 1000 } : {};
    const rows = await client.json<{ name: string }[]>({
      method: 'GET',
      path: `/api/v1/gateway/${what}s`,
      query,
      timeoutMs,
    });
    // A name with a blank in it would become several words.
    return [...new Set(rows.map(({ name }) => name))].filter((name) => name.startsWith(prefix) && !/\s/.test(name));
  }
  if (what === 'config') {
    // Values are asked for by their keys, whatever the scope: by what is typed, with the prefix or without.
    const query = { limit: 1000, sort: 'name' };
    const values = await client.json<{ name: string }[]>({ method: 'GET', path: '/api/v1/config', query, timeoutMs });
    const start = prefix.startsWith('cfg_') ? 'cfg_' : '';
    return [...new Set(values.map(({ name }) => start + name))].filter((key) => key.startsWith(prefix));
  }
  const path = KIND_PATHS[what] ?? 'entities';
  const named = prefix.slice(prefix.indexOf('_') + 1);
  const query = named === '' ? { limit: MOST, sort: '-updated_at' } : { q: named, limit: MOST };
  const entries = await client.json<{ key: string }[]>({ method: 'GET', path: `/api/v1/${path}`, query, timeoutMs });
  return entries.map((entry) => entry.key).filter((key) => key.startsWith(prefix));
}
