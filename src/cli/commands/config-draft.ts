import { configWords } from '../kinds/config.words.js';
import { given, pathOf } from '../kinds/kind-request.js';
import { usageError } from '../core/errors.js';
import { cellText } from '../output/fields.js';
import { DRY_RUN_OPTION } from '../spec/global-options.js';
import type { View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { bulkResultView } from '../views/bulk-view.js';
import { draftView, type Draft } from '../views/config-view.js';
import { questionFor, runBatch } from './batch-answer.js';
import { COMMENT, KEY, placeText, SCOPE_OPTIONS, scopeQuery } from './config-scope.js';
import { givenValue, TYPE_OPTIONS, VALUE } from './config-value.js';

const PREFIX = 'only keys that begin with it, e.g. db.';

const listLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List drafts with what each would change',
  arguments: [{ name: 'prefix', summary: PREFIX, completes: 'draft' }],
  examples: [{ cmd: 'config draft' }],
  effect: 'reads',
  view: draftView,
  operations: ['GET /api/v1/config/drafts'],
  async run(context, { args }) {
    const client = await context.client();
    const query = { prefix: args[0] as string | undefined };
    const drafts = await client.json<Draft[]>({ method: 'GET', path: pathOf(configWords, 'drafts'), query });
    await context.list(drafts, draftView);
    if (drafts.length === 0) context.notice('no drafts');
    else context.notice(`next: ${context.program} config publish <key>`);
  },
};

const getLeaf: LeafSpec = {
  name: 'get',
  aliases: ['show'],
  summary: 'Show the draft of a value with what it would change',
  arguments: [{ ...KEY, completes: 'draft' }],
  options: SCOPE_OPTIONS,
  examples: [{ cmd: 'config draft get db.pool.size' }],
  effect: 'reads',
  view: draftView,
  operations: ['GET /api/v1/config/{id}/draft'],
  async run(context, { args, options }) {
    const client = await context.client();
    const path = pathOf(configWords, String(args[0]), 'draft');
    await context.one(await client.json<Draft>({ method: 'GET', path, query: scopeQuery(options) }), draftView);
  },
};

const setLeaf: LeafSpec = {
  name: 'set',
  aliases: ['save'],
  summary: 'Save a change of a value without making it hold',
  description: 'Checked as if it were made; in the place of an earlier draft of the same value.',
  arguments: [KEY, VALUE],
  options: [
    ...SCOPE_OPTIONS,
    ...TYPE_OPTIONS,
    { flags: '--remove', summary: 'the change is that the value goes', common: true },
    COMMENT,
  ],
  examples: [{ cmd: 'config draft set db.pool.size 30 --comment "Black Friday"' }],
  effect: 'writes',
  view: draftView,
  operations: ['PUT /api/v1/config/{id}/draft'],
  async run(context, { args, options }) {
    const [key, word] = args as [string, string | undefined];
    const remove = options.remove === true;
    if (remove && (word !== undefined || options.file !== undefined)) {
      throw usageError('give either a value, or --remove');
    }
    const value = remove ? undefined : await givenValue(context, key, word, options);
    const answer = await context.send({
      method: 'PUT',
      path: pathOf(configWords, key, 'draft'),
      query: scopeQuery(options),
      body: {
        ...(value ? given({ value: value.value, type: value.type }) : { operation: 'delete' }),
        ...given({ comment: options.comment }),
      },
      ...(value?.hidden && { secrets: ['value'] }),
    });
    if (!answer) return;
    const draft = answer.json<Draft>();
    const change = remove ? 'would go' : value?.hidden ? 'has a draft' : `would be ${cellText(draft.value)}`;
    const now = draft.current_value === null || value?.hidden ? '' : `, is ${cellText(draft.current_value)}`;
    const next = `${context.program} config publish ${draft.name}`;
    await context.changed(`${draft.name}${placeText(draft)} ${change}${now}`, draft, draftView, next);
  },
};

export const draftGroup: GroupSpec = {
  name: 'draft',
  aliases: ['drafts'],
  summary: 'Prepare changes that hold once they are published',
  fallback: 'list',
  children: [listLeaf, getLeaf, setLeaf],
};

interface Published extends Record<string, unknown> {
  published: Draft[];
}

const publishedView: View<Published> = {
  fields: ['dry_run', 'published'],
  columns: [],
  name: ({ published }) => published.map(({ key }) => key).join('\n') || '-',
};

export const publishLeaf: LeafSpec = {
  name: 'publish',
  summary: 'Make drafts the values that hold, all or none',
  description:
    'Refused for those whose value has changed since the draft was saved (exit code 5), unless --force is given.',
  arguments: [{ ...KEY, summary: 'keys, in every scope', variadic: true, asked: undefined, completes: 'draft' }],
  options: [
    { flags: '--prefix <prefix>', summary: PREFIX, completes: 'draft', common: true },
    { flags: '--all', summary: 'every draft', common: true },
    { flags: '--force', summary: 'also over values that have changed since', common: true },
    COMMENT,
    { flags: DRY_RUN_OPTION.flags, summary: 'ask the registry what would change, and change nothing', common: true },
  ],
  examples: [{ cmd: 'config publish --prefix db. --dry-run' }, { cmd: 'config publish db.pool.size' }],
  effect: 'writes',
  view: publishedView,
  operations: ['POST /api/v1/config/publish'],
  async run(context, { args, options }) {
    // An output format that does not exist is refused before the change, not after it.
    void context.format;
    const client = await context.client();
    const answer = await client.json<Published>({
      method: 'POST',
      path: pathOf(configWords, 'publish'),
      body: {
        ...choiceOf(args[0], options),
        ...given({ comment: options.comment, force: options.force, dry_run: context.dryRun ? true : undefined }),
      },
      repeatable: context.dryRun,
    });
    const { published } = answer;
    if (!context.speaks) return context.one(answer, publishedView);
    await context.list(published, draftView);
    const what = published.length === 1 ? '1 draft' : `${published.length} drafts`;
    context.notice(
      published.length === 0 ? 'no drafts' : `${what} ${context.dryRun ? 'would be published' : 'published'}`,
    );
  },
};

/** Keys, a prefix or everything: never everything because nothing was said. */
export function choiceOf(keys: unknown, options: Record<string, unknown>): Record<string, unknown> {
  const named = (keys as string[] | undefined) ?? [];
  const ways = [named.length > 0, options.prefix !== undefined, options.all === true].filter(Boolean).length;
  if (ways !== 1) throw usageError('give either keys, or --prefix, or --all');
  return named.length > 0 ? { keys: named } : { prefix: options.prefix ?? '' };
}

export const discardLeaf: LeafSpec = {
  name: 'discard',
  summary: 'Discard drafts',
  arguments: [{ ...KEY, variadic: true, completes: 'draft' }],
  options: SCOPE_OPTIONS,
  examples: [{ cmd: 'config discard db.pool.size --yes' }],
  effect: 'deletes',
  view: bulkResultView,
  operations: ['DELETE /api/v1/config/{id}/draft'],
  async run(context, { args, options }) {
    const keys = args[0] as string[];
    const what = keys.length === 1 ? `the draft of ${keys[0]}` : `${keys.length} drafts`;
    if (!context.dryRun) await context.confirm(questionFor(context, `Discard ${what}`));
    const act = (key: string) =>
      context.send({ method: 'DELETE', path: pathOf(configWords, key, 'draft'), query: scopeQuery(options) });
    const sentence = `discarded the draft of ${keys[0]}`;
    await runBatch(context, { items: keys, done: 'deleted', name: (key) => ({ key }), act }, sentence);
  },
};
