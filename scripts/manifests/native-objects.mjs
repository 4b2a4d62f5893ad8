// Kubernetes' own objects, field by field, by the types that its official client has generated from the API's definition: a
// field that is not known, has another type, or is missing though it is required, is told.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve('@kubernetes/client-node')), 'gen/models');
const models = await import(join(folder, 'all.js'));
const required = new Map();

const isPlain = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const CHECKS = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  Date: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  V1MicroTime: (value) => typeof value === 'string',
  IntOrString: (value) => Number.isInteger(value) || typeof value === 'string',
  any: () => true,
  object: isPlain,
};

/** What is wrong with the object, in sentences; undefined when Kubernetes has no such kind. */
export function nativeProblems(object) {
  const version = object.apiVersion.split('/').at(-1);
  const type = version[0].toUpperCase() + version.slice(1) + object.kind;
  return models[type] ? problemsOf(object, type, '') : undefined;
}

function problemsOf(value, type, path) {
  const list = /^(?:Array|Set)<(.*)>$/.exec(type)?.[1];
  if (list) {
    if (!Array.isArray(value)) return [`${path} must be a list`];
    return value.flatMap((one, n) => problemsOf(one, list, `${path}[${n}]`));
  }
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (map) {
    if (!isPlain(value)) return [`${path} must be an object`];
    return Object.entries(value).flatMap(([name, one]) => problemsOf(one, map, `${path}.${name}`));
  }
  if (CHECKS[type]) return CHECKS[type](value) ? [] : [`${path} must be of type ${type}`];
  if (!models[type]) throw new Error(`The client's type ${type} is not known here.`);
  return fieldProblems(value, type, path);
}

function fieldProblems(value, type, path) {
  if (!isPlain(value)) return [`${path} must be an object`];
  const fields = models[type].getAttributeTypeMap();
  const at = (name) => (path ? `${path}.${name}` : name);
  const missing = fields.filter(({ name, baseName }) => requiredOf(type).has(name) && value[baseName] === undefined);
  return [
    ...missing.map(({ baseName }) => `${at(baseName)} is missing`),
    ...Object.entries(value).flatMap(([name, one]) => {
      const field = fields.find(({ baseName }) => baseName === name);
      return field ? problemsOf(one, field.type, at(name)) : [`${at(name)} is no field of ${type.replace(/^V\d\w*?(?=[A-Z])/, '')}`];
    }),
  ]; // prettier-ignore
}

/** The client's declarations say which fields may be left out; at run time nothing does. */
function requiredOf(type) {
  const known = required.get(type);
  if (known) return known;
  const declared = readFileSync(join(folder, `${type}.d.ts`), 'utf8');
  const names = new Set([...declared.matchAll(/^ {4}'(\w+)': /gm)].map(([, name]) => name));
  required.set(type, names);
  return names;
}
