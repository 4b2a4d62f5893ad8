import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import { readData } from '../core/input.js';
import { given, numberOf } from '../kinds/kind-request.js';
import type { GroupSpec, LeafSpec, OptionSpec } from '../spec/types.js';
import { bulkResultView } from '../views/bulk-view.js';
import { RELATIONSHIP_TYPES, relationshipView, type Relationship } from '../views/relationship-view.js';
import { questionFor, runBatch } from './batch-answer.js';
import { asObject, assignments } from './entry-input.js';
import { PAGE_OPTIONS, pageWish } from './list-options.js';
import { printPages } from './pages.js';

const PATH = '/api/v1/relationships';
const DIRECTIONS = ['in', 'out', 'both'] as const;

const ID = { name: 'id', summary: 'id of the relationship', required: true, completes: 'relationship' } as const;
const IF_MATCH: OptionSpec = {
  flags: '--if-match <revision>',
  summary: 'only if the relationship is still at this revision',
};
const BODY_OPTIONS: readonly OptionSpec[] = [
  { flags: '--weight <n>', summary: 'cost of the step in weighted paths (default 1)', common: true },
  { flags: '--bidirectional', summary: 'walked both ways', common: true },
  {
    flags: '--metadata <field=value>',
    summary: 'a metadata field; the value may be JSON',
    repeatable: true,
    common: true,
  },
  { flags: '--data <json>', summary: 'the whole body: JSON or YAML, @file, or - for stdin; flags win over it' },
];

const listLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List relationships: all of them, those of one entry, or those between two',
  arguments: [
    { name: 'entry', summary: 'id or key of an entry: what it points at and what points at it', completes: 'entry' },
  ],
  options: [
    {
      flags: '--types <types>',
      summary: `only these, comma-separated: ${RELATIONSHIP_TYPES.slice(0, 3).join(', ')}, …`,
      completes: RELATIONSHIP_TYPES,
      list: true,
      common: true,
    },
    { flags: '--direction <direction>', summary: 'of an entry: in, out or both', choices: DIRECTIONS, common: true },
    { flags: '--source <entry>', summary: 'only those that start from this entry', common: true },
    { flags: '--target <entry>', summary: 'only those that point at this entry', common: true },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { cmd: 'relationship list svc_my-api' },
    { cmd: 'relationship list --types depends_on --target resource_libc6' },
    { cmd: 'relationship list svc_my-api --direction out -o name', note: 'ids for other commands' },
  ],
  effect: 'reads',
  view: relationshipView,
  operations: [`GET ${PATH}`, 'GET /api/v1/entities/{id}/relationships'],
  async run(context, { args, options }) {
    const [entry] = args as [string | undefined];
    const { types, direction, source, target, sort } = options as Record<string, string | undefined>;
    const unfit = entry === undefined ? given({ direction }) : given({ source, target, sort });
    const [flag] = Object.keys(unfit);
    if (flag !== undefined) {
      const reason = entry === undefined ? 'it is of an entry: name one' : `${entry} says whose relationships they are`;
      throw usageError(`--${flag} does not go with that`, { reason });
    }
    await printPages<Relationship>(context, {
      path: entry === undefined ? PATH : `/api/v1/entities/${encodeURIComponent(entry)}/relationships`,
      query: { types, direction, source_id: source, target_id: target },
      wish: pageWish(options),
      view: relationshipView,
      none: 'no relationships match',
    });
  },
};

const getLeaf: LeafSpec = {
  name: 'get',
  aliases: ['show'],
  summary: 'Show one relationship',
  arguments: [ID],
  examples: [{ cmd: 'relationship get 1' }, { cmd: 'relationship get 1 --json=id,metadata' }],
  effect: 'reads',
  view: relationshipView,
  operations: [`GET ${PATH}/{id}`],
  async run(context, { args }) {
    await context.one(await find(context, String(args[0])), relationshipView);
  },
};

const createLeaf: LeafSpec = {
  name: 'create',
  summary: 'Relate two entries',
  arguments: [
    { name: 'source', summary: 'id or key of the entry it starts from', required: true, completes: 'entry' },
    {
      name: 'type',
      summary: `what it means: ${RELATIONSHIP_TYPES.slice(0, 4).join(', ')}, …`,
      required: true,
      completes: RELATIONSHIP_TYPES,
    },
    {
      name: 'target',
      summary: 'id or key of the entry it points at; a bare name is a feature category',
      required: true,
      completes: 'entry',
    },
  ],
  options: BODY_OPTIONS,
  examples: [
    { cmd: 'relationship create svc_mailer depends_on resource_database --metadata since=2026-01' },
    { cmd: 'relationship create svc_mailer calls svc_my-api --weight 2 --dry-run' },
  ],
  effect: 'writes',
  view: relationshipView,
  operations: [`POST ${PATH}`],
  async run(context, { args, options }) {
    const [source, type, target] = args as string[];
    const body = { ...(await bodyOf(context, options)), source_id: source, type, target_id: target };
    const made = (await context.send({ method: 'POST', path: PATH, body }))?.json<Relationship>();
    if (made) await context.changed(`created ${sentence(made)} ${made.id}`, made, relationshipView);
  },
};

