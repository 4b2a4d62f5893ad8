import { configWords, SCOPES, VALUE_TYPES } from '../kinds/config.words.js';
import { pathOf } from '../kinds/kind-request.js';
import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import { cellText } from '../output/fields.js';
import type { LeafSpec } from '../spec/types.js';
import type { Entry } from '../views/entry-view.js';
import { awaitCondition } from '../waiting/await-condition.js';
import { tellDeleted } from '../waiting/show-when.js';
import { conditionOf, WAIT_FOR_ON_GET } from '../waiting/wait-option.js';
import {
  candidateView,
  resolvedView,
  scopeText,
  valueView,
  type Candidate,
  type Resolved,
} from '../views/config-view.js';
import { CONTEXT_OPTIONS, contextQuery, KEY, SCOPE_OPTIONS, scopeQuery } from './config-scope.js';
import { FILTER_OPTIONS, filterQuery, PAGE_OPTIONS, pageWish } from './list-options.js';
import { printPages } from './pages.js';

const MASK = '********';
const OWN_FILTERS = /^(--type|--status|--health|--name) /;

export const configListLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List values of all scopes, or every key as it holds for somebody',
  description:
    'With --environment, --service or --user (or --resolved, for nobody in particular): of each key the value that holds\n' +
    'there, references replaced, and whose it is.',
  arguments: [{ name: 'prefix', summary: 'only keys that begin with it, e.g. db.', completes: 'config' }],
  options: [
    ...CONTEXT_OPTIONS,
    { flags: '--resolved', summary: 'what holds for nobody in particular', common: true },
    { flags: '--type <type>', summary: VALUE_TYPES.join(', ') },
    { flags: '--scope <scope>', summary: `${SCOPES.join(', ')}: only values of this one` },
    { flags: '--scope-id <id>', summary: 'only values of this environment, service or user' },
    ...FILTER_OPTIONS.filter(({ flags }) => !OWN_FILTERS.test(flags)),
    ...PAGE_OPTIONS,
  ],
  examples: [
    { cmd: 'config list' },
    { cmd: 'config list db. --environment production --service checkout', note: 'what holds for checkout' },
  ],
  effect: 'reads',
  view: valueView,
  operations: ['GET /api/v1/config', 'GET /api/v1/config/resolved'],
  async run(context, { args, options }) {
    const prefix = String(args[0] ?? '').replace(/^cfg_/, '');
    const asked = ['environment', 'service', 'user', 'resolved'].some((name) => options[name] !== undefined);
    if (asked) return listResolved(context, prefix, options);
    const { scope, scopeId } = options as Record<string, string | undefined>;
    await printPages<Entry>(context, {
      path: pathOf(configWords),
      query: { ...filterQuery({ ...options, status: undefined, health: undefined }), scope, scope_id: scopeId },
      wish: pageWish(options),
      view: valueView,
      ...(prefix !== '' && { keeps: ({ name }: Entry) => String(name).startsWith(prefix), uncounted: true }),
      none: prefix === '' ? `no values yet; ${context.program} config set <key> <value>` : 'no values match',
    });
  },
};

/** Of every key, not of a page: applications ask for it so. */
async function listResolved(context: CommandContext, prefix: string, options: Record<string, unknown>): Promise<void> {
  const filters = ['type', 'scope', 'scopeId', 'tag', 'owner', 'query', 'feature', 'filter'];
  const other = filters.find((name) => options[name] !== undefined);
  if (other !== undefined) throw usageError(`--${other.replace('I', '-i')} is not for what holds for somebody`);
  const client = await context.client();
  const query = { ...contextQuery(options), prefix: prefix === '' ? undefined : prefix };
  const values = await client.json<Resolved[]>({ method: 'GET', path: pathOf(configWords, 'resolved'), query });
  await context.list(values, resolvedView);
  if (values.length === 0) context.notice('no values');
  noteMasked(
    context,
    values.some(({ masked, value }) => masked === true || value === MASK),
  );
}

export const configGetLeaf: LeafSpec = {
  name: 'get',
  aliases: ['show'],
  summary: 'Print a value as it holds for somebody, or that of one scope',
  description:
    'The nearest value wins: user, service, environment, global; references to other keys are replaced. Of one scope\n' +
    '(--scope, key@scope) it is as it is written. -o wide and -o json show all that is known of it.',
  arguments: [KEY],
  options: [
    ...CONTEXT_OPTIONS,
    ...SCOPE_OPTIONS.filter(({ flags }) => flags.startsWith('--scope')),
    { flags: '--explain', summary: 'say where each scope stands, and which wins', common: true },
    WAIT_FOR_ON_GET,
  ],
  examples: [
    { cmd: 'config get db.pool.size' },
    { cmd: 'config get db.pool.size --environment production --explain' },
    { cmd: 'config get db.pool.size --json=value,source,revision' },
  ],
  effect: 'reads',
  view: valueView,
  operations: ['GET /api/v1/config/{id}'],
  async run(context, { args, options }) {
    const condition = await conditionOf(context, options, configWords, { mayGo: true });
    const id = String(args[0]);
    const explain = options.explain === true ? true : undefined;
    const query = { ...scopeQuery(options), explain };
    const answer = condition
      ? await awaitCondition(context, { condition, id, of: configWords, query, byName: true })
      : await (await context.client()).json<Entry>({ method: 'GET', path: pathOf(configWords, id), query });
    if (!answer) return tellDeleted(context, id);
    if (explain && ['table', 'wide', 'csv'].includes(context.format.name) && !context.quiet) {
      await context.list(answer.explain as Candidate[], candidateView);
      const { source } = answer as unknown as Resolved;
      context.notice(`${answer.name} is ${cellText(answer.value)}, from ${scopeText(source)}`);
    } else if (context.speaks) {
      await context.write(`${cellText(answer.value)}\n`);
    } else await context.one(answer, valueView);
    noteMasked(context, answer.value === MASK);
  },
};

function noteMasked(context: CommandContext, masked: boolean): void {
  if (masked) context.notice('masked: this key may not read secrets (read:secrets)');
}
