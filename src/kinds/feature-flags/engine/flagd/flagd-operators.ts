import { coerce, compare, parse } from 'semver';
import type { SemVer } from 'semver';
import { murmur3 } from '../../../../platform/hashing/murmur3.js';
import { shown } from '../trace.js';
import type { LogicMachine } from './logic-machine.js';
import type { ValueOperator } from './logic-operators.js';

const MOST_WEIGHT = 2_147_483_647;

/** What flagd adds to JsonLogic. What is asked wrongly is null, so that the default variant is served. */
export const FLAGD_OPERATORS: Readonly<Record<string, ValueOperator>> = {
  starts_with: texts((text, part) => text.startsWith(part)),
  ends_with: texts((text, part) => text.endsWith(part)),
  sem_ver: semVer,
  fractional,
};

function texts(holds: (text: string, part: string) => boolean): ValueOperator {
  return (args) => {
    const [text, part] = args;
    return args.length === 2 && typeof text === 'string' && typeof part === 'string' ? holds(text, part) : null;
  };
}

/** A leading `v` and missing parts are allowed. */
function versionOf(value: unknown): SemVer | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = String(value).replace(/^v/i, '');
  if (text.length > 256) return null;
  return parse(text) ?? (/^\d+(?:\.\d+)?$/.test(text) ? coerce(text) : null);
}

function semVer(args: readonly unknown[]): boolean | null {
  const [left, operator, right] = args;
  const [a, b] = [versionOf(left), versionOf(right)];
  if (args.length !== 3 || !a || !b) return null;
  const order = compare(a, b);
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '^':
      return a.major === b.major;
    case '~':
      return a.major === b.major && a.minor === b.minor;
    default:
      return null;
  }
}

interface Share {
  readonly variant: unknown;
  readonly weight: number;
}

/**
 * flagd's bucketing, version 2: the 32-bit hash times the sum of the weights, shifted by 32, so that no precision is lost.
 * Hashed is the first argument where it is a text, otherwise flag key and targeting key.
 */
function fractional(args: readonly unknown[], machine: LogicMachine): unknown {
  const [first] = args;
  const { targetingKey } = machine;
  const own = typeof first === 'string' ? first : undefined;
  const bucketBy =
    own ?? (typeof targetingKey === 'string' && targetingKey !== '' ? machine.flagKey + targetingKey : undefined);
  const shares = sharesOf(own !== undefined || first === null ? args.slice(1) : args);
  if (bucketBy === undefined || !shares) return null;
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  if (total > MOST_WEIGHT) return null;
  machine.charge(bucketBy.length >>> 6);
  const bucket = Number((BigInt(murmur3(bucketBy)) * BigInt(total)) >> 32n);
  let limit = 0;
  for (const { variant, weight } of shares) {
    limit += weight;
    if (bucket >= limit) continue;
    const because = `${shown(bucketBy)} falls at ${bucket} of ${total}`;
    machine.trace?.bucket('variant', String(variant).slice(0, 100), { bucket, limit }, because);
    return variant;
  }
  return null;
}

/** Undefined when they are not written as they must be. */
function sharesOf(args: readonly unknown[]): Share[] | undefined {
  const shares: Share[] = [];
  for (const arg of args) {
    if (!Array.isArray(arg) || arg.length === 0 || arg.length > 2) return undefined;
    const [variant, weight = 1] = arg as [unknown, unknown];
    if (typeof variant === 'object' && variant !== null) return undefined;
    if (typeof weight !== 'number' || !Number.isInteger(weight)) return undefined;
    // Weights that are calculated may fall below 0.
    shares.push({ variant: variant ?? null, weight: Math.max(0, weight) });
  }
  return shares;
}
