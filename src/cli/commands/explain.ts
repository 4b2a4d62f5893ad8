import type { CommandContext } from '../core/context.js';
import { usageError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import { column, type View } from '../output/view.js';
import { fieldsOf, type FieldDoc } from '../spec/resource-fields.js';
import type { LeafSpec } from '../spec/types.js';
import { allResources, commandsOf, type Resource } from './resources.js';

const NAMES = [
  'service',
  'engine',
  'component',
  'registry',
  'plugin',
  'feature-flag',
  'config',
  'grid',
  'mesh',
  'entry',
  'relationship',
  'feature',
  'event',
  'key',
  'role',
] as const;

/** A resource as it is told of. */
type Described = Record<string, unknown> &
  Pick<Resource, 'name' | 'type' | 'prefix' | 'path' | 'summary' | 'columns'> & { commands: string[] };

const resourceView: View<Described> = {
  fields: ['name', 'type', 'prefix', 'path', 'summary', 'columns', 'commands'],
  columns: [
    column('NAME', 'name'),
    column('TYPE', 'type'),
    { title: 'KEY', value: ({ prefix }) => prefix && `${prefix}_…` },
    column('PATH', 'path'),
    column('COLUMNS', 'columns', { wide: true }),
    column('SUMMARY', 'summary'),
  ],
  name: ({ name }) => name,
};

const explainView: View = {
  fields: [...resourceView.fields, 'about', 'fields'],
  columns: [column('NAME', 'name'), column('TYPE', 'type')],
  name: ({ name }) => String(name),
};

export const apiResourcesCommand: LeafSpec = {
  name: 'api-resources',
  summary: 'List the kinds of entries and other records, with their keys and paths',
  description: 'Asks no registry. "explain" tells of one what fields it has.',
  options: [{ flags: '--kinds', summary: 'only the kinds that have commands of their own', common: true }],
  examples: [{ cmd: 'api-resources --kinds' }, { cmd: 'api-resources -o name' }],
  effect: 'local',
  view: resourceView,
  async run(context, { options }) {
    const chosen = allResources().filter(
      ({ type, group }) => options.kinds !== true || (type !== null && group !== undefined),
    );
    const rows = await Promise.all(chosen.map(described));
    await context.list(rows, resourceView);
  },
};

export const explainCommand: LeafSpec = {
  name: 'explain',
  summary: 'Explain a kind of entry: its keys, commands, columns and fields',
  description: 'Asks no registry. What is inside a field: explain service.ports.',
  arguments: [
    { name: 'kind', summary: 'service, feature-flag, model, …, or a field of it', required: true, completes: NAMES },
  ],
  options: [{ flags: '--recursive', summary: 'with what is inside the fields', common: true }],
  examples: [{ cmd: 'explain service' }, { cmd: 'explain mesh.retry' }, { cmd: 'explain plugin -o json' }],
  effect: 'local',
  view: explainView,
  async run(context, { args, options }) {
    const [word = '', ...path] = String(args[0]).split('.');
    const resource = resourceNamed(word, context.program);
    const recursive = options.recursive === true;
    if (path.length > 0) {
      const field = { ...fieldAt(resource, path), name: [resource.name, ...path].join('.') };
      return tell(context, field, fieldHead(field), field.fields, recursive);
    }
    const fields = fieldsOf(resource.fieldsOf);
    const told = await described(resource);
    return tell(context, { ...told, fields }, resourceHead(context, told), fields, recursive);
  },
};

async function described(resource: Resource): Promise<Described> {
  const { name, type, prefix, path, summary, columns } = resource;
  return { name, type, prefix, path, summary, columns, commands: await commandsOf(resource) };
}

/** For people as text, for programs as it is. */
async function tell(
  context: CommandContext,
  told: object,
  head: readonly string[],
  fields: readonly FieldDoc[] | undefined,
  recursive: boolean,
): Promise<void> {
  if (!context.speaks) return context.one(told as Record<string, unknown>, explainView);
  await context.write(`${[...head, ...fieldLines(fields, recursive)].join('\n')}\n`);
}

function resourceNamed(word: string, program: string): Resource {
  const all = allResources();
  const plain = word.toLowerCase();
  const found = all.find(({ name }) => name === plain) ?? all.find(({ aliases }) => aliases.includes(plain));
  if (found) return found;
  const names = all.map(({ name }) => name);
  throw usageError(`there is nothing called ${JSON.stringify(word)} to explain`, {
    reason: didYouMean(plain, names),
    next: `${program} api-resources`,
  });
}

function fieldAt(resource: Resource, path: readonly string[]): FieldDoc {
  let fields: readonly FieldDoc[] = fieldsOf(resource.fieldsOf);
  let found: FieldDoc | undefined;
  for (const [depth, part] of path.entries()) {
    found = fields.find(({ name }) => name === part);
    if (!found) {
      const where = [resource.name, ...path.slice(0, depth)].join('.');
      const names = fields.map(({ name }) => name).join(', ');
      throw usageError(`${where} has no field ${JSON.stringify(part)}`, {
        reason: names ? `it has: ${names}` : 'it has no fields',
      });
    }
    fields = found.fields ?? [];
  }
  return found!;
}

function resourceHead(
  context: CommandContext,
  { name, type, prefix, path, summary, columns, commands }: Described,
): string[] {
  const { bold } = context.paint;
  const rows = [
    ['type', type],
    ['keys', prefix && `${prefix}_<name>`],
    ['path', path],
    ['columns', columns.join(', ')],
    ['commands', commands.map((command) => command.replace(`${name} `, '')).join(', ')],
  ].filter((row): row is [string, string] => Boolean(row[1]));
  return [`${bold(name)}: ${summary}`, '', ...rows.map(([label, value]) => `${`${label}:`.padEnd(10)}${value}`), ''];
}

const fieldHead = ({ name, type, about }: FieldDoc): string[] => [
  `${name}: ${type}`,
  ...(about === undefined ? [] : [about]),
  '',
];

/** `* name  type`: what has to be given is starred, what cannot be given says so. */
function fieldLines(fields: readonly FieldDoc[] | undefined, recursive: boolean, indent = ''): string[] {
  if (!fields || fields.length === 0) return [`${indent}no fields inside`];
  const lines = indent === '' ? ['fields (* must be given, - is made by the registry):'] : [];
  for (const { name, type, about, set, needed, fields: inner } of fields) {
    const mark = needed ? '*' : set ? ' ' : '-';
    lines.push(`${indent}${mark} ${name}  ${type}`);
    if (about !== undefined) lines.push(`${indent}      ${about.replaceAll('\n', ' ')}`);
    if (recursive && inner) lines.push(...fieldLines(inner, true, `${indent}    `));
  }
  return lines;
}
