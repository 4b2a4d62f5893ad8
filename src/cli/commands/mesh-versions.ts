import type { CommandContext } from '../core/context.js';
import { parseCount } from '../core/duration.js';
import { ExitCode } from '../core/exit-codes.js';
import { cellText } from '../output/fields.js';
import { column, type View } from '../output/view.js';
import { DRY_RUN_OPTION } from '../spec/global-options.js';
import type { ArgumentSpec, GroupSpec, LeafSpec } from '../spec/types.js';
import { questionFor } from './batch-answer.js';

const PATH = '/api/v1/mesh/versions';
const NUMBER: ArgumentSpec = {
  name: 'version',
  summary: 'its number, as "mesh versions list" tells it',
  completes: 'mesh-version',
};

const versionOf = (text: unknown): number => parseCount(String(text), 'version', 1, Number.MAX_SAFE_INTEGER);

interface Change extends Record<string, unknown> {
  name: string;
  change: 'added' | 'changed' | 'removed';
}

interface Version extends Record<string, unknown> {
  version: number;
  changes: Change[];
}

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;
const changesText = (changes: readonly Change[]): string =>
  changes.map(({ name, change }) => `${SIGNS[change]}${name}`).join(' ') || 'settings';

const versionView: View<Version> = {
  fields: ['version', 'at', 'actor', 'note', 'changes'],
  columns: [
    column('VERSION', 'version', { right: true }),
    column('AT', 'at'),
    { title: 'CHANGES', value: ({ changes }) => changesText(changes) },
    column('NOTE', 'note'),
    column('ACTOR', 'actor', { wide: true }),
  ],
  name: ({ version }) => String(version),
};

const listLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List what changed the mesh, the newest first',
  options: [
    { flags: '--limit <n>', summary: 'at most so many (default 50)', common: true },
    { flags: '--before <version>', summary: 'only older ones than this' },
  ],
  examples: [{ cmd: 'mesh versions --limit 3' }],
  effect: 'reads',
  view: versionView,
  operations: [`GET ${PATH}`],
  async run(context, { options }) {
    const limit = options.limit === undefined ? 50 : parseCount(String(options.limit), '--limit', 1, 1000);
    const before = options.before === undefined ? undefined : versionOf(options.before);
    const client = await context.client();
    const versions = await client.json<Version[]>({ method: 'GET', path: PATH, query: { limit, before } });
    await context.list(versions, versionView);
    const last = versions.at(-1)?.version;
    if (last === undefined) context.notice('no versions');
    else if (versions.length === limit) context.notice(`there may be more; use --limit, or --before ${last}`);
  },
};

interface State extends Record<string, unknown> {
  name: string;
}

interface Routes extends Record<string, unknown> {
  version: number;
  routes: State[];
}

const routesView: View<Routes> = {
  fields: ['version', 'routes'],
  columns: [],
  name: ({ routes }) => routes.map(({ name }) => name).join('\n') || '-',
};

const stateView: View<State> = {
  fields: ['id', 'name', 'status', 'spec'],
  columns: [
    column('NAME', 'name'),
    column('STATUS', 'status', { state: true }),
    column('TYPE', 'spec.type'),
    column('ID', 'id', { wide: true }),
  ],
  name: ({ name }) => name,
};

const getLeaf: LeafSpec = {
  name: 'get',
  aliases: ['show'],
  summary: 'Show every route as it was at a version',
  arguments: [{ ...NUMBER, asked: { question: 'Which version?' } }],
  examples: [{ cmd: 'mesh versions get 2' }],
  effect: 'reads',
  view: routesView,
  operations: [`GET ${PATH}/{version}`],
  async run(context, { args }) {
    const client = await context.client();
    const routes = await client.json<Routes>({ method: 'GET', path: `${PATH}/${versionOf(args[0])}` });
    if (!isForPeople(context)) return context.one(routes, routesView);
    await context.list(routes.routes, stateView);
    if (routes.routes.length === 0) context.notice(`there were no routes at version ${routes.version}`);
  },
};

export const meshVersionsGroup: GroupSpec = {
  name: 'versions',
  summary: 'See what changed the mesh, and how it was',
  fallback: 'list',
  children: [listLeaf, getLeaf],
};

interface Difference extends Change {
  patch: { op: string; path: string; value?: unknown }[];
}

interface Diff extends Record<string, unknown> {
  from: number;
  to: number;
  differences: Difference[];
}

