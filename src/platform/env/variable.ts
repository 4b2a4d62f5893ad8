import 'reflect-metadata';

/** What one environment variable is called, how its text is read and what it must be, in words. */
export interface Variable {
  property: string;
  name: string;
  read: (text: string) => unknown;
  /** Ends the sentence `<NAME> must …`. */
  must: string;
}

const VARIABLES = 'registry:variables';

/** Ties a property of Env to the variable it is read from. The class-validator decorators beside it do the checking. */
export const FromVariable =
  (name: string, read: (text: string) => unknown, must: string): PropertyDecorator =>
  (target, property) => {
    const variables: Variable[] = Reflect.getOwnMetadata(VARIABLES, target) ?? [];
    variables.push({ property: String(property), name, read, must });
    Reflect.defineMetadata(VARIABLES, variables, target);
  };

/** Every variable of a class and of those it extends, in the order they are written down, its own first. */
export function variablesOf(type: { prototype: object }): readonly Variable[] {
  const variables: Variable[] = [];
  for (let level: object | null = type.prototype; level; level = Object.getPrototypeOf(level) as object | null)
    variables.push(...((Reflect.getOwnMetadata(VARIABLES, level) as Variable[] | undefined) ?? []));
  return variables;
}

export const text = (value: string): string => value;

export const integer = (value: string): number => (/^-?\d+$/.test(value) ? Number(value) : Number.NaN);

/** `true`, `1`, `yes`, `on` and their opposites; anything else stays text and fails the check. */
export function flag(value: string): boolean | string {
  const word = value.toLowerCase();
  if (['true', '1', 'yes', 'on'].includes(word)) return true;
  if (['false', '0', 'no', 'off'].includes(word)) return false;
  return value;
}

export const list = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/**
 * `a=b,c=d` as a map; a JSON object where names hold commas or equals signs. Text for what is neither. The last `=` of a pair
 * counts.
 */
export function pairs(value: string): Map<string, unknown> | string {
  if (value.startsWith('{')) {
    try {
      return new Map(Object.entries(JSON.parse(value) as object));
    } catch {
      return value;
    }
  }
  const found = list(value).map((pair) => /^(.+)=(.*)$/s.exec(pair));
  if (found.includes(null)) return value;
  return new Map(found.map((match) => [match![1].trim(), match![2].trim()]));
}

export const urlOrOff = (value: string): string | null => (value.toLowerCase() === 'off' ? null : value);

const UNITS: Record<string, number> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** A size in bytes: `1048576`, `512k`, `1MiB`, `64 mb` (units are powers of 1024). */
export function bytes(value: string): number {
  const match = /^(\d+)\s*([bkmg]?)(?:i?b)?$/i.exec(value);
  return match ? Number(match[1]) * UNITS[match[2].toLowerCase()] : Number.NaN;
}

const base64 = (value: string): Buffer | string =>
  /^[A-Za-z0-9+/]*={0,2}$/.test(value) ? Buffer.from(value, 'base64') : value;

/** Several, separated by commas. */
export const base64List = (value: string): (Buffer | string)[] => list(value).map(base64);

/** So many in so many seconds. */
export interface Rate {
  limit: number;
  seconds: number;
}

const UNIT_SECONDS: Record<string, number> = {
  s: 1,
  second: 1,
  m: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
  d: 86_400,
  day: 86_400,
};

/** `1000/hour`, `50/s`, `200/10s`; null for `off`, and text for what is none. */
export function rate(value: string): Rate | null | string {
  if (value.toLowerCase() === 'off') return null;
  const match = /^(\d{1,9})\s*\/\s*(\d{1,7})?\s*([a-z]+)$/i.exec(value);
  const unit = match && UNIT_SECONDS[match[3].toLowerCase()];
  return match && unit ? { limit: Number(match[1]), seconds: Number(match[2] ?? 1) * unit } : value;
}
