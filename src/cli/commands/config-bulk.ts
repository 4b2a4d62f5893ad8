import { configWords } from '../kinds/config.words.js';
import { given, pathOf } from '../kinds/kind-request.js';
import { usageError } from '../core/errors.js';
import { readDocuments } from '../core/input.js';
import { column, type View } from '../output/view.js';
import { DRY_RUN_OPTION } from '../spec/global-options.js';
import type { LeafSpec } from '../spec/types.js';
import { questionFor } from './batch-answer.js';
import { choiceOf } from './config-draft.js';
import { COMMENT, KEY, placeOf, SCOPE_OPTIONS } from './config-scope.js';
import { asObject } from './entry-input.js';

interface Result extends Record<string, unknown> {
  key: string;
  changed: boolean;
}

const resultView: View<Result> = {
  fields: ['op', 'key', 'revision', 'changed'],
  columns: [
    column('KEY', 'key'),
    column('OPERATION', 'op'),
    column('REVISION', 'revision', { right: true }),
    { title: 'CHANGED', value: ({ changed }) => (changed ? 'yes' : 'no') },
  ],
  name: ({ key }) => key,
};

export const transactLeaf: LeafSpec = {
  name: 'transact',
  aliases: ['txn'],
  summary: 'Set, delete and check several values, all or none',
  description:
    'The file holds operations: a list, one document each, or { operations, comment }. Each names op (set, delete, check,\n' +
    'check_absent) and key, then scope, scope_id, value, type and revision, which it must be at before.\n' +
    'One that finds another revision refuses all of them, and is named (exit code 5).',
  arguments: [],
  options: [
    {
      flags: '-f, --file <file>',
      summary: 'JSON or YAML; - for stdin',
      common: true,
      asked: { question: 'Which file?' },
    },
    COMMENT,
  ],
  examples: [{ cmd: 'config transact -f - < changes.yaml' }],
  effect: 'writes',
  view: resultView,
  operations: ['POST /api/v1/config/txn'],
  async run(context, { options }) {
    const source = String(options.file);
    const documents = (await readDocuments(source, context.terminal.stdin)).map(({ from, value }) =>
      asObject(value, from),
    );
    const [only] = documents;
    const whole = documents.length === 1 && Array.isArray(only?.operations);
    const body = whole ? only : { operations: documents };
    if (documents.length === 0) throw usageError(`${source} holds no operations`);
    const answer = await context.send({
      method: 'POST',
      path: pathOf(configWords, 'txn'),
      body: { ...body, ...given({ comment: options.comment }) },
    });
    if (!answer) return;
    const { results } = answer.json<{ results: Result[] }>();
    await context.list(results, resultView);
    context.notice(`${results.filter(({ changed }) => changed).length} of ${results.length} changed something`);
  },
};

interface Reset extends Record<string, unknown> {
  key: string;
  action: string;
}

const resetView: View<Reset> = {
  fields: ['key', 'action'],
  columns: [
    column('KEY', 'key'),
    { title: 'RESULT', value: ({ action }) => ({ set: 'set to its default', removed: 'removed' })[action] ?? action },
  ],
  name: ({ key }) => key,
};

/** A plan is one object, as that of every other command. */
const resetPlanView: View<{ dry_run: true; results: Reset[] }> = {
  fields: ['dry_run', 'results', ...resetView.fields],
  columns: [],
  name: ({ results }) => results.map(({ key }) => key).join('\n') || '-',
};

export const resetLeaf: LeafSpec = {
  name: 'reset',
  summary: 'Take values of one scope back to their defaults',
  description:
    'Without a default a global value stays, and that of a nearer scope goes, so that the wider one holds again.\n' +
    'For --all the word all is to be typed, or given as --confirm=all.',
  arguments: [{ ...KEY, summary: 'keys', variadic: true, asked: undefined }],
  options: [
    { flags: '--prefix <prefix>', summary: 'keys that begin with it, e.g. db.', completes: 'config', common: true },
    { flags: '--all', summary: 'every key', common: true },
    ...SCOPE_OPTIONS,
    COMMENT,
    { flags: DRY_RUN_OPTION.flags, summary: 'ask the registry what would change, and change nothing', common: true },
  ],
  examples: [{ cmd: 'config reset --prefix db. --dry-run' }, { cmd: 'config reset db.pool.size --yes' }],
  effect: 'deletes',
  severe: true,
  view: resetView,
  operations: ['POST /api/v1/config/reset'],
  async run(context, { args, options }) {
    // An output format that does not exist is refused before the change, not after it.
    void context.format;
    const choice = choiceOf(args[0], options);
    const { key: _, ...scope } = placeOf('', options);
    const keys = choice.keys as string[] | undefined;
    const what = keys ? keys.join(', ') : choice.prefix === '' ? 'every key' : `every ${String(choice.prefix)}…`;
    const question = questionFor(context, `Reset ${what}`);
    if (!context.dryRun && options.all === true) await context.confirmSevere(question, 'all');
    else if (!context.dryRun) await context.confirm(question);
    const client = await context.client();
    const results = await client.json<Reset[]>({
      method: 'POST',
      path: pathOf(configWords, 'reset'),
      body: { ...choice, ...scope, ...given({ comment: options.comment, dry_run: context.dryRun ? true : undefined }) },
      repeatable: context.dryRun,
    });
    if (context.dryRun && !context.speaks) return context.one({ dry_run: true, results }, resetPlanView);
    await context.list(results, resetView);
    const done = results.filter(({ action }) => action !== 'kept').length;
    context.notice(`${done} of ${results.length} ${context.dryRun ? 'would change' : 'changed'}`);
  },
};
