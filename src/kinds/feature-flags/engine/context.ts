import type { EvaluationContext } from './evaluation.js';
import { LIMITS } from './limits.js';

const { hasOwn } = Object;

type Read = (context: EvaluationContext) => unknown;

const KEY_NAMES = new Set(['targetingKey', 'targeting_key']);
const readKey: Read = (context) => own(context, 'targetingKey') ?? own(context, 'targeting_key');

/** Only what the asker itself said: `constructor` and the like are no attributes. `null` counts as missing. */
function own(context: object, name: string): unknown {
  return hasOwn(context, name) ? ((context as EvaluationContext)[name] ?? undefined) : undefined;
}

/** Reads an attribute; `a.b` is looked for as it stands, then inside `a`. */
export function attributeReader(attribute: string): Read {
  if (KEY_NAMES.has(attribute)) return readKey;
  if (!attribute.includes('.')) return (context) => own(context, attribute);
  const path = attribute.split('.');
  return (context) => own(context, attribute) ?? inside(context, path);
}

function inside(context: EvaluationContext, path: readonly string[]): unknown {
  let value: unknown = context;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = own(value, name);
  }
  return value;
}

/** The text that stands for a value where texts are compared or hashed; undefined where none does. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.length > LIMITS.attribute ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The text that is hashed; undefined when there is nothing to hash. */
export const stickyText = (value: unknown): string | undefined => textOf(value) || undefined;
