import { PAGE_OPTIONS, pageWish } from '../commands/list-options.js';
import { printPages } from '../commands/pages.js';
import { usageError } from '../core/errors.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { idArgument, pathOf } from './kind-request.js';
import type { KindWords } from './kind-words.js';

const LINK_TYPES: readonly string[] = ['depends_on', 'requires'];

interface Link extends Record<string, unknown> {
  id: string;
  key?: string;
}

const linkView: View<Link> = {
  fields: [
    'id',
    'key',
    'type',
    'weight',
    'bidirectional',
    'metadata',
    'relationship_id',
    'entity_type',
    'title',
    'status',
    'health',
    'created_at',
  ],
  columns: [
    column('KEY', 'key'),
    column('LINK', 'type'),
    column('TYPE', 'entity_type'),
    column('STATUS', 'status', { state: true }),
    column('HEALTH', 'health', { state: true }),
    column('TITLE', 'title', { wide: true }),
    column('WEIGHT', 'weight', { wide: true, right: true }),
    column('ID', 'id', { wide: true }),
  ],
  name: (link) => link.key ?? link.id,
};

export function dependenciesGroup(kind: KindWords): GroupSpec {
  return {
    name: 'dependencies',
    aliases: ['deps'],
    summary: `See and say what ${kind.one} needs`,
    fallback: 'list',
    children: [
      { ...linksLeaf(kind, 'dependencies', `List what ${kind.one} needs`), name: 'list', aliases: ['ls'] },
      setLeaf(kind),
    ],
  };
}

export function dependentsLeaf(kind: KindWords): LeafSpec {
  return linksLeaf(kind, 'dependents', `List what needs ${kind.one}`);
}

function linksLeaf(kind: KindWords, what: 'dependencies' | 'dependents', summary: string): LeafSpec {
  const { name, path, sample } = kind;
  return {
    name: what,
    summary,
    description: `Its neighbours only; "graph ${what === 'dependents' ? 'impact' : what}" walks on from there.`,
    arguments: [idArgument(kind)],
    options: PAGE_OPTIONS.filter(({ flags }) => !flags.startsWith('--sort')),
    examples: [{ cmd: `${name} ${what} ${sample.id}` }],
    effect: 'reads',
    view: linkView,
    operations: [`GET /api/v1/${path}/{id}/${what}`],
    run: (context, { args, options }) =>
      printPages<Link>(context, {
        path: pathOf(kind, String(args[0]), what),
        query: {},
        wish: pageWish(options),
        view: linkView,
        none: `no ${what}`,
      }),
  };
}

function setLeaf(kind: KindWords): LeafSpec {
  const { name, path, one, sample } = kind;
  return {
    name: 'set',
    summary: `Say what ${one} needs, and nothing else`,
    description: 'What it depended on and is not named is a dependency no longer.',
    arguments: [
      idArgument(kind),
      {
        name: 'dependency',
        summary: `id or key of what it needs; with =requires, if it is not by ${LINK_TYPES[0]}`,
        variadic: true,
        asked: { question: 'What does it need? (id or key)', unless: ['none'] },
        completes: 'entry',
      },
    ],
    options: [{ flags: '--none', summary: 'it needs nothing', common: true }],
    examples: [{ cmd: `${name} dependencies set ${sample.id} resource_database svc_my-api=requires` }],
    effect: 'writes',
    view: linkView,
    operations: [`PUT /api/v1/${path}/{id}/dependencies`],
    async run(context, { args, options }) {
      const id = String(args[0]);
      const wanted = (args[1] as string[]).map(dependencyOf);
      if (options.none === true && wanted.length > 0) throw usageError('give either dependencies, or --none');
      const answer = await context.send({ method: 'PUT', path: pathOf(kind, id, 'dependencies'), body: wanted });
      if (!answer) return;
      const links = answer.json<Link[]>();
      if (!context.speaks) return context.list(links, linkView);
      await context.write(`${id} needs ${links.map((link) => linkView.name(link)).join(', ') || 'nothing'}\n`);
    },
  };
}

function dependencyOf(text: string): { id: string; type?: string } {
  const at = text.lastIndexOf('=');
  if (at < 0) return { id: text };
  const type = text.slice(at + 1);
  if (LINK_TYPES.includes(type)) return { id: text.slice(0, at), type };
  throw usageError(`${JSON.stringify(type)} is no way to need something`, { reason: LINK_TYPES.join(' or ') });
}
