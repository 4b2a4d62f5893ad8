import { writeFile } from 'node:fs/promises';
import type { CommandContext } from '../core/context.js';
import { parseCount } from '../core/duration.js';
import { usageError } from '../core/errors.js';
import { graphSvg } from '../output/graph-svg.js';
import type { View } from '../output/view.js';
import type { ArgumentSpec, GroupSpec, LeafSpec } from '../spec/types.js';
import { REACH_FIELDS, type GraphAnswer, type ReachAnswer } from '../views/graph-view.js';
import { centralityCommand, communitiesCommand, componentsCommand, suggestionsCommand } from './graph-analysis.js';
import { neighborsCommand, cyclesCommand } from './graph-neighbors.js';
import { pathCommand } from './graph-path.js';
import { DIRECTION, graphView, LIMIT, limitOf, noticeTruncation, show, TYPES } from './graph-show.js';
import { treeRows, treeRowView } from './graph-tree.js';
import { writeOut } from './write-out.js';

const ENTRY: ArgumentSpec = { name: 'id', summary: 'id or key of the entry', required: true, completes: 'entry' };
const reachView: View<ReachAnswer> = { fields: REACH_FIELDS, columns: [], name: () => '' };

const walkCommand: LeafSpec = {
  name: 'walk',
  summary: 'Walk from an entry along its relationships',
  arguments: [ENTRY, { name: 'depth', summary: 'how many steps, 1 to 10 (default 3)' }],
  options: [
    { flags: '--tree', summary: 'as a tree, every entry once', common: true },
    { flags: '--dot', summary: 'as Graphviz takes it' },
    { flags: '--mermaid', summary: 'as a Mermaid flowchart' },
    { flags: '--svg <file>', summary: 'as a picture, into this file' },
    TYPES,
    DIRECTION,
    LIMIT,
  ],
  examples: [
    { cmd: 'graph plugin_my-service 5' },
    { cmd: 'graph plugin_my-service --types depends_on --direction out -o json' },
    { cmd: 'graph plugin_my-service --tree' },
    { cmd: 'graph plugin_my-service --dot', note: 'pipe it to: dot -Tsvg', norun: 'Graphviz reads it' },
    { cmd: 'graph plugin_my-service --svg picture.svg', norun: 'writes a file' },
  ],
  effect: 'reads',
  view: graphView,
  operations: ['GET /api/v1/graph', 'GET /api/v1/graph/export'],
  async run(context, { args, options }) {
    const client = await context.client();
    const depth = args[1] === undefined ? 3 : parseCount(String(args[1]), 'depth', 1, 10);
    const query = {
      root_id: String(args[0]),
      depth,
      types: options.types as string | undefined,
      direction: options.direction as string | undefined,
      limit: limitOf(options),
    };
    const format = oneOf(options);
    if (format === 'dot' || format === 'mermaid') {
      const request = {
        method: 'GET',
        path: '/api/v1/graph/export',
        query: { ...query, format },
        accept: '*/*',
      } as const;
      return writeOut(context, await client.stream(request), undefined);
    }
    const answer = await client.json<GraphAnswer>({ method: 'GET', path: '/api/v1/graph', query });
    if (format === 'svg') await writePicture(context, answer, String(options.svg));
    else if (format === 'tree') await context.list(treeRows(answer), treeRowView);
    else await show(context, answer, graphView);
    context.notice(`${answer.nodes.length} entries, ${answer.edges.length} relationships within ${depth} steps`);
    noticeTruncation(context, answer.truncated);
  },
};

const SHAPES = ['tree', 'dot', 'mermaid', 'svg'] as const;

function oneOf(options: Record<string, unknown>): (typeof SHAPES)[number] | undefined {
  const given = SHAPES.filter((shape) => options[shape] !== undefined && options[shape] !== false);
  if (given.length > 1) throw usageError(`--${given[0]} and --${given[1]} cannot be used together`);
  return given[0];
}

async function writePicture(context: CommandContext, answer: GraphAnswer, file: string): Promise<void> {
  try {
    await writeFile(file, graphSvg(answer));
  } catch (cause) {
    throw usageError(`cannot write ${JSON.stringify(file)}`, { reason: (cause as Error).message, cause });
  }
  context.notice(`wrote the picture to ${file}`);
}

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
    componentsCommand,
    centralityCommand,
    communitiesCommand,
    suggestionsCommand,
  ],
};
