import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parse } from 'yaml';

const { $defs, ...specs } = parse(readFileSync(new URL('custom-resources.yaml', import.meta.url), 'utf8'));
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const validators = new Map(
  Object.entries(specs).map(([name, spec]) => [name, ajv.compile(closed({ $defs, ...spec, type: 'object' }))]),
);

/** An object takes no property that its schema does not name. */
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema === null || typeof schema !== 'object') return schema;
  const inside = Object.fromEntries(Object.entries(schema).map(([name, one]) => [name, closed(one)]));
  const isObject = inside.type === 'object' && inside.properties && inside.additionalProperties === undefined;
  return isObject ? { ...inside, additionalProperties: false } : inside;
}

/** What is wrong with an object of an operator, in sentences; undefined when nothing is known of its kind. */
export function customProblems({ apiVersion, kind, spec, ...more }) {
  const validate = validators.get(`${apiVersion}/${kind}`);
  if (!validate) return undefined;
  const unknown = Object.keys(more)
    .filter((name) => name !== 'metadata')
    .map((name) => `${name} is no field of ${kind}`);
  if (validate(spec ?? {})) return unknown;
  return unknown.concat(
    validate.errors.map(({ instancePath, message, params }) => {
      const detail = params.additionalProperty ?? params.allowedValues?.join(', ');
      return `spec${instancePath.replaceAll('/', '.')} ${message}${detail ? `: ${detail}` : ''}`;
    }),
  );
}
