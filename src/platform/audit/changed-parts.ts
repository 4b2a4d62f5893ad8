import { isDeepStrictEqual } from 'node:util';

type Parts = Record<string, unknown>;

const isPlain = (value: unknown): value is Parts =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/**
 * What differs between two objects, at any depth: the same members of each, those that are equal left out. A member that
 * is new is missing in `before`. Lists are compared whole.
 */
export function changedParts(before: object, after: object): { before: Parts; after: Parts } {
  const [was, is] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const left: [string, unknown][] = [];
  const right: [string, unknown][] = [];
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const [one, other]: unknown[] = [was.get(name), is.get(name)];
    if (isDeepStrictEqual(one, other)) continue;
    const inner = isPlain(one) && isPlain(other) ? changedParts(one, other) : undefined;
    if (was.has(name)) left.push([name, inner ? inner.before : one]);
    if (is.has(name)) right.push([name, inner ? inner.after : other]);
  }
  return { before: Object.fromEntries(left), after: Object.fromEntries(right) };
}
