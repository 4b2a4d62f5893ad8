import { InvalidError } from '../errors/registry-error.js';
import type { FieldError } from '../errors/registry-error.js';

/** Deepest nesting of a body. */
export const MOST_DEPTH = 32;
const MOST_ERRORS = 50;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** PostgreSQL's text knows no NUL, UTF-8 no lone surrogates. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

const shown = (key: string): string => {
  const text = JSON.stringify(key.slice(0, 100)).slice(1, -1);
  return text === '' ? '""' : text;
};
const join = (path: string, key: string): string => (path === '' ? shown(key) : `${path}.${shown(key)}`);

/**
 * Refuses what no field of any body may hold: NUL characters, lone surrogates, keys that reach for prototypes, numbers
 * beyond a double, nesting over 32 levels. Throws an InvalidError naming every such field.
 */
export function assertPlainData(value: unknown, root = ''): void {
  if (isPlain(value, 0)) return;
  const errors: FieldError[] = [];
  inspect(value, root, 0, errors);
  if (errors.length === 0) return;
  const [first] = errors;
  throw new InvalidError(`${first.field} ${first.message}`, errors);
}

/** The same question without the paths, which only a wrong body needs. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= MOST_DEPTH) return false;
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1));
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key) || !isStorable(key)) return false;
    if (!isPlain((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}

function inspect(value: unknown, path: string, depth: number, errors: FieldError[]): void {
  if (errors.length >= MOST_ERRORS) return;
  if (typeof value === 'string') {
    if (!isStorable(value)) errors.push(unstorable(path));
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) errors.push({ field: path || 'body', message: 'is too large a number' });
  } else if (typeof value === 'object' && value !== null) {
    if (depth >= MOST_DEPTH)
      errors.push({ field: path.slice(0, 200), message: `is nested deeper than ${MOST_DEPTH} levels` });
    else inspectChildren(value, path, depth, errors);
  }
}

function inspectChildren(value: object, path: string, depth: number, errors: FieldError[]): void {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      // Paths are only made where something may be wrong: long lists of plain texts are common.
      if (typeof item === 'string' && isStorable(item)) continue;
      inspect(item, path === '' ? String(i) : `${path}.${i}`, depth + 1, errors);
    }
    return;
  }
  for (const key of Object.keys(value)) {
    const field = join(path, key);
    if (FORBIDDEN_KEYS.has(key)) errors.push({ field, message: 'is not an allowed name' });
    else if (!isStorable(key)) errors.push(unstorable(field));
    else inspect((value as Record<string, unknown>)[key], field, depth + 1, errors);
  }
}

const unstorable = (path: string): FieldError => ({
  field: path || 'body',
  message: 'must not contain NUL characters or unpaired surrogates',
});
