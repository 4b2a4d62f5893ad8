import { parseCount } from '../core/duration.js';
import type { View } from '../output/view.js';
import type { LeafSpec } from '../spec/types.js';
import { nodeView, neighbourView, type GraphNode, type NeighbourRow } from '../views/graph-view.js';
import { TYPES } from './graph-show.js';

interface NeighborsAnswer extends Record<string, unknown> {
  out_degree: number;
  in_degree: number;
  count: number;
  /** By relationship type. */
  neighbors: Record<string, NeighbourRow[]>;
  next?: Record<string, string>;
}

const neighborsView: View<NeighborsAnswer> = {
  fields: ['root', 'out_degree', 'in_degree', 'count', 'neighbors', 'next', 'truncated'],
  columns: [],
  name: () => '',
};

export const neighborsCommand: LeafSpec = {
  name: 'neighbors',
  aliases: ['neighbours'],
  summary: 'Show what an entry is directly related to',
  arguments: [{ name: 'id', summary: 'id or key of the entry', required: true, completes: 'entry' }],
  options: [
    TYPES,
    { flags: '--direction <direction>', summary: 'out, in or both', choices: ['out', 'in', 'both'], common: true },
    { flags: '--limit <n>', summary: 'at most so many', common: true },
  ],
  examples: [{ cmd: 'graph neighbors plugin_my-service' }, { cmd: 'graph neighbors resource_libc6 --direction in' }],
  effect: 'reads',
  view: neighborsView,
  operations: ['GET /api/v1/graph/neighbors/{id}'],
  async run(context, { args, options }) {
    const client = await context.client();
    const answer = await client.json<NeighborsAnswer>({
      method: 'GET',
      path: `/api/v1/graph/neighbors/${encodeURIComponent(String(args[0]))}`,
      query: {
        types: options.types as string | undefined,
        direction: options.direction as string | undefined,
        limit: options.limit === undefined ? undefined : parseCount(String(options.limit), '--limit', 1, 1000),
      },
    });
    if (!context.quiet && ['json', 'jsonl', 'yaml'].includes(context.format.name))
      return context.one(answer, neighborsView);
    const rows = [...neighbourRows(answer)];
    await context.list(rows, neighbourView);
    if (rows.length === 0) context.notice('no relationships');
    const cut = Object.keys(answer.next ?? {});
    if (cut.length > 0) context.notice(`there are more of ${cut.join(', ')}; use a larger --limit`);
  },
};

function* neighbourRows(answer: NeighborsAnswer): Generator<NeighbourRow> {
  for (const [relationship, list] of Object.entries(answer.neighbors)) {
    for (const item of list) yield { ...item, relationship };
  }
}

interface Cycle extends Record<string, unknown> {
  size?: number;
  nodes: GraphNode[];
}

const cycleView: View<Cycle> = {
  fields: ['size', 'nodes', 'truncated'],
  columns: [
    { title: 'SIZE', value: (cycle) => cycle.size ?? cycle.nodes.length, right: true },
    { title: 'ENTRIES', value: (cycle) => cycle.nodes.map((node) => nodeView.name(node)).join(' ') },
  ],
  name: (cycle) => cycle.nodes.map((node) => nodeView.name(node)).join(' '),
};

export const cyclesCommand: LeafSpec = {
  name: 'cycles',
  summary: 'Find entries that need each other in a circle',
  options: [TYPES, { flags: '--limit <n>', summary: 'at most so many circles', common: true }],
  examples: [{ cmd: 'graph cycles' }, { cmd: 'graph cycles --types depends_on -o json' }],
  effect: 'reads',
  view: cycleView,
  operations: ['GET /api/v1/graph/cycles'],
  async run(context, { options }) {
    const client = await context.client();
    const cycles = await client.json<Cycle[]>({
      method: 'GET',
      path: '/api/v1/graph/cycles',
      query: {
        types: options.types as string | undefined,
        limit: options.limit === undefined ? undefined : parseCount(String(options.limit), '--limit', 1, 1000),
      },
    });
    await context.list(cycles, cycleView);
    if (cycles.length === 0) context.notice('no cycles');
  },
};
