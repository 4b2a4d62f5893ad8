import { usageError } from '../core/errors.js';
import { column, type View } from '../output/view.js';
import type { ArgumentSpec, OptionSpec } from '../spec/types.js';
import type { KindWords } from './kind-words.js';

/** `/api/v1/services/svc_checkout/health`. */
export function pathOf(kind: Pick<KindWords, 'path'>, ...rest: readonly string[]): string {
  return ['/api/v1', kind.path, ...rest.map((part) => encodeURIComponent(part))].join('/');
}

/** What one of them is called: `service`. */
export const nounOf = ({ name, noun }: Pick<KindWords, 'name' | 'noun'>): string => noun ?? name;

/** What several are called: `services`. */
export const manyOf = ({ path }: Pick<KindWords, 'path'>): string => path.split('/').at(-1)!;

export function idArgument(kind: Pick<KindWords, 'name' | 'noun'>, summary?: string): ArgumentSpec {
  const { name } = kind;
  return {
    name: 'id',
    summary: summary ?? `id, key or name of the ${nounOf(kind)}`,
    asked: { question: `Which ${nounOf(kind)}? (id, key or name)` },
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
