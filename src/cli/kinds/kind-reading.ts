import { FILTER_OPTIONS, filterQuery, PAGE_OPTIONS, pageWish } from '../commands/list-options.js';
import { printPages } from '../commands/pages.js';
import { usageError } from '../core/errors.js';
import { optionName } from '../spec/ask-missing.js';
import { flagWords } from '../spec/global-options.js';
import type { LeafSpec } from '../spec/types.js';
import type { Entry } from '../views/entry-view.js';
import { showWhen } from '../waiting/show-when.js';
import { conditionOf, WAIT_FOR_ON_GET } from '../waiting/wait-option.js';
import { idArgument, manyOf, pathOf } from './kind-request.js';
import { kindView } from './kind-view.js';
import type { KindWords } from './kind-words.js';

export function listLeaf(kind: KindWords): LeafSpec {
  const { name, path, filters, sample } = kind;
  const view = kindView(kind);
  return {
    name: 'list',
    aliases: ['ls'],
    summary: `List ${manyOf(kind)}`,
    arguments: [{ name: 'feature', summary: 'feature category such as ai-ml', completes: 'feature' }],
    options: [
      ...filters,
      ...FILTER_OPTIONS.filter(({ flags }) => !flags.startsWith('--type ')),
      { flags: '--registry <registry>', summary: 'only those of this sub-registry' },
      { flags: '--recursive', summary: 'and of the registries below it' },
      ...PAGE_OPTIONS,
    ],
    examples: [{ cmd: `${name} list` }, { cmd: `${name} list --tag shop --sort=-updated_at -o wide` }],
    effect: 'reads',
    view,
    operations: [`GET /api/v1/${path}`],
    async run(context, { args, options }) {
      const [feature] = args as [string | undefined];
      if (feature !== undefined && options.feature !== undefined && options.feature !== feature) {
        throw usageError(`feature is given twice: ${feature} and --feature`);
      }
      if (options.recursive === true && options.registry === undefined) {
        throw usageError('--recursive needs a --registry', { usage: `${name} list --registry <registry> --recursive` });
      }
      const own = filters.map(({ flags }) => flagWords(flags).long);
      const query = {
        ...filterQuery({ ...options, type: undefined, ...(feature && { feature }) }),
        ...Object.fromEntries(
          own.map((long) => [long.slice(2).replaceAll('-', '_'), options[optionName(long)] as string | undefined]),
        ),
        registry: options.registry as string | undefined,
        recursive: options.recursive === true ? true : undefined,
      };
      await printPages<Entry>(context, {
        path: pathOf(kind),
        query,
        wish: pageWish(options),
        view,
        none: Object.values(query).some((value) => value !== undefined)
          ? `no ${manyOf(kind)} match`
          : `no ${manyOf(kind)} yet; ${context.program} ${sample.create}`,
      });
    },
  };
}

export function getLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  const view = kindView(kind);
  return {
    name: 'get',
    aliases: ['show'],
    summary: `Show ${one}`,
    description: 'Without @version the newest version is meant.',
    arguments: [idArgument(kind)],
    options: [WAIT_FOR_ON_GET],
    examples: [{ cmd: `${name} get ${sample.id}` }, { cmd: `${name} get ${sample.id} --json=key,status,health` }],
    effect: 'reads',
    view,
    operations: [`GET /api/v1/${path}/{id}`],
    async run(context, { args, options }) {
      const condition = await conditionOf(context, options, kind, { mayGo: true });
      if (condition) return showWhen(context, { condition, id: String(args[0]), of: kind }, view);
      const client = await context.client();
      await context.one(await client.json<Entry>({ method: 'GET', path: pathOf(kind, String(args[0])) }), view);
    },
  };
}
