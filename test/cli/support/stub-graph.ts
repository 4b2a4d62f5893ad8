import { ENTRY } from './stub-entry.js';

const NODE = { ...ENTRY, distance: 1, path: ['plugin_a', ENTRY.key] };
const DATED = { entries: 8, computed_at: '2026-03-01T12:00:00.000Z', graph_version: 1301, stale: false };
const CENTRAL = {
  ...ENTRY,
  degree_centrality: 0.34,
  in_degree: 3,
  out_degree: 2,
  betweenness_centrality: 0.0021,
  closeness_centrality: null,
  pagerank: 0.021,
  standard_error: null,
  ranks: { degree: 1, betweenness: 4, closeness: null, pagerank: 1 },
  exact: true,
  sample_size: null,
  ...DATED,
};
const SUGGESTION = {
  entity: ENTRY,
  source_id: ENTRY.id,
  target_id: '0192f0c1-8d10-7b21-8c1f-0242ac120002',
  type: 'depends_on',
  score: 0.62,
  reason: '3 neighbours in common',
  reasons: [{ kind: 'shared_neighbors', score: 0.62, detail: '3 neighbours in common' }],
};
const ANSWERS: Record<string, unknown> = {
  neighbors: {
    root: NODE,
    out_degree: 1,
    in_degree: 0,
    count: 1,
    neighbors: { depends_on: [{ ...ENTRY, direction: 'out' }] },
    next: {},
    truncated: null,
  },
  path: { nodes: [NODE, NODE], edges: [], length: 1, cost: 1 },
  cycles: [{ size: 2, nodes: [NODE, NODE], truncated: false }],
  centrality: [CENTRAL],
  communities: {
    modularity: 0.69,
    count: 1,
    communities: [{ number: 1, size: 2, members: [ENTRY, ENTRY], truncated: false }],
    ...DATED,
  },
  components: {
    connection: 'weak',
    count: 1,
    components: [{ size: 2, nodes: [ENTRY, ENTRY], truncated: false }],
    ...DATED,
  },
  suggestions: [SUGGESTION],
};

/** Answers of the graph; undefined for what is not its own. */
export function graphAnswer(path: string): unknown {
  if (path.endsWith('/graph'))
    return { root_id: ENTRY.id, depth: 3, nodes: [NODE], edges: [], truncated: null, skipped_hubs: [] };
  const [, call, of] = /\/graph\/(\w+)(\/.*)?$/.exec(path) ?? [];
  if (call === undefined) return undefined;
  if (call === 'centrality' && of !== undefined) return CENTRAL;
  return ANSWERS[call] ?? { root: NODE, nodes: [NODE], count: 1, truncated: null, by_type: { plugin: 1 } };
}

/** How its commands are called. */
export const GRAPH_CALLS = {
  'graph walk': { args: ['plugin_my-service', '5'] },
  'graph dependencies': { args: ['plugin_my-service'] },
  'graph impact': { args: ['plugin_my-service'] },
  'graph neighbors': { args: ['plugin_my-service'] },
  'graph path': { args: ['plugin_a', 'plugin_b'] },
  'graph cycles': { args: [] },
  'graph components': { args: [] },
  'graph centrality': { args: [] },
  'graph communities': { args: [] },
  'graph suggestions': { args: ['plugin_my-service'] },
};
