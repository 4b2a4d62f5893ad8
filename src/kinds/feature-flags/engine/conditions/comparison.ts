import { compare, valid } from 'semver';
import { textOf } from '../context.js';
import { DefinitionError } from '../definition-error.js';
import type { Condition, Operator } from '../flag-definition.js';
import { instantOf } from './instant.js';
import { networkTest } from './network.js';
import { patternSearch } from './pattern.js';

/** Whether an attribute's value is as the condition asks; `undefined` stands for a missing attribute. */
export type Comparison = (value: unknown) => boolean;

type Value = string | number | boolean;
interface Asked {
  readonly values: readonly Value[];
  readonly fold: (text: string) => string;
  readonly condition: Condition;
}

const same = (text: string): string => text;
const lower = (text: string): string => text.toLowerCase();

/** Throws a DefinitionError whose field begins at `field` when the values do not suit the operator. */
export function comparison(condition: Condition, values: readonly Value[], field: string): Comparison {
  const fold = condition.caseInsensitive === true ? lower : same;
  return OPERATOR_COMPARISONS[condition.operator]({ values, fold, condition }, `${field}.values`);
}

const OPERATOR_COMPARISONS: Readonly<Record<Operator, (asked: Asked, field: string) => Comparison>> = {
  eq: oneOf,
  in: oneOf,
  ne: (asked) => negated(oneOf(asked)),
  not_in: (asked) => negated(oneOf(asked)),
  contains,
  starts_with: (asked) => anyText(asked, (text, part) => text.startsWith(part)),
  ends_with: (asked) => anyText(asked, (text, part) => text.endsWith(part)),
  gt: numeric((a, b) => a > b),
  gte: numeric((a, b) => a >= b),
  lt: numeric((a, b) => a < b),
  lte: numeric((a, b) => a <= b),
  matches,
  semver_eq: version((order) => order === 0),
  semver_gt: version((order) => order > 0),
  semver_gte: version((order) => order >= 0),
  semver_lt: version((order) => order < 0),
  semver_lte: version((order) => order <= 0),
  in_cidr: inNetwork,
  before: timed((time, limit) => time < limit),
  after: timed((time, limit) => time > limit),
  exists: ({ values }) => {
    const wanted = !values.some((value) => value === false || value === 'false');
    return (value) => (value !== undefined && value !== null) === wanted;
  },
};

const negated =
  (positive: Comparison): Comparison =>
  (value) =>
    !positive(value);

/** `42` and `"42"` are the same: flags are asked from command lines and query strings as well. Of a list, any element. */
function oneOf({ values, fold }: Asked): Comparison {
  const wanted = new Set(values.map((value) => fold(String(value))));
  const has = (value: unknown): boolean => {
    const text = textOf(value);
    return text !== undefined && wanted.has(fold(text));
  };
  return (value) => (Array.isArray(value) ? value.some(has) : has(value));
}

/** Part of a text, or an element of a list. */
function contains(asked: Asked): Comparison {
  const element = oneOf(asked);
  const part = anyText(asked, (text, wanted) => text.includes(wanted));
  return (value) => (Array.isArray(value) ? element(value) : part(value));
}

function anyText({ values, fold }: Asked, holds: (text: string, part: string) => boolean): Comparison {
  const parts = values.map((value) => fold(String(value)));
  return (value) => {
    const text = textOf(value);
    if (text === undefined) return false;
    const folded = fold(text);
    return parts.some((part) => holds(folded, part));
  };
}

/** A finite number, or a text that is written as one; NaN otherwise, which no comparison holds for. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.length <= 64 && value.trim() !== '' ? Number(value) : Number.NaN;
}

function numeric(holds: (a: number, b: number) => boolean) {
  return ({ values }: Asked, field: string): Comparison => {
    const limits = values.map(numberOf);
    const bad = limits.findIndex(Number.isNaN);
    if (bad >= 0) throw new DefinitionError(`${field}[${bad}]`, 'must be a number');
    return (value) => {
      const number = numberOf(value);
      return limits.some((limit) => holds(number, limit));
    };
  };
}

function matches({ values, condition }: Asked, field: string): Comparison {
  const searches = values.map((value, i) => {
    try {
      return patternSearch(String(value), condition.caseInsensitive === true);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new DefinitionError(`${field}[${i}]`, `must be an expression of RE2: ${reason}`);
    }
  });
  return (value) => {
    const text = textOf(value);
    return text !== undefined && searches.some((search) => search(text));
  };
}

/** Strict SemVer 2.0: no leading `v`, no missing parts. */
export const isVersion = (text: string): boolean => text.length <= 256 && valid(text) === text.replace(/\+.*$/, '');

function version(holds: (order: number) => boolean) {
  return ({ values }: Asked, field: string): Comparison => {
    const versions = values.map(String);
    const bad = versions.findIndex((text) => !isVersion(text));
    if (bad >= 0) throw new DefinitionError(`${field}[${bad}]`, 'must be a semantic version');
    return (value) =>
      typeof value === 'string' && isVersion(value) && versions.some((wanted) => holds(compare(value, wanted)));
  };
}

function inNetwork({ values }: Asked, field: string): Comparison {
  const inside = networkTest(values.map(String), (network) => {
    throw new DefinitionError(
      `${field}[${values.indexOf(network)}]`,
      'must be an address or a network in CIDR notation',
    );
  });
  return (value) => typeof value === 'string' && inside(value);
}

function timed(holds: (time: number, limit: number) => boolean) {
  return ({ values }: Asked, field: string): Comparison => {
    const limits = values.map(instantOf);
    const bad = limits.indexOf(undefined);
    if (bad >= 0) throw new DefinitionError(`${field}[${bad}]`, 'must be a time (RFC 3339)');
    return (value) => {
      const time = instantOf(value);
      return time !== undefined && limits.some((limit) => holds(time, limit!));
    };
  };
}