const updateLeaf: LeafSpec = {
  name: 'update',
  aliases: ['set'],
  summary: 'Change weight, direction or metadata of a relationship',
  description:
    'What is not named stays as it is; a change made by somebody else meanwhile is never undone (exit code 5).\n' +
    'Its ends and its type do not change: delete it and make another.',
  arguments: [ID],
  options: [
    ...BODY_OPTIONS.slice(0, 2),
    { flags: '--one-way', summary: 'walked from its source to its target only', common: true },
    ...BODY_OPTIONS.slice(2),
    IF_MATCH,
  ],
  examples: [{ cmd: 'relationship update 1 --weight 3 --metadata reviewed=true' }],
  effect: 'writes',
  view: relationshipView,
  operations: [`PUT ${PATH}/{id}`],
  async run(context, { args, options }) {
    if (options.bidirectional === true && options.oneWay === true)
      throw usageError('--bidirectional and --one-way exclude each other');
    const asked = await bodyOf(context, options);
    if (options.oneWay === true) asked.bidirectional = false;
    if (Object.keys(asked).length === 0)
      throw usageError('nothing to change', {
        reason: 'give --weight, --bidirectional, --one-way, --metadata or --data',
      });
    const { id, weight, bidirectional, metadata, revision } = await find(context, String(args[0]));
    const answer = await context.send({
      method: 'PUT',
      path: pathOf(id),
      body: { weight, bidirectional, ...asked, metadata: { ...metadata, ...(asked.metadata as object | undefined) } },
      ifMatch: (options.ifMatch as string | undefined) ?? String(revision),
    });
    const changed = answer?.json<Relationship>();
    if (changed) await context.changed(`updated ${sentence(changed)} ${changed.id}`, changed, relationshipView);
  },
};

const deleteLeaf: LeafSpec = {
  name: 'delete',
  aliases: ['rm'],
  summary: 'Dissolve relationships; the entries stay',
  arguments: [{ ...ID, summary: 'ids of the relationships', variadic: true }],
  options: [IF_MATCH],
  examples: [{ cmd: 'relationship delete 1 --yes' }],
  effect: 'deletes',
  view: bulkResultView,
  operations: [`DELETE ${PATH}/{id}`],
  async run(context, { args, options }) {
    const ids = args[0] as string[];
    const what = ids.length === 1 ? `relationship ${ids[0]}` : `${ids.length} relationships`;
    if (!context.dryRun) await context.confirm(questionFor(context, `Delete ${what}`));
    const ifMatch = options.ifMatch as string | undefined;
    await runBatch(
      context,
      {
        items: ids,
        done: 'deleted',
        name: (id) => ({ key: id, id }),
        act: (id) => context.send({ method: 'DELETE', path: pathOf(id), ifMatch }),
      },
      `deleted relationship ${ids[0]}`,
    );
  },
};

export const relationshipCommand: GroupSpec = {
  name: 'relationship',
  aliases: ['rel'],
  summary: 'Relate entries, and see what relates them',
  description: 'To walk along relationships, and see what a change reaches: graph.',
  children: [listLeaf, getLeaf, createLeaf, updateLeaf, deleteLeaf],
};

const pathOf = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;

const sentence = ({ source_key, type, target_key }: Relationship): string =>
  `relationship ${source_key} ${type} ${target_key}`;

async function find(context: CommandContext, id: string): Promise<Relationship> {
  return (await context.client()).json<Relationship>({ method: 'GET', path: pathOf(id) });
}

/** What flags and `--data` say of it. */
async function bodyOf(context: CommandContext, options: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { data, weight, metadata } = options as { data?: string; weight?: string; metadata?: string[] };
  const body = data === undefined ? {} : asObject(await readData(data, context.terminal.stdin), '--data');
  if (weight !== undefined) body.weight = numberOf(weight, '--weight');
  if (options.bidirectional === true) body.bidirectional = true;
  if (metadata) body.metadata = { ...(body.metadata as object | undefined), ...assignments(metadata, '--metadata') };
  return body;
}
