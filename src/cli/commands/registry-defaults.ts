import { inLines } from '../kinds/kind-config.js';
import { merged } from '../kinds/kind-input.js';
import { given, idArgument, IF_MATCH, pathOf } from '../kinds/kind-request.js';
import { registryWords } from '../kinds/registry.words.js';
import { usageError } from '../core/errors.js';
import { column, type View } from '../output/view.js';
import type { GroupSpec, LeafSpec } from '../spec/types.js';
import { assignments } from './entry-input.js';

type Defaults = Record<string, unknown>;

const REGISTRY = idArgument(registryWords);

const defaultsView: View<Defaults> = {
  fields: ['own', 'effective'],
  columns: [],
  name: () => '',
};

interface DefaultRow {
  name: string;
  own: unknown;
  effective: unknown;
}

const defaultRowView: View<DefaultRow> = {
  fields: ['name', 'own', 'effective'],
  columns: [column('DEFAULT', 'name'), column('OF ITS OWN', 'own'), column('IN EFFECT', 'effective')],
  name: ({ name }) => name,
};

/** `owner`, `tags`, `config.region`: what is set, by name. */
function flat(defaults: unknown): Map<string, unknown> {
  const { config, ...rest } = (defaults ?? {}) as Record<string, unknown>;
  const settings = Object.entries(config ?? {}).map(([key, value]) => [`config.${key}`, value] as const);
  const all: (readonly [string, unknown])[] = [...Object.entries(rest), ...settings];
  return new Map(all.filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)));
}

function rowsOfBoth(own: Map<string, unknown>, effective: Map<string, unknown>): DefaultRow[] {
  const names = new Set([...effective.keys(), ...own.keys()]);
  return [...names].map((name) => ({ name, own: own.get(name), effective: effective.get(name) }));
}

const getLeaf: LeafSpec = {
  name: 'get',
  summary: 'Show what entries of a registry have when they do not say otherwise',
  description: 'Its own defaults, and those of the registries above it.',
  arguments: [REGISTRY],
  examples: [{ cmd: 'registry defaults reg_shop' }],
  effect: 'reads',
  view: defaultsView,
  operations: ['GET /api/v1/registries/{id}/defaults'],
  async run(context, { args }) {
    const client = await context.client();
    const path = pathOf(registryWords, String(args[0]), 'defaults');
    const defaults = await client.json<Defaults>({ method: 'GET', path });
    if (!inLines(context)) return context.one(defaults, defaultsView);
    const rows = rowsOfBoth(flat(defaults.own), flat(defaults.effective));
    await context.list(rows, defaultRowView);
    if (rows.length === 0) context.notice('no defaults');
  },
};

const setLeaf: LeafSpec = {
  name: 'set',
  summary: 'Say what entries of a registry have when they do not say otherwise',
  description: 'What is not named is inherited from the registries above it.',
  arguments: [REGISTRY],
  options: [
    { flags: '--owner <owner>', summary: 'person or team', common: true },
    { flags: '--tag <tag>', summary: 'a tag', repeatable: true, common: true },
    { flags: '--config <key=value>', summary: 'a setting; the value may be JSON', repeatable: true, common: true },
    { flags: '--set <field=value>', summary: 'any other field', repeatable: true },
    { flags: '--none', summary: 'nothing of its own' },
    IF_MATCH,
  ],
  examples: [{ cmd: 'registry defaults set reg_shop --owner shop --tag shop --config region=eu' }],
  effect: 'writes',
  view: defaultsView,
  operations: ['PUT /api/v1/registries/{id}/defaults'],
  async run(context, { args, options }) {
    const id = String(args[0]);
    const config = options.config as string[] | undefined;
    const own = given({
      owner: options.owner,
      tags: options.tag,
      config: config && assignments(config, '--config'),
    });
    const body = merged(own, assignments((options.set as string[] | undefined) ?? [], '--set'));
    if ((Object.keys(body).length === 0) !== (options.none === true)) {
      throw usageError('give defaults, or --none', { reason: 'e.g. --owner shop --tag shop' });
    }
    const answer = await context.send({
      method: 'PUT',
      path: pathOf(registryWords, id, 'defaults'),
      body,
      ifMatch: options.ifMatch as string | undefined,
    });
    if (!answer) return;
    await context.changed(`set the defaults of ${id}`, answer.json<Defaults>(), { ...defaultsView, name: () => id });
  },
};

export const registryDefaultsGroup: GroupSpec = {
  name: 'defaults',
  summary: 'See and say what entries of a registry have when they do not say otherwise',
  fallback: 'get',
  children: [getLeaf, setLeaf],
};
