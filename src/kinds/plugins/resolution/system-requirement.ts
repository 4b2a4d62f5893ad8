import { ConstraintError } from './constraint-error.js';
import { beginsWith, compareLoosely, numbersOf } from './loose-version.js';

/** Something the host must offer. */
export interface SystemRequirement {
  /** Name of the fact, in lower case. */
  name: string;
  text: string;
  /** Whether this version will do. */
  meets: (found: string) => boolean;
}

type Check = (found: string) => boolean;

const SHAPE = /^([a-z0-9](?:[a-z0-9._+/-]*[a-z0-9+])?)(?:\s*@\s*|\s+|(?=[<>=~^!|,]))?(.*)$/i;
const COMPARATOR = /^(>=|<=|==?|!=|~=|>|<|~|\^)?\s*v?(\d[a-z0-9._+-]*?)(\.[x*])?$/i;
const WRONG = 'must be a name and versions, such as python>=3.10 or glibc>=2.31,<3';

/**
 * `python>=3.10`, `cuda ~12.1 || ^13`, `docker`: a name and what its version must be; versions need not be SemVer. A name
 * alone asks that it is there. `~=3.10` is pip's (any 3 from 3.10 on), `~3.10` any 3.10, `^3.10` any 3 from 3.10 on,
 * `3.10.*` any 3.10, and `3.10` alone exactly that.
 * @throws ConstraintError
 */
export function systemRequirement(text: string): SystemRequirement {
  const [, name, rest] = SHAPE.exec(text.trim()) ?? [];
  if (name === undefined) throw new ConstraintError(WRONG);
  const written = rest.trim();
  const alternatives = written === '' || written === '*' ? [] : written.split('||').map(allOf);
  return {
    name: name.toLowerCase(),
    text: text.trim(),
    meets: (found) => alternatives.length === 0 || alternatives.some((checks) => checks.every((check) => check(found))),
  };
}

function allOf(text: string): Check[] {
  const joined = text.trim().replace(/(>=|<=|==?|!=|~=|>|<|~|\^)\s+/g, '$1');
  return joined.split(/\s*,\s*|\s+/).map(comparator);
}

function comparator(text: string): Check {
  const [, operator = '=', version, wildcard] = COMPARATOR.exec(text) ?? [];
  if (version === undefined) throw new ConstraintError(WRONG);
  const compared = (found: string): number => compareLoosely(found, version);
  const numbers = numbersOf(version);
  const from =
    (prefix: readonly string[]): Check =>
    (found) =>
      compared(found) >= 0 && beginsWith(found, prefix);
  switch (operator) {
    case '>=':
      return (found) => compared(found) >= 0;
    case '<=':
      return (found) => compared(found) <= 0;
    case '>':
      return (found) => compared(found) > 0;
    case '<':
      return (found) => compared(found) < 0;
    case '!=':
      return wildcard ? (found) => !beginsWith(found, numbers) : (found) => compared(found) !== 0;
    case '~=':
      return from(numbers.slice(0, Math.max(1, numbers.length - 1)));
    case '~':
      return from(numbers.slice(0, 2));
    case '^': {
      // As npm: what comes before the first number that is not 0, and that one, stay.
      const first = numbers.findIndex((number) => BigInt(number) > 0n);
      return from(numbers.slice(0, first < 0 ? numbers.length : first + 1));
    }
    default:
      return wildcard ? (found) => beginsWith(found, numbers) : (found) => compared(found) === 0;
  }
}
