import { createRequire } from 'node:module';
import type { ValidateFunction } from 'ajv';
import type { Ajv2020 as Compiler } from 'ajv/dist/2020.js';
import { LRUCache } from 'lru-cache';

// Both packages are CommonJS; their ES module types describe a default export they do not have there.
const require = createRequire(import.meta.url);
const { Ajv2020 } = require('ajv/dist/2020.js') as { Ajv2020: typeof Compiler };
const addFormats = require('ajv-formats') as (ajv: Compiler, options: object) => Compiler;

const MOST_BYTES = 32 * 1024;
const MOST_NODES = 2000;
const MOST_DEPTH = 32;
/** Compiled schemas run JavaScript's own expressions, which some patterns keep busy for ever; `pattern` beside it is RE2. */
const WITHOUT = ['pattern', 'patternProperties', '$dynamicRef', '$recursiveRef', '$async'];
const FORMATS = new Set(['date', 'time', 'date-time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uri', 'uuid']);

const validators = new LRUCache<string, ValidateFunction>({ max: 500 });

/** Why a schema is not taken; undefined when it is. */
export function schemaProblem(schema: object): string | undefined {
  const text = JSON.stringify(schema);
  if (Buffer.byteLength(text) > MOST_BYTES) return `holds more than ${MOST_BYTES} bytes`;
  const wrong = keywordProblem(schema, { nodes: 0 }, 0);
  if (wrong !== undefined) return wrong;
  try {
    compiled(schema);
    return undefined;
  } catch (error) {
    return `must be a JSON Schema: ${(error as Error).message.slice(0, 200)}`;
  }
}

/** The first thing that does not fit: where and which rule, without the value. */
export function schemaViolation(schema: object, value: unknown): string | undefined {
  const validate = compiled(schema);
  try {
    if (validate(value)) return undefined;
  } catch {
    // A schema that refers to itself without end.
    return 'it cannot be decided';
  }
  const [error] = validate.errors ?? [];
  return error ? `${error.instancePath || '/'} ${ruleOf(error)}` : 'it is refused';
}

/** Ajv's words, but for those that could repeat a part of a secret. */
const ruleOf = ({ keyword, message }: { keyword: string; message?: string }): string =>
  keyword === 'additionalProperties' || keyword === 'propertyNames' ? `breaks ${keyword}` : (message ?? keyword);

function compiled(schema: object): ValidateFunction {
  const text = JSON.stringify(schema);
  const known = validators.get(text);
  if (known) return known;
  // One each: a schema's `$id` must not meet another's.
  const ajv = addFormats(new Ajv2020({ strict: false, allErrors: false, logger: false }), { mode: 'fast' });
  const made = ajv.compile(schema);
  validators.set(text, made);
  return made;
}

function keywordProblem(node: unknown, seen: { nodes: number }, depth: number): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  if (++seen.nodes > MOST_NODES) return `has more than ${MOST_NODES} parts`;
  if (depth > MOST_DEPTH) return `is nested deeper than ${MOST_DEPTH}`;
  for (const [name, value] of Object.entries(node)) {
    if (!Array.isArray(node) && WITHOUT.includes(name) && typeof value !== 'object') return `must not use ${name}`;
    if (name === 'patternProperties') return 'must not use patternProperties';
    if (name === '$ref' && typeof value === 'string' && !value.startsWith('#')) return 'must not refer to elsewhere';
    if (name === 'format' && typeof value === 'string' && !FORMATS.has(value)) return `knows no format ${value}`;
    const below = keywordProblem(value, seen, depth + 1);
    if (below !== undefined) return below;
  }
  return undefined;
}
