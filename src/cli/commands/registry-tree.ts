import { idArgument, IF_MATCH, pathOf, rowsOf } from '../kinds/kind-request.js';
import { kindView } from '../kinds/kind-view.js';
import { registryWords } from '../kinds/registry.words.js';
import { parseCount } from '../core/duration.js';
import { oneLine, usageError } from '../core/errors.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { entryView, type Entry } from '../views/entry-view.js';
import { FILTER_OPTIONS, filterQuery, PAGE_OPTIONS, pageWish } from './list-options.js';
import { printPages } from './pages.js';
import { printStats } from './stats.js';

const REGISTRY = idArgument(registryWords);
const registryView = kindView(registryWords);

export const childrenLeaf: LeafSpec = {
  name: 'children',
  summary: 'List the registries right below one',
  arguments: [REGISTRY],
  options: PAGE_OPTIONS,
  examples: [{ cmd: 'registry children reg_shop' }],
  effect: 'reads',
  view: registryView,
  operations: ['GET /api/v1/registries/{id}/children'],
  run: (context, { args, options }) =>
    printPages<Entry>(context, {
      path: pathOf(registryWords, String(args[0]), 'children'),
      query: {},
      wish: pageWish(options),
      view: registryView,
      none: 'no registries below it',
    }),
};

const ancestorView: View<Entry> = {
  fields: ['id', 'key', 'name', 'title', 'level', 'status'],
  columns: [
    column('KEY', 'key'),
    column('LEVEL', 'level'),
    column('STATUS', 'status', { state: true }),
    column('TITLE', 'title'),
    column('ID', 'id', { wide: true }),
  ],
  name: (entry) => entry.key ?? entry.id,
};

export const ancestorsLeaf: LeafSpec = {
  name: 'ancestors',
  summary: 'List the registries above one',
  arguments: [REGISTRY],
  examples: [{ cmd: 'registry ancestors reg_shop' }],
  effect: 'reads',
  view: ancestorView,
  operations: ['GET /api/v1/registries/{id}/ancestors'],
  async run(context, { args }) {
    const client = await context.client();
    const path = pathOf(registryWords, String(args[0]), 'ancestors');
    const rows = rowsOf<Entry>(await client.json({ method: 'GET', path }), 'ancestors');
    await context.list(rows, ancestorView);
    if (rows.length === 0) context.notice('no registries above it');
  },
};

interface TreeNode extends Record<string, unknown> {
  key?: string;
  name?: string;
  level?: string;
  children?: TreeNode[];
}

const treeView: View<TreeNode> = {
  fields: [
    'id',
    'key',
    'name',
    'title',
    'level',
    'status',
    'depth',
    'entries',
    'registries',
    'children',
    'roots',
    'count',
    'truncated',
  ],
  columns: [
    column('REGISTRY', 'branch'),
    column('LEVEL', 'level'),
    column('STATUS', 'status', { state: true }),
    column('ENTRIES', 'entries', { right: true }),
  ],
  name: (node) => String(node.key ?? node.name ?? node.id ?? ''),
};

export const treeLeaf: LeafSpec = {
  name: 'tree',
  aliases: ['hierarchy'],
  summary: 'Show the registries below one, or all of them, as a tree',
  arguments: [{ name: 'id', summary: 'id, key or name of the registry (all when left out)', completes: 'registry' }],
  options: [
    { flags: '--depth <n>', summary: 'at most so many levels', common: true },
    { flags: '--limit <n>', summary: 'at most so many registries (default 1000)' },
  ],
  examples: [{ cmd: 'registry tree' }, { cmd: 'registry tree reg_shop -o json' }],
  effect: 'reads',
  view: treeView,
  operations: ['GET /api/v1/registries/{id}/hierarchy', 'GET /api/v1/registries/hierarchy'],
  async run(context, { args, options }) {
    const client = await context.client();
    const id = args[0] as string | undefined;
    const answer = await client.json<TreeNode | TreeNode[]>({
      method: 'GET',
      path: pathOf(registryWords, ...(id === undefined ? [] : [id]), 'hierarchy'),
      query: {
        depth: options.depth === undefined ? undefined : parseCount(String(options.depth), '--depth', 0, 10),
        limit: options.limit === undefined ? undefined : parseCount(String(options.limit), '--limit', 1, 10_000),
      },
    });
    if (context.format.name === 'json' || context.format.name === 'yaml') {
      return Array.isArray(answer) ? context.list(answer, treeView) : context.one(answer, treeView);
    }
    const roots = rootsOf(answer);
    const rows = [...branches(roots)];
    await context.list(rows, treeView);
    if (rows.length === 0) context.notice('no registries');
    if (!Array.isArray(answer) && answer.truncated === true)
      context.notice('there are more; use --limit, or a registry');
  },
};

/** The top of a tree: one node, several, or an answer that holds them. */
function rootsOf(answer: TreeNode | TreeNode[]): TreeNode[] {
  if (Array.isArray(answer)) return answer;
  if (answer.key !== undefined || answer.name !== undefined) return [answer];
  return rowsOf<TreeNode>(answer, 'roots');
}

