import { InvalidError } from '../platform/errors/registry-error.js';

const PATTERN = /^(\*|[a-z][a-z0-9_]{0,63}([._]?\*)?)$/;
const MOST_PATTERNS = 50;

/** Checks names and patterns of event types: `entity_created`, `entity_*`, `entity.*`, `*`. Throws InvalidError naming `field`. */
export function checkPatterns(patterns: readonly string[], field: string): void {
  if (patterns.length > MOST_PATTERNS) throw InvalidError.field(field, `must have at most ${MOST_PATTERNS} names`);
  const wrong = patterns.find((pattern) => !PATTERN.test(pattern));
  if (wrong !== undefined) {
    throw InvalidError.field(field, 'must be names of event types such as entity_created, entity_* or *');
  }
}

/** The patterns for SQL's LIKE; undefined when they let everything through. */
export function likePatterns(patterns: readonly string[]): string[] | undefined {
  if (patterns.length === 0 || patterns.includes('*')) return undefined;
  return patterns.map((pattern) => {
    const open = pattern.endsWith('*');
    const name = open ? pattern.replace(/[._]?\*$/, '_') : pattern;
    return name.replaceAll('_', '\\_') + (open ? '%' : '');
  });
}

/** Whether a type is one of the names or matches one of the patterns. No patterns let everything through. */
export function typeMatcher(patterns: readonly string[]): (type: string) => boolean {
  if (patterns.length === 0 || patterns.includes('*')) return () => true;
  const exact = new Set(patterns.filter((pattern) => !pattern.endsWith('*')));
  const prefixes = patterns
    .filter((pattern) => pattern.endsWith('*'))
    .map((pattern) => pattern.replace(/[._]?\*$/, '_'));
  return (type) => exact.has(type) || prefixes.some((prefix) => type.startsWith(prefix));
}
