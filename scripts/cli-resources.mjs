// Writes src/cli/spec/generated/resources.ts from openapi.json: what `explain` tells of the fields of each kind and record.
// With --check only compares, and fails on any difference.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'src', 'cli', 'spec', 'generated', 'resources.ts');
const DEEPEST = 4;

/** Name → schemas of what is read, and of what is sent to make one. */
const RESOURCES = {
  entry: ['Entry', 'EntryCreate'],
  service: ['Service', 'ServiceCreate'],
  engine: ['Engine', 'EngineCreate'],
  component: ['Component', 'ComponentCreate'],
  registry: ['SubRegistry', 'SubRegistryCreate'],
  plugin: ['Plugin', 'PluginCreate'],
  'feature-flag': ['FeatureFlag', 'FeatureFlagCreate'],
  config: ['Config', 'ConfigNew'],
  grid: ['GridNode', 'GridNodeCreate'],
  mesh: ['MeshRoute', 'MeshRouteCreate'],
  relationship: ['Relationship', 'RelationshipCreate'],
  feature: ['FeatureCategory', 'FeatureCategoryCreate'],
  event: ['EventMessage'],
  key: ['ApiKey', 'ApiKeyCreate'],
  role: ['Role', 'RoleCreate'],
};

const { components } = JSON.parse(await readFile(join(root, 'openapi.json'), 'utf8'));

const FORMATS = { uuid: 'uuid', 'date-time': 'time', uri: 'url' };
const own = ({ type }) => [type].flat().filter((one) => one && one !== 'null');

/** The schema itself, and what it is called where it is one of several. */
function resolved(schema, seen = []) {
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop();
    return seen.includes(name) ? [{ type: 'object' }, seen] : resolved(components.schemas[name], [...seen, name]);
  }
  const [only] = schema.allOf ?? [];
  if (only) {
    const [inner, path] = resolved(only, seen);
    return [{ ...inner, ...(schema.description && { description: schema.description }) }, path];
  }
  const choices = (schema.anyOf ?? schema.oneOf)?.filter(({ type }) => type !== 'null');
  return choices?.length === 1
    ? resolved({ ...schema, anyOf: undefined, oneOf: undefined, allOf: choices }, seen)
    : [schema, seen];
}

function typeOf(schema) {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices)
    return [...new Set(choices.map((one) => typeOf(resolved(one)[0])))].filter((one) => one !== 'null').join(' or ');
  if (schema.enum) return schema.enum.filter((one) => one !== null).join(' | ');
  const [type, ...more] = own(schema);
  if (more.length > 0) return [type, ...more].join(' or ');
  if (type === 'array') {
    const item = typeOf(resolved(schema.items ?? {})[0]);
    return / /.test(item) ? `(${item})[]` : `${item}[]`;
  }
  return FORMATS[schema.format] ?? type ?? 'any';
}

/** Fields of an object, or of the objects of a list. */
function fieldsOf(read, sent, seen = [], depth = 0) {
  const [readable, readPath] = resolved(read ?? {}, seen);
  const [sendable, sentPath] = resolved(sent ?? {}, seen);
  if (readable.items || sendable.items)
    return fieldsOf(readable.items, sendable.items, [...readPath, ...sentPath], depth);
  const names = new Set([...Object.keys(readable.properties ?? {}), ...Object.keys(sendable.properties ?? {})]);
  return [...names].map((name) => {
    const asRead = readable.properties?.[name];
    const asSent = sendable.properties?.[name];
    const [schema] = resolved(asSent ?? asRead);
    const [other] = resolved(asRead ?? asSent);
    const about = schema.description ?? other.description;
    const deeper = depth < DEEPEST ? fieldsOf(asRead, asSent, [...readPath, ...sentPath], depth + 1) : [];
    return {
      name,
      type: typeOf(schema),
      ...(about && { about: about.replaceAll('`', '') }),
      ...(asSent && { set: true }),
      ...(sendable.required?.includes(name) && { needed: true }),
      ...(deeper.length > 0 && { fields: deeper }),
    };
  });
}

function made() {
  const all = {};
  for (const [name, schemas] of Object.entries(RESOURCES)) {
    const missing = schemas.find((one) => !components.schemas[one]);
    if (missing) throw new Error(`openapi.json has no schema ${missing}`);
    const [read, sent] = schemas.map((one) => ({ $ref: `#/components/schemas/${one}` }));
    const fields = fieldsOf(read, sent);
    const shared = new Set((all.entry ?? []).map((field) => JSON.stringify(field)));
    // What every entry has is written down once.
    all[name] = fields.map((field) => (shared.has(JSON.stringify(field)) ? field.name : field));
  }
  const rows = Object.entries(all).map(
    ([name, fields]) =>
      `  ${JSON.stringify(name)}: [\n${fields.map((field) => `    ${JSON.stringify(field)},\n`).join('')}  ],\n`,
  );
  return `// Made from openapi.json by scripts/cli-resources.mjs; do not edit.
import type { FieldDoc } from '../resource-fields.js';

/** Fields by kind or record; a name alone is that field of \`entry\`. */
export const RESOURCE_FIELDS: Readonly<Record<string, readonly (FieldDoc | string)[]>> = {
${rows.join('')}};
`;
}

const text = made();
if (process.argv.includes('--check')) {
  if (text !== (await readFile(target, 'utf8').catch(() => ''))) {
    process.stderr.write(
      'src/cli/spec/generated/resources.ts is not what openapi.json says: run node scripts/cli-resources.mjs\n',
    );
    process.exitCode = 1;
  }
} else {
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, text);
}
