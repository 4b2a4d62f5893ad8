import { KIND_ENTRY } from './stub-kinds.js';

const NODE = {
  id: KIND_ENTRY.id,
  key: 'node_n1',
  name: 'n1',
  type: 'compute',
  host: '10.0.3.17',
  port: 9000,
  address: '10.0.3.17:9000',
  region: 'eu-central-1',
  zone: 'eu-central-1a',
  weight: 10,
  capacity: 1000,
  status: 'active',
  health: 'healthy',
  connections: 13,
};
const OF_GRID: Record<string, unknown> = {
  balance: {
    node: NODE,
    strategy: 'round_robin',
    reason: 'turn 41 of a cycle of 8 shared by all replicas',
    why: { matching: 10, candidates: 8, excluded: { draining: 2 } },
    guard: null,
  },
  topology: {
    nodes: 1,
    available: 1,
    regions: [{ region: NODE.region, zones: [{ zone: NODE.zone, members: [{ ...NODE, available: true }] }] }],
  },
  stats: {
    nodes: 1,
    available: 1,
    connections: 13,
    capacity: 1000,
    by_type: { compute: 1 },
    by_liveness: { alive: 1 },
  },
  discover: {
    registered: 1,
    invalid: 0,
    nodes: [{ name: NODE.name, outcome: 'registered', address: NODE.address, id: NODE.id, status: 'active' }],
  },
};

/** Answers of what the grid has beside its nodes; undefined for what every kind has. */
export function gridAnswer(path: string): unknown {
  const [, rest = ''] = /^\/api\/v1\/grid\/(.*)$/.exec(path) ?? [];
  return OF_GRID[rest];
}
