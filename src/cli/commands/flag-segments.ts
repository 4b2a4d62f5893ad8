import { featureFlagWords } from '../kinds/feature-flag.words.js';
import { clauseOf } from '../kinds/flag-clause.js';
import { given, IF_MATCH, pathOf } from '../kinds/kind-request.js';
import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import { readData } from '../core/input.js';
import { column, type View } from '../output/view.js';
import type { ArgumentSpec, GroupSpec, LeafSpec, OptionSpec } from '../spec/types.js';
import { bulkResultView } from '../views/bulk-view.js';
import { segmentView, type Segment } from '../views/flag-view.js';
import { questionFor, runBatch } from './batch-answer.js';
import { asObject } from './entry-input.js';
import { PAGE_OPTIONS, pageWish } from './list-options.js';
import { printPages } from './pages.js';

const SEGMENT: ArgumentSpec = {
  name: 'segment',
  summary: 'key of the segment',
  completes: 'segment',
  asked: { question: 'Which segment? (its key)' },
};

const SETTINGS: readonly OptionSpec[] = [
  {
    flags: '--condition <condition>',
    summary: "whom it holds for: 'email ends_with @example.com', or JSON",
    common: true,
  },
  { flags: '--include <key>', summary: 'a member whatever the condition says', repeatable: true, common: true },
  { flags: '--exclude <key>', summary: 'no member whatever else is said', repeatable: true, common: true },
  { flags: '--name <text>', summary: 'for people' },
  { flags: '--description <text>', summary: 'what it is' },
  { flags: '--data <json>', summary: 'the whole body: JSON or YAML, @file, or - for stdin; flags win over it' },
];

const segmentsPath = (...rest: string[]): string => pathOf(featureFlagWords, 'segments', ...rest);

const listLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List segments',
  options: PAGE_OPTIONS.filter(({ flags }) => !flags.startsWith('--sort')),
  examples: [{ cmd: 'feature-flag segments' }],
  effect: 'reads',
  view: segmentView,
  operations: ['GET /api/v1/features/segments'],
  run: (context, { options }) =>
    printPages<Segment>(context, {
      path: segmentsPath(),
      query: {},
      wish: pageWish(options),
      view: segmentView,
      none: 'no segments',
    }),
};

const getLeaf: LeafSpec = {
  name: 'get',
  aliases: ['show'],
  summary: 'Show a segment',
  arguments: [SEGMENT],
  examples: [{ cmd: 'feature-flag segments get beta-testers' }],
  effect: 'reads',
  view: segmentView,
  operations: ['GET /api/v1/features/segments/{key}'],
  async run(context, { args }) {
    await context.one(await segment(context, String(args[0])), segmentView);
  },
};

const createLeaf: LeafSpec = {
  name: 'create',
  summary: 'Make a segment: people that flags and rules can name',
  arguments: [SEGMENT],
  options: SETTINGS,
  examples: [
    { cmd: "feature-flag segments create beta-testers --condition 'email ends_with @example.com' --include user-17" },
  ],
  effect: 'writes',
  view: segmentView,
  operations: ['POST /api/v1/features/segments'],
  async run(context, { args, options }) {
    const body = { ...(await settingsOf(context, options)), key: String(args[0]) };
    const answer = await context.send({ method: 'POST', path: segmentsPath(), body });
    if (!answer) return;
    const made = answer.json<Segment>();
    const next = `${context.program} feature-flag update <flag> --segment ${made.key}`;
    await context.changed(`created segment ${made.key}`, made, segmentView, next);
  },
};

