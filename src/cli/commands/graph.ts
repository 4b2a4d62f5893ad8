import type { CommandContext } from '../core/context.js';
import { parseCount } from '../core/duration.js';
import type { View } from '../output/view.js';
import type { ArgumentSpec, GroupSpec, LeafSpec, OptionSpec } from '../spec/types.js';
import {
  GRAPH_FIELDS,
  nodeView,
  REACH_FIELDS,
  type GraphAnswer,
  type GraphNode,
  type ReachAnswer,
} from '../views/graph-view.js';
import { neighborsCommand, cyclesCommand } from './graph-neighbors.js';

const ENTRY: ArgumentSpec = { name: 'id', summary: 'id or key of the entry', required: true, completes: 'entry' };
const TYPES: OptionSpec = {
  flags: '--types <list>',
  summary: 'only these relationship types, comma-separated',
  common: true,
};
const DIRECTION: OptionSpec = {
  flags: '--direction <direction>',
  summary: 'out, in or both',
  choices: ['out', 'in', 'both'],
  common: true,
};
const LIMIT: OptionSpec = { flags: '--limit <n>', summary: 'at most so many entries', common: true };

/** Programs get the answer as it is; a table shows its nodes, and so do csv, name and templates. */
const graphView: View<GraphAnswer> = { fields: GRAPH_FIELDS, columns: [], name: () => '' };
const reachView: View<ReachAnswer> = { fields: REACH_FIELDS, columns: [], name: () => '' };

const walkCommand: LeafSpec = {
  name: 'walk',
  summary: 'Walk from an entry along its relationships',
  arguments: [ENTRY, { name: 'depth', summary: 'how many steps, 1 to 10 (default 3)' }],
  options: [TYPES, DIRECTION, LIMIT],
  examples: [
    { cmd: 'graph plugin_my-service 5' },
    { cmd: 'graph plugin_my-service --types depends_on --direction out -o json' },
  ],
  effect: 'reads',
  view: graphView,
  operations: ['GET /api/v1/graph'],
  async run(context, { args, options }) {
    const client = await context.client();
    const depth = args[1] === undefined ? 3 : parseCount(String(args[1]), 'depth', 1, 10);
    const answer = await client.json<GraphAnswer>({
      method: 'GET',
      path: '/api/v1/graph',
      query: {
        root_id: String(args[0]),
        depth,
        types: options.types as string | undefined,
        direction: options.direction as string | undefined,
        limit: limitOf(options),
      },
    });
    await show(context, answer, graphView);
    context.notice(`${answer.nodes.length} entries, ${answer.edges.length} relationships within ${depth} steps`);
    noticeTruncation(context, answer.truncated);
  },
};

function reachCommand(name: 'dependencies' | 'impact', summary: string, said: string, example: string): LeafSpec {
  return {
    name,
    summary,
    arguments: [ENTRY],
    options: [TYPES, { flags: '--depth <n>', summary: 'at most so many steps, 1 to 10 (default: all the way)' }, LIMIT],
    examples: [{ cmd: `graph ${name} ${example}` }, { cmd: `graph ${name} ${example} -o name`, note: 'keys only' }],
    effect: 'reads',
    view: reachView,
    operations: [`GET /api/v1/graph/${name}/{id}`],
    async run(context, { args, options }) {
      const client = await context.client();
      const answer = await client.json<ReachAnswer>({
        method: 'GET',
        path: `/api/v1/graph/${name}/${encodeURIComponent(String(args[0]))}`,
        query: {
          types: options.types as string | undefined,
          depth: options.depth === undefined ? undefined : parseCount(String(options.depth), '--depth', 1, 10),
          limit: limitOf(options),
        },
      });
      await show(context, answer, reachView);
      context.notice(`${answer.count} ${said} ${answer.root.key}`);
      noticeTruncation(context, answer.truncated);
    },
  };
}

const pathCommand: LeafSpec = {
  name: 'path',
  summary: 'Find the shortest path between two entries',
  arguments: [
    { name: 'source', summary: 'id or key where it starts', required: true, completes: 'entry' },
    { name: 'target', summary: 'id or key where it ends', required: true, completes: 'entry' },
  ],
  options: [TYPES, DIRECTION, { flags: '--weighted', summary: 'least weight instead of fewest steps', common: true }],
  examples: [{ cmd: 'graph path plugin_my-service resource_database' }],
  effect: 'reads',
  view: graphView,
  operations: ['GET /api/v1/graph/path'],
  async run(context, { args, options }) {
    const client = await context.client();
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

export const graphCommand: GroupSpec = {
  name: 'graph',
  summary: 'Walk the relationships of an entry',
  fallback: 'walk',
  children: [
    walkCommand,
    reachCommand('dependencies', 'Show everything an entry needs', 'entries are needed by', 'plugin_my-service'),
    reachCommand('impact', 'Show everything that breaks if an entry fails', 'entries need', 'resource_libc6'),
    neighborsCommand,
    pathCommand,
    cyclesCommand,
  ],
};

const TRUNCATIONS: Record<string, string> = {
  limit: 'the limit of entries was reached',
  edges: 'there are too many relationships',
  deadline: 'it took too long',
  hub: 'an entry with very many relationships was not walked through',
};

function limitOf(options: Record<string, unknown>): number | undefined {
  return options.limit === undefined ? undefined : parseCount(String(options.limit), '--limit', 1, 1_000_000);
}

async function show<Answer extends { nodes: GraphNode[] }>(
  context: CommandContext,
  answer: Answer,
  view: View<Answer>,
  raw: Answer = answer,
): Promise<void> {
  if (!context.quiet && ['json', 'jsonl', 'yaml'].includes(context.format.name)) return context.one(raw, view);
  return context.list(answer.nodes, nodeView);
}

function noticeTruncation(context: CommandContext, truncated: GraphAnswer['truncated'] | boolean): void {
  if (!truncated) return;
  const reason =
    typeof truncated === 'object' ? (TRUNCATIONS[truncated.reason] ?? truncated.reason) : 'the limit was reached';
  const where =
    typeof truncated === 'object' && truncated.at_depth !== undefined ? ` from step ${truncated.at_depth} on` : '';
  context.notice(`incomplete${where}: ${reason}; try a smaller depth, --types or a larger --limit`);
}
