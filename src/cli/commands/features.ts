import { column, type View } from '../output/view.js';
import { given } from '../kinds/kind-request.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { bulkResultView } from '../views/bulk-view.js';
import { confirmDeletion, runBatch } from './batch-answer.js';
import { printPages } from './pages.js';

interface Feature extends Record<string, unknown> {
  id: string;
  key: string;
  name: string;
}

const PATH = '/api/v1/feature-categories';

export const featureView: View<Feature> = {
  fields: ['id', 'key', 'name', 'title', 'description', 'icon', 'category', 'namespace', 'entries'],
  columns: [
    column('NAME', 'name'),
    column('TITLE', 'title'),
    column('CATEGORY', 'category'),
    column('NAMESPACE', 'namespace'),
    column('ENTRIES', 'entries', { right: true }),
    column('ID', 'id', { wide: true }),
  ],
  name: (feature) => feature.name,
};

const listLeaf: LeafSpec = {
  name: 'list',
  aliases: ['ls'],
  summary: 'List the feature categories',
  examples: [{ cmd: 'features' }, { cmd: 'features -o name' }],
  effect: 'reads',
  view: featureView,
  operations: [`GET ${PATH}`],
  run: (context) =>
    printPages<Feature>(context, {
      path: PATH,
      query: {},
      wish: { limit: 0, all: true },
      view: featureView,
      uncounted: true,
      none: 'no feature categories',
    }),
};

const createLeaf: LeafSpec = {
  name: 'create',
  summary: 'Add a feature category of your own',
  arguments: [{ name: 'name', summary: 'what entries name it by, e.g. payments', required: true }],
  options: [
    { flags: '--title <text>', summary: 'display name', common: true },
    { flags: '--description <text>', summary: 'what belongs to it', common: true },
    { flags: '--icon <icon>', summary: 'an emoji, or the address of an image' },
    { flags: '--category <category>', summary: 'what it is shown under' },
    { flags: '--namespace <namespace>', summary: 'its namespace (default ose-<name>)' },
  ],
  examples: [{ cmd: 'features create payments --title "Payments" --category business' }],
  effect: 'writes',
  view: featureView,
  operations: [`POST ${PATH}`],
  async run(context, { args, options }) {
    const { title, description, icon, category, namespace } = options;
    const body = { name: String(args[0]), ...given({ title, description, icon, category, namespace }) };
    const feature = (await context.send({ method: 'POST', path: PATH, body }))?.json<Feature>();
    if (!feature) return;
    await context.changed(
      `created feature category ${feature.name} ${feature.id}`,
      feature,
      featureView,
      `${context.program} classification rules add <expression> ${feature.name}`,
    );
  },
};

const deleteLeaf: LeafSpec = {
  name: 'delete',
  aliases: ['rm'],
  summary: 'Delete feature categories',
  description: 'Refused while entries are in one, unless --force is given, which has its name typed (--confirm).',
  arguments: [
    { name: 'feature', summary: 'names, keys or ids of them', required: true, variadic: true, completes: 'feature' },
  ],
  options: [{ flags: '--force', summary: 'delete although something depends on it', common: true }],
  examples: [{ cmd: 'features delete payments --yes' }],
  effect: 'deletes',
  severe: true,
  view: bulkResultView,
  operations: [`DELETE ${PATH}/{id}`],
  async run(context, { args, options }) {
    const names = args[0] as string[];
    const what = names.length === 1 ? `feature category ${names[0]}` : `${names.length} feature categories`;
    const force = options.force === true;
    if (!context.dryRun) await confirmDeletion(context, what, { ids: names, force });
    await runBatch(
      context,
      {
        items: names,
        done: 'deleted',
        name: (name) => ({ key: name }),
        act: (name) =>
          context.send({
            method: 'DELETE',
            path: `${PATH}/${encodeURIComponent(name)}`,
            query: { force: force || undefined },
          }),
      },
      `deleted feature category ${names[0]}`,
    );
  },
};

/** `features` alone lists them, as it always has. */
export const featuresCommand: GroupSpec = {
  name: 'features',
  aliases: ['feature'],
  summary: 'List the feature categories, and keep your own',
  children: [listLeaf, createLeaf, deleteLeaf],
  fallback: 'list',
  bare: true,
};
