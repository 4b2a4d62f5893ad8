import { InvalidError } from '../errors/registry-error.js';
import { isStorable } from './plain-data.js';

const MOST_LENGTH = 8192;
const MOST_PARAMETERS = 200;
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** Express's `query parser`: names and texts, a repeated name is a list. No nesting, so nothing to explode. */
export function parseQuery(query: string | null | undefined): Record<string, string | string[]> {
  const parsed = Object.create(null) as Record<string, string | string[]>;
  if (!query) return parsed;
  if (query.length > MOST_LENGTH)
    throw InvalidError.field('query', `must not be longer than ${MOST_LENGTH} characters`);
  const pairs = query.split('&');
  if (pairs.length > MOST_PARAMETERS)
    throw InvalidError.field('query', `must not have more than ${MOST_PARAMETERS} parameters`);
  for (const pair of pairs) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at), 'query');
    if (FORBIDDEN.has(name)) throw InvalidError.field(name, 'is not an allowed name');
    add(parsed, name, at < 0 ? '' : decode(pair.slice(at + 1), name));
  }
  return parsed;
}

function add(parsed: Record<string, string | string[]>, name: string, value: string): void {
  const before = parsed[name];
  if (before === undefined) parsed[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else parsed[name] = [before, value];
}

function decode(text: string, field: string): string {
  if (!/[%+]/.test(text)) return text;
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw InvalidError.field(field, 'has a malformed %-sequence');
  }
  if (!isStorable(decoded)) throw InvalidError.field(field, 'must not contain NUL characters');
  return decoded;
}
