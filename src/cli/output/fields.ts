import { usageError } from '../core/errors.js';

/** `metadata.section` of a row; undefined where the path ends early. Own properties only. */
export function fieldOf(row: unknown, path: string): unknown {
  let value: unknown = row;
  for (const part of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/** `--fields a,b` as a list; a first part that no answer of this command has is a usage error naming those that exist. */
export function parseFields(text: string, known: readonly string[]): string[] {
  const fields = [
    ...new Set(
      text
        .split(',')
        .map((field) => field.trim())
        .filter((field) => field !== ''),
    ),
  ];
  const unknown = fields.find((field) => !known.includes(field) && !known.includes(field.split('.')[0] ?? ''));
  if (unknown === undefined && fields.length > 0) return fields;
  throw usageError(unknown === undefined ? '--fields names no field' : `unknown field ${JSON.stringify(unknown)}`, {
    reason: `fields: ${known.join(', ')}`,
  });
}

export function pick(row: unknown, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field, fieldOf(row, field) ?? null]));
}

/** A value in one table or CSV cell. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value) && value.every((item) => item === null || typeof item !== 'object')) {
    return value.map((item) => cellText(item)).join(',');
  }
  return JSON.stringify(value);
}