const diffView: View<Diff> = {
  fields: ['from', 'to', 'differences'],
  columns: [],
  name: ({ differences }) => differences.map(({ name }) => name).join('\n') || '-',
};

interface Line extends Record<string, unknown> {
  name: string;
}

const lineView: View<Line> = {
  fields: ['name', 'change', 'field', 'value'],
  columns: [column('ROUTE', 'name'), column('CHANGE', 'change'), column('FIELD', 'field'), column('NOW', 'value')],
  name: ({ name }) => name,
};

/** One line a field of what changed, one for what came or went. */
function linesOf(differences: readonly Difference[]): Line[] {
  return differences.flatMap(({ name, change, patch }) =>
    patch.length === 0
      ? [{ name, change }]
      : patch.map(({ op, path, value }) => ({
          name,
          change,
          field: path.replace(/^\/(spec\/)?/, '').replaceAll('/', '.'),
          value: op === 'remove' ? 'none' : cellText(value),
        })),
  );
}

const isForPeople = (context: CommandContext): boolean =>
  !context.quiet && ['table', 'wide'].includes(context.format.name) && context.flags.fields === undefined;

export const meshDiffLeaf: LeafSpec = {
  name: 'diff',
  summary: 'Tell what leads from one version of the mesh to another',
  description: '--exit-code ends with 10 when they differ.',
  arguments: [
    { ...NUMBER, name: 'from', asked: { question: 'From which version?' } },
    { name: 'to', summary: 'another; the present one when left out', completes: 'mesh-version' },
  ],
  options: [{ flags: '--exit-code', summary: 'end with 10 when they differ', common: true }],
  examples: [{ cmd: 'mesh diff 2' }, { cmd: 'mesh diff 2 3 -o json' }],
  effect: 'reads',
  view: diffView,
  operations: [`GET ${PATH}/{version}/diff`],
  async run(context, { args, options }) {
    const [first, second] = args as [string, string | undefined];
    const client = await context.client();
    const query = { to: second === undefined ? undefined : versionOf(second) };
    const diff = await client.json<Diff>({ method: 'GET', path: `${PATH}/${versionOf(first)}/diff`, query });
    await printDiff(context, diff);
    const differ = diff.differences.length > 0;
    context.notice(
      differ ? `version ${diff.from} and ${diff.to}` : `versions ${diff.from} and ${diff.to} do not differ`,
    );
    if (differ && options.exitCode === true) context.exit(ExitCode.no);
  },
};

function printDiff<Answer extends Diff>(context: CommandContext, diff: Answer, view: View<Answer> = diffView) {
  return isForPeople(context) ? context.list(linesOf(diff.differences), lineView) : context.one(diff, view);
}

interface RolledBack extends Diff {
  version: number;
}

const rolledBackView: View<RolledBack> = { ...diffView, fields: [...diffView.fields, 'version', 'dry_run'] };

export const meshRollbackLeaf: LeafSpec = {
  name: 'rollback',
  summary: 'Make all routes what they were at a version, all or none',
  description: 'Status and definition of every route. It becomes a new version, so that a rollback can be rolled back.',
  arguments: [{ ...NUMBER, asked: { question: 'To which version?' } }],
  options: [
    { flags: DRY_RUN_OPTION.flags, summary: 'ask the registry what would change, and change nothing', common: true },
  ],
  examples: [{ cmd: 'mesh rollback 2 --dry-run' }, { cmd: 'mesh rollback 2 --yes', norun: 'takes routes away' }],
  effect: 'deletes',
  view: rolledBackView,
  operations: [`POST ${PATH}/{version}/rollback`],
  async run(context, { args }) {
    // An output format that does not exist is refused before the change, not after it.
    void context.format;
    const version = versionOf(args[0]);
    if (!context.dryRun)
      await context.confirm(questionFor(context, `Make all routes what they were at version ${version}`));
    const client = await context.client();
    const rolledBack = await client.json<RolledBack>({
      method: 'POST',
      path: `${PATH}/${version}/rollback`,
      query: { dry_run: context.dryRun ? true : undefined },
      repeatable: context.dryRun,
    });
    const count = rolledBack.differences.length;
    const what = count === 1 ? '1 route' : `${count} routes`;
    if (!context.dryRun) {
      const sentence = `the mesh is as in version ${version}, now version ${rolledBack.version}: ${what} changed`;
      return context.changed(sentence, rolledBack, rolledBackView, `${context.program} mesh diff ${version}`);
    }
    await printDiff(context, rolledBack, rolledBackView);
    context.notice(`${what} would change`);
  },
};
