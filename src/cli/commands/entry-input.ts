import { usageError } from '../core/errors.js';
import { readData } from '../core/input.js';
import type { OptionSpec } from '../spec/types.js';

/** Flags that fill the writable fields of an entry, one to one. */
export const ENTRY_OPTIONS: readonly OptionSpec[] = [
  { flags: '--title <text>', summary: 'display name', common: true },
  { flags: '--description <text>', summary: 'what it is', common: true },
  { flags: '--feature <feature>', summary: 'feature category', common: true },
  { flags: '--status <status>', summary: 'active, inactive, deprecated, …', common: true },
  { flags: '--health <health>', summary: 'healthy, degraded, unhealthy or unknown' },
  { flags: '--owner <owner>', summary: 'person or team', common: true },
  { flags: '--tag <tag>', summary: 'a tag', repeatable: true, common: true },
  { flags: '--region <region>', summary: 'a region', repeatable: true },
  {
    flags: '--metadata <field=value>',
    summary: 'a metadata field; the value may be JSON',
    repeatable: true,
    common: true,
  },
  { flags: '--spec <field=value>', summary: "a field of the type's own; the value may be JSON", repeatable: true },
  { flags: '--data <json>', summary: 'the whole body: JSON or YAML, @file, or - for stdin; flags win over it' },
];

const TEXT_FIELDS = ['title', 'description', 'feature', 'status', 'health', 'owner'] as const;
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

export async function entryBody(
  options: Record<string, unknown>,
  stdin: NodeJS.ReadStream,
): Promise<Record<string, unknown>> {
  const body = options.data === undefined ? {} : asObject(await readData(String(options.data), stdin), '--data');
  for (const field of TEXT_FIELDS) if (options[field] !== undefined) body[field] = options[field];
  if (options.tag !== undefined) body.tags = options.tag;
  if (options.region !== undefined) body.regions = options.region;
  for (const field of ['metadata', 'spec'] as const) {
    const pairs = options[field] as string[] | undefined;
    if (pairs) body[field] = { ...(body[field] as object | undefined), ...assignments(pairs, `--${field}`) };
  }
  return body;
}

export function asObject(value: unknown, from: string): Record<string, unknown> {
  if (value && typeof value === 'object' && !Array.isArray(value)) return { ...value };
  throw usageError(`${from} must hold an object`);
}

/** `a.b=1 c=x` → `{ a: { b: 1 }, c: 'x' }`; a value that is JSON is taken as such, anything else as text. */
export function assignments(pairs: readonly string[], flag: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1) throw usageError(`${flag} ${JSON.stringify(pair)} is not field=value`);
    const path = pair.slice(0, at).split('.');
    if (path.some((part) => part === '' || FORBIDDEN.has(part))) {
      throw usageError(`${flag}: ${JSON.stringify(pair.slice(0, at))} cannot name a field`);
    }
    setPath(result, path, jsonOrText(pair.slice(at + 1)));
  }
  return result;
}

function setPath(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let here = target;
  for (const part of path.slice(0, -1)) {
    const next = here[part];
    here =
      next && typeof next === 'object' && !Array.isArray(next) ? (next as Record<string, unknown>) : (here[part] = {});
  }
  here[path.at(-1) ?? ''] = value;
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
