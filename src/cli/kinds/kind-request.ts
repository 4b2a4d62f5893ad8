import { usageError } from '../core/errors.js';
import { column, type View } from '../output/view.js';
import type { ArgumentSpec, OptionSpec } from '../spec/types.js';
import type { KindWords } from './kind-words.js';

/** `/api/v1/services/svc_checkout/health`. */
export function pathOf(kind: Pick<KindWords, 'path'>, ...rest: readonly string[]): string {
  return ['/api/v1', kind.path, ...rest.map((part) => encodeURIComponent(part))].join('/');
}

export function idArgument({ name }: Pick<KindWords, 'name'>, summary?: string): ArgumentSpec {
  return {
    name: 'id',
    summary: summary ?? `id, key or name of the ${name}`,
    asked: { question: `Which ${name}? (id, key or name)` },
    completes: name,
  };
}

/** How many of what was sent were taken. */
export const acceptedView: View = {
  fields: ['accepted'],
  columns: [column('ACCEPTED', 'accepted', { right: true })],
  name: (answer) => String(answer.accepted ?? ''),
};

export const IF_MATCH: OptionSpec = {
  flags: '--if-match <revision>',
  summary: 'only if it is still at this revision',
};

/** The rows of an answer that is a list, or holds one under one of these names. */
export function rowsOf<Row>(answer: unknown, ...names: readonly string[]): Row[] {
  if (Array.isArray(answer)) return answer as Row[];
  const holder = (answer ?? {}) as Record<string, unknown>;
  const name = [...names, 'items', 'data'].find((one) => Array.isArray(holder[one]));
  return name === undefined ? [] : (holder[name] as Row[]);
}

/** A number of a flag or an argument. */
export function numberOf(text: string, flag: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw usageError(`${flag} ${JSON.stringify(text)} is not a number`);
}

/** Left out where there is nothing: `{ a: undefined }` → `{}`. */
export function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
