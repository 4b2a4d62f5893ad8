import { isDeepStrictEqual } from 'node:util';
import { LRUCache } from 'lru-cache';
import { RE2JS } from 're2js';
import type { ConfigValidation, ValueType } from '../config.kind.js';
import { schemaProblem, schemaViolation } from './json-schema.js';

/** The type a value has by itself. */
export function typeOfValue(value: unknown): ValueType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'float';
  return 'json';
}

const TYPE_RULES: Readonly<Record<ValueType, [rule: string, holds: (value: unknown) => boolean]>> = {
  string: ['must be a text', (value) => typeof value === 'string'],
  secret: ['must be a text', (value) => typeof value === 'string'],
  integer: ['must be a whole number within ±(2^53 - 1)', (value) => Number.isSafeInteger(value)],
  float: ['must be a number', (value) => typeof value === 'number' && Number.isFinite(value)],
  boolean: ['must be true or false', (value) => typeof value === 'boolean'],
  json: ['must be a value of JSON', (value) => value !== undefined && value !== null],
};

const patterns = new LRUCache<string, RE2JS>({ max: 1000 });

function compiled(pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known) return known;
  const made = RE2JS.compile(pattern);
  patterns.set(pattern, made);
  return made;
}

/** What is wrong with the rules themselves, by field below `validation`; undefined when they can be applied. */
export function rulesProblem(
  type: ValueType,
  { min, max, allowed, pattern, json_schema: schema }: ConfigValidation,
): [field: string, message: string] | undefined {
  const measured = type !== 'boolean' && type !== 'json';
  const bounds = { min, max };
  for (const field of ['min', 'max'] as const)
    if ((bounds[field] ?? undefined) !== undefined && !measured) return [field, `is no rule for ${type}`];
  if (typeof min === 'number' && typeof max === 'number' && min > max) return ['min', 'must not be above max'];
  if (typeof pattern === 'string') {
    if (type !== 'string' && type !== 'secret') return ['pattern', `is no rule for ${type}`];
    try {
      compiled(pattern);
    } catch {
      return ['pattern', 'must be a regular expression in RE2 syntax'];
    }
  }
  const wrong = allowed?.find((one) => valueProblem(type, one) !== undefined);
  if (wrong !== undefined) return ['allowed', `must hold values of type ${type}`];
  const broken = schema ? schemaProblem(schema) : undefined;
  return broken === undefined ? undefined : ['json_schema', broken];
}

/** What is wrong with a value of this type, never repeating it; undefined when nothing is. */
export function valueProblem(type: ValueType, value: unknown): string | undefined {
  const [rule, holds] = TYPE_RULES[type];
  return holds(value) ? undefined : rule;
}

/** Which of the rules a value of the right type breaks, never repeating it; undefined when none. */
export function ruleBroken(
  { min, max, allowed, pattern, json_schema: schema }: ConfigValidation,
  value: unknown,
): string | undefined {
  // prettier-ignore
  const size = typeof value === 'string' ? [...value].length : typeof value === 'number' ? value : undefined;
  const what = typeof value === 'string' ? 'must have a length of' : 'must be';
  if (size !== undefined && typeof min === 'number' && size < min) return `${what} at least ${min}`;
  if (size !== undefined && typeof max === 'number' && size > max) return `${what} at most ${max}`;
  if (allowed && !allowed.some((one) => isDeepStrictEqual(one, value))) return 'must be one of the allowed values';
  if (typeof pattern === 'string' && typeof value === 'string' && !compiled(pattern).matcher(value).find())
    return 'must match the pattern';
  const violation = schema ? schemaViolation(schema, value) : undefined;
  return violation === undefined ? undefined : `does not fit the JSON Schema: ${violation}`;
}
