import { configWords } from '../kinds/config.words.js';
import { given, IF_MATCH, pathOf } from '../kinds/kind-request.js';
import type { CommandContext } from '../core/context.js';
import { parseCount } from '../core/duration.js';
import { CliError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';
import { column, type View } from '../output/view.js';
import type { ArgumentSpec, LeafSpec } from '../spec/types.js';
import type { Entry } from '../views/entry-view.js';
import { versionView, type Version } from '../views/config-view.js';
import { COMMENT, KEY, placeText, SCOPE_OPTIONS, scopeQuery } from './config-scope.js';

const MOST = 2 ** 31 - 1;
const NUMBER: ArgumentSpec = {
  name: 'version',
  summary: 'its number, as "config history" tells it',
  completes: 'config-version',
};

const versionOf = (text: unknown): number => parseCount(String(text), 'version', 1, MOST);

export const historyLeaf: LeafSpec = {
  name: 'history',
  summary: 'List the versions of a value, the newest first',
  description: 'Nothing is ever taken out of it: it goes on where a value was removed and set again.',
  arguments: [KEY],
  options: [
    ...SCOPE_OPTIONS,
    { flags: '--limit <n>', summary: 'at most so many (default 50)', common: true },
    { flags: '--offset <n>', summary: 'skip so many of the newest' },
  ],
  examples: [{ cmd: 'config history db.pool.size' }],
  effect: 'reads',
  view: versionView,
  operations: ['GET /api/v1/config/{id}/history'],
  async run(context, { args, options }) {
    const limit = options.limit === undefined ? 50 : parseCount(String(options.limit), '--limit', 1, 1000);
    const offset = options.offset === undefined ? undefined : parseCount(String(options.offset), '--offset', 0, MOST);
    const versions = await history(context, String(args[0]), options, { limit, offset });
    await context.list(versions, versionView);
    if (versions.length === 0) context.notice('no versions');
    else if (versions.length === limit && Number(versions.at(-1)?.version) > 1) {
      context.notice(`there are more; use --limit, or --offset ${(offset ?? 0) + limit}`);
    }
  },
};

async function history(
  context: CommandContext,
  key: string,
  options: Record<string, unknown>,
  page: { limit: number; offset?: number },
): Promise<Version[]> {
  const client = await context.client();
  const query = { ...scopeQuery(options), ...page };
  return client.json<Version[]>({ method: 'GET', path: pathOf(configWords, key, 'history'), query });
}

export const versionLeaf: LeafSpec = {
  name: 'version',
  aliases: ['versions'],
  summary: 'Show one version of a value',
  arguments: [KEY, { ...NUMBER, asked: { question: 'Which version?' } }],
  options: SCOPE_OPTIONS,
  examples: [{ cmd: 'config version db.pool.size 1' }],
  effect: 'reads',
  view: versionView,
  operations: ['GET /api/v1/config/{id}/versions/{version}'],
  async run(context, { args, options }) {
    const [key, number] = args as [string, string];
    const client = await context.client();
    const path = pathOf(configWords, key, 'versions', String(versionOf(number)));
    await context.one(await client.json<Version>({ method: 'GET', path, query: scopeQuery(options) }), versionView);
  },
};

interface Change extends Record<string, unknown> {
  field: string;
}

interface Diff extends Record<string, unknown> {
  from: number;
  to: number;
  changes: Change[];
}

const diffView: View<Diff> = {
  fields: ['from', 'to', 'changes', 'patch'],
  columns: [column('FROM', 'from'), column('TO', 'to'), column('CHANGES', 'changes')],
  name: ({ changes }) => changes.map(({ field }) => field).join('\n') || '-',
};

const changeView: View<Change> = {
  fields: ['field', 'from', 'to'],
  columns: [column('FIELD', 'field'), column('FROM', 'from'), column('TO', 'to')],
  name: ({ field }) => field,
};

export const diffLeaf: LeafSpec = {
  name: 'diff',
  summary: 'Tell what differs between two versions of a value',
  description: 'Without numbers: the newest and the one before it. --exit-code ends with 10 when they differ.',
  arguments: [
    KEY,
    { name: 'from', summary: 'a version; the one before the other when left out', completes: 'config-version' },
    { name: 'to', summary: 'another; the newest when left out', completes: 'config-version' },
  ],
  options: [...SCOPE_OPTIONS, { flags: '--exit-code', summary: 'end with 10 when they differ', common: true }],
  examples: [{ cmd: 'config diff db.pool.size' }, { cmd: 'config diff db.pool.size 1 2 -o json' }],
  effect: 'reads',
  view: diffView,
  operations: ['GET /api/v1/config/{id}/diff'],
  async run(context, { args, options }) {
    const [key, first, second] = args as [string, string | undefined, string | undefined];
    const to = second === undefined ? await newest(context, key, options) : versionOf(second);
    const from = first === undefined ? Math.max(1, to - 1) : versionOf(first);
    const client = await context.client();
    const query = { ...scopeQuery(options), from, to };
    const diff = await client.json<Diff>({ method: 'GET', path: pathOf(configWords, key, 'diff'), query });
    if (context.speaks || context.format.name === 'wide') await context.list(diff.changes, changeView);
    else await context.one(diff, diffView);
    const differ = diff.changes.length > 0;
    context.notice(differ ? `version ${from} and ${to}` : `versions ${from} and ${to} do not differ`);
    if (differ && options.exitCode === true) context.exit(ExitCode.no);
  },
};

async function newest(context: CommandContext, key: string, options: Record<string, unknown>): Promise<number> {
  const [last] = await history(context, key, options, { limit: 1 });
  if (last) return last.version;
  throw new CliError('cli.no_versions', `${key} has no versions`, { exitCode: ExitCode.notFound });
}

interface RolledBack extends Record<string, unknown> {
  name: string;
  current_version: number | null;
  value_entry: Entry | null;
}

const rolledBackView: View<RolledBack> = {
  fields: ['name', 'version', 'current_version', 'value_entry'],
  columns: [column('KEY', 'name'), column('AS', 'version'), column('NOW', 'current_version')],
  name: ({ name }) => name,
};

export const rollbackLeaf: LeafSpec = {
  name: 'rollback',
  summary: 'Make what a former version was a new version',
  description: 'Also of a value that was removed. No version is lost.',
  arguments: [KEY, { ...NUMBER, asked: { question: 'To which version?' } }],
  options: [...SCOPE_OPTIONS, COMMENT, IF_MATCH],
  examples: [{ cmd: 'config rollback db.pool.size 1 --comment "The database has too few"' }],
  effect: 'writes',
  view: rolledBackView,
  operations: ['POST /api/v1/config/{id}/rollback'],
  async run(context, { args, options }) {
    const [key, number] = args as [string, string];
    const version = versionOf(number);
    const answer = await context.send({
      method: 'POST',
      path: pathOf(configWords, key, 'rollback'),
      query: scopeQuery(options),
      body: given({ version, comment: options.comment }),
      ifMatch: options.ifMatch as string | undefined,
    });
    if (!answer) return;
    const after = answer.json<RolledBack>();
    const what = after.value_entry ? placeText(after.value_entry) : ' (there was none)';
    const sentence = `${after.name}${what} is as in version ${version}, now version ${String(after.current_version)}`;
    await context.changed(sentence, after, rolledBackView, `${context.program} config get ${key}`);
  },
};
