import { column, type View } from '../output/view.js';

/** An entry as graph answers carry it. */
export interface GraphNode extends Record<string, unknown> {
  id: string;
  key: string;
  distance?: number;
  path?: string[];
}

export interface GraphEdge extends Record<string, unknown> {
  id: string;
  source_id: string;
  target_id: string;
  type: string;
}

export interface GraphAnswer extends Record<string, unknown> {
  nodes: GraphNode[];
  edges: GraphEdge[];
  truncated?: { reason: string; at_depth?: number } | null;
  skipped_hubs?: unknown[];
}

export interface ReachAnswer extends Record<string, unknown> {
  root: GraphNode;
  nodes: GraphNode[];
  count: number;
  truncated?: { reason: string; at_depth?: number } | boolean | null;
}

export const GRAPH_FIELDS = [
  'root_id',
  'depth',
  'nodes',
  'edges',
  'truncated',
  'skipped_hubs',
  'length',
  'cost',
] as const;
export const REACH_FIELDS = ['root', 'nodes', 'count', 'truncated', 'by_type', 'alternatives'] as const;

const NODE_FIELDS = [
  'id',
  'key',
  'type',
  'name',
  'version',
  'title',
  'status',
  'health',
  'feature',
  'distance',
  'path',
  'has_alternative',
  'constraint',
  'constraint_state',
] as const;

/** Nodes of a walk, one a row. */
export const nodeView: View<GraphNode> = {
  fields: NODE_FIELDS,
  columns: [
    column('DIST', 'distance', { right: true }),
    column('KEY', 'key'),
    column('TYPE', 'type'),
    column('TITLE', 'title'),
    column('STATUS', 'status', { state: true }),
    column('HEALTH', 'health', { state: true }),
    column('ALTERNATIVE', 'has_alternative', { wide: true }),
    column('ASKS FOR', 'constraint', { wide: true }),
    column('GETS IT', 'constraint_state', { wide: true }),
    { title: 'PATH', value: (node) => node.path?.join(' > '), wide: true },
    column('ID', 'id', { wide: true }),
  ],
  name: (node) => node.key ?? node.id,
};

export interface NeighbourRow extends Record<string, unknown> {
  relationship: string;
  direction: string;
  key: string;
}

/** Edges seen from one entry. */
export const neighbourView: View<NeighbourRow> = {
  fields: ['relationship', 'direction', 'key', 'type', 'title', 'status', 'health', 'weight', 'id'],
  columns: [
    column('RELATIONSHIP', 'relationship'),
    column('DIRECTION', 'direction'),
    column('KEY', 'key'),
    column('TYPE', 'type'),
    column('TITLE', 'title'),
    column('STATUS', 'status', { state: true }),
    column('ID', 'id', { wide: true }),
  ],
  name: (row) => row.key,
};