const updateLeaf: LeafSpec = {
  name: 'update',
  aliases: ['set'],
  summary: 'Change a segment',
  description:
    'What is not named stays as it is: --include and --exclude add, --drop takes a key out of both. A change that\n' +
    'somebody else makes meanwhile is never undone (exit code 5).',
  arguments: [SEGMENT],
  options: [
    ...SETTINGS,
    { flags: '--drop <key>', summary: 'neither included nor excluded by name', repeatable: true, common: true },
    IF_MATCH,
  ],
  examples: [{ cmd: 'feature-flag segments update beta-testers --include user-18 --drop user-17' }],
  effect: 'writes',
  view: segmentView,
  operations: ['PUT /api/v1/features/segments/{key}'],
  async run(context, { args, options }) {
    const key = String(args[0]);
    const drop = new Set(options.drop as string[] | undefined);
    const wanted = await settingsOf(context, options);
    if (Object.keys(wanted).length === 0 && drop.size === 0) {
      throw usageError('nothing to change', { reason: 'give at least one of the flags, e.g. --include user-18' });
    }
    const before = await segment(context, key);
    const { key: _, id: _id, revision, created_at: _made, updated_at: _changed, ...body } = before;
    const joined = (field: 'included' | 'excluded'): string[] => {
      const added = options.data === undefined ? before[field] : [];
      return [...new Set([...(added ?? []), ...((wanted[field] as string[] | undefined) ?? [])])].filter(
        (one) => !drop.has(one),
      );
    };
    const answer = await context.send({
      method: 'PUT',
      path: segmentsPath(key),
      body: given({
        ...(options.data === undefined ? body : {}),
        ...wanted,
        included: joined('included'),
        excluded: joined('excluded'),
      }),
      ifMatch: (options.ifMatch as string | undefined) ?? String(revision),
    });
    if (!answer) return;
    const after = answer.json<Segment>();
    await context.changed(`updated segment ${key} to revision ${after.revision}`, after, segmentView);
  },
};

const deleteLeaf: LeafSpec = {
  name: 'delete',
  aliases: ['rm'],
  summary: 'Remove segments that nothing uses',
  arguments: [{ ...SEGMENT, summary: 'keys of the segments', variadic: true }],
  options: [IF_MATCH],
  examples: [{ cmd: 'feature-flag segments delete beta-testers --yes' }],
  effect: 'deletes',
  view: bulkResultView,
  operations: ['DELETE /api/v1/features/segments/{key}'],
  async run(context, { args, options }) {
    const keys = args[0] as string[];
    const what = keys.length === 1 ? `segment ${keys[0]}` : `${keys.length} segments`;
    if (!context.dryRun) await context.confirm(questionFor(context, `Delete ${what}`));
    const ifMatch = options.ifMatch as string | undefined;
    const act = (key: string) => context.send({ method: 'DELETE', path: segmentsPath(key), ifMatch });
    await runBatch(
      context,
      { items: keys, done: 'deleted', name: (key) => ({ key }), act },
      `deleted segment ${keys[0]}`,
    );
  },
};

interface Use extends Record<string, unknown> {
  type: string;
  key: string;
  id?: string;
}

const useView: View<Use> = {
  fields: ['flags', 'segments', 'hidden', 'type', 'key', 'id'],
  columns: [column('TYPE', 'type'), column('KEY', 'key'), column('ID', 'id', { wide: true })],
  name: ({ key }) => key,
};

const usageLeaf: LeafSpec = {
  name: 'usage',
  summary: 'Tell which flags and segments use a segment',
  arguments: [SEGMENT],
  examples: [{ cmd: 'feature-flag segments usage beta-testers' }],
  effect: 'reads',
  view: useView,
  operations: ['GET /api/v1/features/segments/{key}/usage'],
  async run(context, { args }) {
    const client = await context.client();
    const path = segmentsPath(String(args[0]), 'usage');
    const usage = await client.json<{ flags: Use[]; segments: string[]; hidden: number }>({ method: 'GET', path });
    if (['json', 'jsonl', 'yaml'].includes(context.format.name) && !context.quiet) {
      return context.one(usage as unknown as Use, useView);
    }
    const rows = [
      ...usage.flags.map((flag) => ({ ...flag, type: 'flag' })),
      ...usage.segments.map((key) => ({ type: 'segment', key })),
    ];
    await context.list(rows, useView);
    if (rows.length === 0 && usage.hidden === 0) context.notice('nothing uses it');
    if (usage.hidden > 0) context.notice(`and ${usage.hidden} that this key may not see`);
  },
};

async function segment(context: CommandContext, key: string): Promise<Segment> {
  const client = await context.client();
  return client.json<Segment>({ method: 'GET', path: segmentsPath(key) });
}

async function settingsOf(context: CommandContext, options: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { data, condition } = options as { data?: string; condition?: string };
  return {
    ...(data === undefined ? {} : asObject(await readData(data, context.terminal.stdin), '--data')),
    ...given({
      clause: condition === undefined ? undefined : clauseOf(condition, '--condition'),
      included: options.include,
      excluded: options.exclude,
      name: options.name,
      description: options.description,
    }),
  };
}

export const segmentsGroup: GroupSpec = {
  name: 'segments',
  aliases: ['segment'],
  summary: 'Keep groups of people that flags and rules name',
  fallback: 'list',
  children: [listLeaf, getLeaf, createLeaf, updateLeaf, deleteLeaf, usageLeaf],
};
