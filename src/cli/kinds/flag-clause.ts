import { usageError } from '../core/errors.js';

const OPERATORS = new Set(
  (
    'eq ne in not_in contains starts_with ends_with gt gte lt lte matches semver_eq semver_gt semver_gte semver_lt ' +
    'semver_lte in_cidr before after exists'
  ).split(' '),
);
const SHAPE = /^(\S+)\s+(\S+)(?:\s+(.*?))??(?:\s+->\s+(\S+))?$/s;

/**
 * `email ends_with @example.com,@example.org -> green` as a rule of the API; JSON is taken as it is. Without `->` it is
 * a condition that draws the variant by the weights.
 */
export function clauseOf(text: string, flag: string): Record<string, unknown> {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return jsonObject(trimmed, flag);
  const [, attribute = '', operator = '', values, variant] = SHAPE.exec(trimmed) ?? [];
  const membership = attribute === 'in' && values === undefined;
  if (!membership && !(OPERATORS.has(operator) && (values !== undefined || operator === 'exists'))) {
    throw usageError(`${flag} ${JSON.stringify(text)} is not a rule`, {
      reason: `write 'attribute operator values', 'in <segment>' or JSON; operators: ${[...OPERATORS].join(', ')}`,
    });
  }
  const condition = membership
    ? { segment: operator }
    : { attribute, operator, ...(values !== undefined && { values: listOf(operator, values) }) };
  return { ...condition, ...(variant !== undefined && { variant }) };
}

/** `42` and `"42"` are the same to a condition; a pattern may hold commas. */
function listOf(operator: string, values: string): string[] {
  return operator === 'matches' ? [values] : values.split(',').map((part) => part.trim());
}

function jsonObject(text: string, flag: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw usageError(`${flag} is not valid JSON`, { reason: (cause as Error).message, cause });
  }
}
