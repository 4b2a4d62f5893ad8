import type { CommandContext } from '../core/context.js';
import { parseCount } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { column, type View } from '../output/view.js';
import type { Invocation, LeafSpec } from '../spec/types.js';
import type { GraphAnswer, GraphNode } from '../views/graph-view.js';
import { DIRECTION, graphView, noticeTruncation, show, TYPES } from './graph-show.js';

export const pathCommand: LeafSpec = {
  name: 'path',
  summary: 'Find the shortest path between two entries, or all of them',
  arguments: [
    { name: 'source', summary: 'id or key where it starts', required: true, completes: 'entry' },
    { name: 'target', summary: 'id or key where it ends', required: true, completes: 'entry' },
  ],
  options: [
    TYPES,
    DIRECTION,
    { flags: '--weighted', summary: 'least weight instead of fewest steps', common: true },
    { flags: '--all', summary: 'every path, shorter ones first', common: true },
    { flags: '--max-depth <n>', summary: 'with --all: at most so many steps, 1 to 10 (default 5)' },
    { flags: '--limit <n>', summary: 'with --all: at most so many paths, 1 to 100 (default 10)' },
  ],
  examples: [
    { cmd: 'graph path plugin_my-service resource_database' },
    { cmd: 'graph path plugin_my-service resource_libc6 --all' },
  ],
  effect: 'reads',
  view: graphView,
  operations: ['GET /api/v1/graph/path', 'GET /api/v1/graph/paths'],
  async run(context, { args, options }) {
    const client = await context.client();
    if (options.all === true) return allPaths(context, args, options);
    const answer = await client.json<GraphAnswer>({
      method: 'GET',
      path: '/api/v1/graph/path',
      query: {
        source: String(args[0]),
        target: String(args[1]),
        types: options.types as string | undefined,
        direction: options.direction as string | undefined,
        weighted: options.weighted === true ? true : undefined,
      },
    });
    const nodes = answer.nodes.map((node, index): GraphNode => ({ ...node, distance: node.distance ?? index }));
    await show(context, { ...answer, nodes }, graphView, answer);
  },
};

interface WayRow extends Record<string, unknown> {
  length: number;
  nodes: GraphNode[];
}

interface PathsAnswer extends Record<string, unknown> {
  paths: WayRow[];
  truncated?: { reason: string; at_depth?: number } | null;
}

const pathsView: View<PathsAnswer> = {
  fields: ['max_depth', 'count', 'paths', 'truncated'],
  columns: [],
  name: () => '',
};
const keys = ({ nodes }: WayRow): string => nodes.map(({ key }) => key).join(' > ');
const wayView: View<WayRow> = {
  fields: ['length', 'cost', 'nodes', 'edges'],
  columns: [
    column('STEPS', 'length', { right: true }),
    column('COST', 'cost', { right: true }),
    { title: 'PATH', value: keys },
  ],
  name: keys,
};

async function allPaths(
  context: CommandContext,
  args: Invocation['args'],
  options: Invocation['options'],
): Promise<void> {
  if (options.weighted === true) throw usageError('--all and --weighted cannot be used together');
  const client = await context.client();
  const most = (flag: string, value: unknown, limit: number): number | undefined =>
    value === undefined ? undefined : parseCount(String(value), flag, 1, limit);
  const answer = await client.json<PathsAnswer>({
    method: 'GET',
    path: '/api/v1/graph/paths',
    query: {
      source: String(args[0]),
      target: String(args[1]),
      types: options.types as string | undefined,
      direction: options.direction as string | undefined,
      max_depth: most('--max-depth', options.maxDepth, 10),
      limit: most('--limit', options.limit, 100),
    },
  });
  if (!context.quiet && ['json', 'jsonl', 'yaml'].includes(context.format.name)) return context.one(answer, pathsView);
  await context.list(answer.paths, wayView);
  if (answer.paths.length === 0) context.notice('no paths');
  noticeTruncation(context, answer.truncated);
}
