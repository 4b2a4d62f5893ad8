import { usageError } from '../core/errors.js';
import { asObject, assignments, ENTRY_OPTIONS, entryBody } from '../commands/entry-input.js';
import { optionName } from '../spec/ask-missing.js';
import { flagWords } from '../spec/global-options.js';
import type { OptionSpec } from '../spec/types.js';
import type { KindWords, OwnFlag } from './kind-words.js';

const NOT_WRITTEN = /^--(status|health|spec) /;

/** Flags that fill the writable fields of a kind's entry. State and health come of verbs and reports. */
export function writingOptions(kind: KindWords, { asking }: { asking: boolean }): OptionSpec[] {
  const unasked = (option: OwnFlag): OptionSpec => ({ ...option, asked: undefined });
  return [
    ...(asking ? kind.flags : kind.flags.map(unasked)),
    {
      flags: '--set <field=value>',
      summary: `any field of ${kind.one}; a dot reaches inside, the value may be JSON`,
      repeatable: true,
      common: true,
    },
    ...ENTRY_OPTIONS.filter(({ flags }) => !NOT_WRITTEN.test(flags) && !ownNames(kind).has(longOf(flags))),
  ];
}

const longOf = (flags: string): string => flagWords(flags).long;

/** A kind's own flag stands before the one all entries have: a node lies in one region, other entries in several. */
const ownNames = (kind: KindWords): Set<string> => new Set(kind.flags.map(({ flags }) => longOf(flags)));

/** What the flags say, as a body of the kind's path. */
export async function kindBody(
  kind: KindWords,
  options: Record<string, unknown>,
  stdin: NodeJS.ReadStream,
): Promise<Record<string, unknown>> {
  const own = new Set([...ownNames(kind)].map(optionName));
  const common = Object.fromEntries(Object.entries(options).filter(([name]) => !own.has(name)));
  let body = await entryBody(common, stdin);
  for (const flag of kind.flags) {
    const long = longOf(flag.flags);
    const typed = options[optionName(long)];
    if (typed !== undefined) body = merged(body, nested(flag.field, valueOf(flag, long, typed)));
  }
  return merged(body, assignments((options.set as string[] | undefined) ?? [], '--set'));
}

/** null empties a field in a merge patch; `metadata.port` reaches inside. */
export function withUnset(body: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  return fields.reduce((before, field) => {
    if (field.split('.').some((part) => part === '')) {
      throw usageError(`--unset ${JSON.stringify(field)} cannot name a field`);
    }
    return merged(before, nested(field, null));
  }, body);
}

/** Both, the second winning; objects inside are merged too. */
export function merged(one: Record<string, unknown>, other: Record<string, unknown>): Record<string, unknown> {
  const result = { ...one };
  for (const [name, value] of Object.entries(other)) {
    const before = Object.hasOwn(result, name) ? result[name] : undefined;
    result[name] = isObject(before) && isObject(value) ? merged(before, value) : value;
  }
  return result;
}

export function objectsOf(documents: readonly { from: string; value: unknown }[]): Record<string, unknown>[] {
  return documents.map(({ from, value }) => asObject(value, from));
}

function valueOf({ read, repeatable }: OwnFlag, long: string, typed: unknown): unknown {
  if (typed === true) return true;
  const one = (text: unknown): unknown => (read ? read(String(text), long) : text);
  return repeatable ? (typed as string[]).map(one) : one(typed);
}

function nested(path: string, value: unknown): Record<string, unknown> {
  const [first = '', ...rest] = path.split('.');
  return { [first]: rest.length === 0 ? value : nested(rest.join('.'), value) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