/** Each node with its place in the picture: `├─ shop`. */
function* branches(nodes: readonly TreeNode[], indent = '', top = true): Generator<TreeNode> {
  for (const [index, { children = [], ...node }] of nodes.entries()) {
    const last = index === nodes.length - 1;
    const mark = top ? '' : last ? '└─ ' : '├─ ';
    yield { ...node, branch: `${indent}${mark}${oneLine(String(node.name ?? node.key ?? ''))}` };
    yield* branches(children, top ? '' : `${indent}${last ? '   ' : '│  '}`, false);
  }
}

export const moveLeaf: LeafSpec = {
  name: 'move',
  summary: 'Put a registry below another, with everything below it',
  description: 'Its level must be below that of the new parent.',
  arguments: [
    REGISTRY,
    {
      name: 'parent',
      summary: 'id, key or name of the registry it is to be below',
      asked: { question: 'Below which registry?', unless: ['top'] },
      completes: 'registry',
    },
  ],
  options: [{ flags: '--top', summary: 'below none', common: true }, IF_MATCH],
  examples: [{ cmd: 'registry move reg_shop-eu reg_shop' }],
  effect: 'writes',
  view: registryView,
  operations: ['POST /api/v1/registries/{id}/move'],
  async run(context, { args, options }) {
    const [id, parent] = args as [string, string | undefined];
    if (options.top === true && parent !== undefined) throw usageError('give either a parent, or --top');
    const answer = await context.send({
      method: 'POST',
      path: pathOf(registryWords, id, 'move'),
      body: { parent_id: options.top === true ? null : parent },
      ifMatch: options.ifMatch as string | undefined,
    });
    if (!answer) return;
    const moved = answer.json<Entry>();
    const where = parent === undefined ? 'at the top' : `below ${parent}`;
    await context.changed(`${moved.key ?? id} is ${where}`, moved, registryView);
  },
};

interface Added extends Record<string, unknown> {
  added: number;
  unchanged: number;
}

const addedView: View<Added> = {
  fields: ['added', 'unchanged'],
  columns: [],
  name: ({ added }) => String(added),
};

const entriesLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List what is in a registry',
  arguments: [REGISTRY],
  options: [
    { flags: '-r, --recursive', summary: 'and in the registries below it', common: true },
    // Not the statuses of registries.
    ...FILTER_OPTIONS.map((option) =>
      option.flags.startsWith('--status') ? { ...option, completes: 'status' as const } : option,
    ),
    ...PAGE_OPTIONS,
  ],
  examples: [{ cmd: 'registry entries reg_shop --recursive --type service' }],
  effect: 'reads',
  view: entryView,
  operations: ['GET /api/v1/registries/{id}/entries'],
  run: (context, { args, options }) =>
    printPages<Entry>(context, {
      path: pathOf(registryWords, String(args[0]), 'entries'),
      query: {
        ...filterQuery(options),
        recursive: options.recursive === true ? true : undefined,
      },
      wish: pageWish(options),
      view: entryView,
      none: 'nothing is in it',
    }),
};

const addLeaf: LeafSpec = {
  name: 'add',
  summary: 'Let entries live in a registry, all of them or none',
  description: 'Out of whatever registry they lived in before. Registries themselves are moved.',
  arguments: [
    REGISTRY,
    {
      name: 'entry',
      summary: 'ids or keys of entries',
      variadic: true,
      asked: { question: 'Which entry? (id or key)' },
      completes: 'entry',
    },
  ],
  examples: [{ cmd: 'registry entries add reg_shop svc_checkout' }],
  effect: 'writes',
  view: addedView,
  operations: ['PUT /api/v1/registries/{id}/entries'],
  async run(context, { args }) {
    const [id, entries] = args as [string, string[]];
    const answer = await context.send({ method: 'PUT', path: pathOf(registryWords, id, 'entries'), body: { entries } });
    if (!answer) return;
    const added = answer.json<Added>();
    await context.changed(`${added.added} came into ${id}, ${added.unchanged} were in it before`, added, addedView);
  },
};

const memberStatsView: View = {
  fields: ['total', 'by_type', 'by_status', 'by_health'],
  columns: [],
  name: (stats) => String(stats.total ?? ''),
};

const entryStatsLeaf: LeafSpec = {
  name: 'stats',
  summary: 'Count what is in a registry by type, status and health',
  arguments: [REGISTRY],
  options: [{ flags: '-r, --recursive', summary: 'and in the registries below it', common: true }],
  examples: [{ cmd: 'registry entries stats reg_shop --recursive' }],
  effect: 'reads',
  view: memberStatsView,
  operations: ['GET /api/v1/registries/{id}/stats'],
  async run(context, { args, options }) {
    const client = await context.client();
    const stats = await client.json<Record<string, unknown>>({
      method: 'GET',
      path: pathOf(registryWords, String(args[0]), 'stats'),
      query: { recursive: options.recursive === true ? true : undefined },
    });
    await printStats(context, stats, memberStatsView);
  },
};

export const entriesGroup: GroupSpec = {
  name: 'entries',
  summary: 'See and say what is in a registry',
  fallback: 'list',
  children: [entriesLeaf, addLeaf, entryStatsLeaf],
};
