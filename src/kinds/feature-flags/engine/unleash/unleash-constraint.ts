import { compare, valid } from 'semver';
import { isVersion } from '../conditions/comparison.js';
import { networkTest } from '../conditions/network.js';
import { patternSearch } from '../conditions/pattern.js';
import { DefinitionError, listed, named } from '../definition-error.js';
import { LIMITS } from '../limits.js';
import type { Run } from '../run.js';
import { shown, shownList } from '../trace.js';
import { unleashField } from './unleash-context.js';
import type { UnleashConstraint } from './unleash-format.js';

export type UnleashTest = (run: Run) => boolean;
/** The value is undefined where the context has none. */
type Holds = (value: string | undefined, now: number) => boolean;

const never: Holds = () => false;

/** All of them, as Unleash's clients evaluate them: what is not understood never holds. Throws a DefinitionError. */
export function unleashConstraints(
  constraints: readonly UnleashConstraint[] | undefined | null,
  field: string,
): { test: UnleashTest; changes: number[] } {
  const changes: number[] = [];
  const tests = listed(constraints, field, LIMITS.conditions).map((constraint, i) =>
    constraintTest(constraint, `${field}[${i}]`, changes),
  );
  return { test: (run) => tests.every((test) => test(run)), changes };
}

function constraintTest(constraint: UnleashConstraint, field: string, changes: number[]): UnleashTest {
  const name = named(constraint?.contextName, `${field}.contextName`, LIMITS.name);
  const operator = named(constraint.operator, `${field}.operator`, LIMITS.name);
  const values = cleaned(constraint, field);
  const holds = holdsFor(operator, constraint, values);
  // A client that doesn't know an operator refuses it, inverted or not.
  const inverted = constraint.inverted === true && holds !== undefined;
  const read = unleashField(name);
  const timed = operator === 'DATE_AFTER' || operator === 'DATE_BEFORE';
  if (timed) {
    const time = Date.parse(String(constraint.value));
    if (!Number.isNaN(time)) changes.push(operator === 'DATE_AFTER' ? time + 1 : time);
  }
  const readTime = unleashField('currentTime');
  const asked = `${inverted ? 'not ' : ''}${operator} ${values.length > 0 ? shownList(values) : shown(constraint.value)}`;
  return (run) => {
    const value = timed ? readTime(run.context) : read(run.context);
    const held = (holds ?? never)(value, run.now) !== inverted;
    run.trace?.leaf('condition', `${name} ${asked}`, held, `${name} is ${shown(value)}`);
    return held;
  };
}

function cleaned({ values, operator }: UnleashConstraint, field: string): string[] {
  const most = operator === 'IN' || operator === 'NOT_IN' ? LIMITS.values : LIMITS.triedValues;
  return listed(values, `${field}.values`, most)
    .filter(Boolean)
    .map((value, i) => {
      const text = String(value).trim();
      if (text.length > LIMITS.value)
        throw new DefinitionError(`${field}.values[${i}]`, `must have at most ${LIMITS.value} characters`);
      return text;
    });
}

function holdsFor(operator: string, constraint: UnleashConstraint, values: readonly string[]): Holds | undefined {
  const set = new Set(values);
  switch (operator) {
    case 'IN':
      return (value) => value !== undefined && set.has(value);
    case 'NOT_IN':
      return (value) => value === undefined || !set.has(value);
    case 'STR_STARTS_WITH':
      return texts(constraint, values, (text, part) => text.startsWith(part));
    case 'STR_ENDS_WITH':
      return texts(constraint, values, (text, part) => text.endsWith(part));
    case 'STR_CONTAINS':
      return texts(constraint, values, (text, part) => text.includes(part));
    case 'REGEX':
      return regex(constraint);
    case 'IN_CIDR':
      return network(values);
    case 'DATE_AFTER':
      return date(constraint, (time, limit) => time > limit);
    case 'DATE_BEFORE':
      return date(constraint, (time, limit) => time < limit);
    default:
      return numbers(operator, constraint) ?? versions(operator, constraint);
  }
}

function texts(
  { caseInsensitive }: UnleashConstraint,
  values: readonly string[],
  holds: (text: string, part: string) => boolean,
): Holds {
  const fold = (text: string): string => (caseInsensitive === true ? text.toLowerCase() : text);
  const parts = values.map(fold);
  return (value) => {
    if (value === undefined) return false;
    const text = fold(value);
    return parts.some((part) => holds(text, part));
  };
}

function regex({ value, caseInsensitive }: UnleashConstraint): Holds {
  try {
    const search = patternSearch(String(value), caseInsensitive === true);
    return (text) => text !== undefined && search(text);
  } catch {
    // Unleash's clients let a pattern that RE2 refuses match nothing.
    return never;
  }
}

function network(values: readonly string[]): Holds {
  const inside = networkTest(values, () => undefined);
  return (value) => value !== undefined && inside(value);
}

function date({ value }: UnleashConstraint, holds: (time: number, limit: number) => boolean): Holds {
  const limit = Date.parse(String(value));
  return (text, now) => holds(text === undefined ? now : Date.parse(text), limit);
}

const NUMBERS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  NUM_EQ: (a, b) => a === b,
  NUM_GT: (a, b) => a > b,
  NUM_GTE: (a, b) => a >= b,
  NUM_LT: (a, b) => a < b,
  NUM_LTE: (a, b) => a <= b,
};

function numbers(operator: string, { value }: UnleashConstraint): Holds | undefined {
  const holds = Object.hasOwn(NUMBERS, operator) ? NUMBERS[operator] : undefined;
  if (!holds) return undefined;
  const limit = value === null || value === undefined ? Number.NaN : Number(value);
  return (text) => text !== undefined && holds(Number(text), limit);
}

const VERSIONS: Readonly<Record<string, (order: number) => boolean>> = {
  SEMVER_EQ: (order) => order === 0,
  SEMVER_GT: (order) => order > 0,
  SEMVER_GTE: (order) => order >= 0,
  SEMVER_LT: (order) => order < 0,
  SEMVER_LTE: (order) => order <= 0,
};

function versions(operator: string, { value }: UnleashConstraint): Holds | undefined {
  const holds = Object.hasOwn(VERSIONS, operator) ? VERSIONS[operator] : undefined;
  const limit = valid(String(value));
  if (!holds || limit === null) return holds && never;
  return (text) => text !== undefined && isVersion(text) && holds(compare(text, limit));
}
