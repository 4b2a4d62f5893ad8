import type { FieldError } from '../../platform/errors/registry-error.js';

type Json = Record<string, unknown>;

/** What stands in the place of a secret, in the database and in answers. */
export const MASK = '********';

const MOST_FIELDS = 50;
const MOST_LENGTH = 256;
const MOST_STEPS = 16;

/** What is wrong with `security_context.encrypted_fields`. */
export function secretFieldErrors(names: unknown): FieldError[] {
  if (names === undefined || (Array.isArray(names) && names.length <= MOST_FIELDS && names.every(isFieldName)))
    return [];
  const message = `must be at most ${MOST_FIELDS} names of keys of metadata, such as password or db.password`;
  return [{ field: 'security_context.encrypted_fields', message }];
}

const isFieldName = (name: unknown): name is string =>
  typeof name === 'string' &&
  name.length <= MOST_LENGTH &&
  name.split('.').length <= MOST_STEPS &&
  name.split('.').every((step) => step !== '');

/** The names of an entry's secret keys, shortest first: a secret object hides all within it. */
export function secretNames({ encrypted_fields: names }: Json): string[] {
  // Rows from before this meant anything may hold anything.
  return Array.isArray(names) ? names.filter(isFieldName).toSorted((a, b) => a.length - b.length) : [];
}

/** A secret's place as JSON pointer (RFC 6901) within metadata, and what stands there. */
export interface SecretField {
  pointer: string;
  value: unknown;
}

const isContainer = (value: unknown): value is Json => typeof value === 'object' && value !== null;

const escaped = (step: string): string => step.replaceAll('~', '~0').replaceAll('/', '~1');
const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

/**
 * Everything in `metadata` that one of these names may mean: `db.password` is the key password of db, and the key
 * `db.password` too. Who names a secret does not want to find out that the other one was taken.
 */
export function secretFieldsOf(metadata: Json, names: readonly string[]): SecretField[] {
  const found = new Map<string, unknown>();
  const walk = (at: unknown, steps: readonly string[], pointer: string): void => {
    if (found.has(pointer)) return;
    if (steps.length === 0) {
      found.set(pointer, at);
      return;
    }
    if (!isContainer(at)) return;
    for (let length = 1; length <= steps.length; length++) {
      const key = steps.slice(0, length).join('.');
      if (Object.hasOwn(at, key)) walk(at[key], steps.slice(length), `${pointer}/${escaped(key)}`);
    }
  };
  for (const name of names) walk(metadata, name.split('.'), '');
  // What lies within another secret is sealed with it.
  const inner = (pointer: string): boolean => [...found.keys()].some((other) => pointer.startsWith(`${other}/`));
  return [...found].filter(([pointer]) => !inner(pointer)).map(([pointer, value]) => ({ pointer, value }));
}

/** What stands at a pointer; undefined when nothing does. */
export function valueAt(metadata: Json, pointer: string): unknown {
  let at: unknown = metadata;
  for (const step of pointer.slice(1).split('/').map(unescaped)) {
    if (!isContainer(at) || !Object.hasOwn(at, step)) return undefined;
    at = at[step];
  }
  return at;
}

/** A copy of `metadata` with other values at these pointers, all of which must be there. */
export function withValues(metadata: Json, values: ReadonlyMap<string, unknown>): Json {
  if (values.size === 0) return metadata;
  const copy = structuredClone(metadata);
  for (const [pointer, value] of values) {
    const steps = pointer.slice(1).split('/').map(unescaped);
    const last = steps.pop()!;
    let at = copy;
    for (const step of steps) at = at[step] as Json;
    // Not by assignment, which gives `__proto__` another meaning.
    Object.defineProperty(at, last, { value, enumerable: true, writable: true, configurable: true });
  }
  return copy;
}
