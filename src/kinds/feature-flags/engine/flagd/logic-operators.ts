import type { LogicMachine } from './logic-machine.js';
import { numeric, truthy } from './logic-machine.js';

/** An operator on evaluated arguments. */
export type ValueOperator = (args: readonly unknown[], machine: LogicMachine) => unknown;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** JavaScript's `==` without what objects' own conversions would do. */
function loosely(a: unknown, b: unknown): boolean {
  if (isObject(a) || isObject(b)) return a === b;
  // oxlint-disable-next-line eqeqeq -- JsonLogic's == is JavaScript's
  return a == b;
}

function ordered(holds: (a: number | string, b: number | string) => boolean): ValueOperator {
  const pair = (a: unknown, b: unknown): boolean =>
    typeof a === 'string' && typeof b === 'string' ? holds(a, b) : holds(numeric(a), numeric(b));
  return (args) => pair(args[0], args[1]) && (args.length < 3 || pair(args[1], args[2]));
}

/** What isn't a number is null, as JSON would have it. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const numbers = (args: readonly unknown[]): number[] => args.map(numeric);

export const VALUE_OPERATORS: Readonly<Record<string, ValueOperator>> = {
  '==': ([a, b]) => loosely(a, b),
  '!=': ([a, b]) => !loosely(a, b),
  '===': ([a, b]) => a === b,
  '!==': ([a, b]) => a !== b,
  '<': ordered((a, b) => a < b),
  '<=': ordered((a, b) => a <= b),
  '>': ordered((a, b) => a > b),
  '>=': ordered((a, b) => a >= b),
  '+': (args) => finite(numbers(args).reduce((sum, one) => sum + one, 0)),
  '*': (args) => finite(numbers(args).reduce((product, one) => product * one, 1)),
  '-': ([a, b]) => finite(b === undefined ? -numeric(a) : numeric(a) - numeric(b)),
  '/': ([a, b]) => finite(numeric(a) / numeric(b)),
  '%': ([a, b]) => finite(numeric(a) % numeric(b)),
  max: (args) => finite(numbers(args).reduce((most, one) => (one > most ? one : most), Number.NEGATIVE_INFINITY)),
  min: (args) => finite(numbers(args).reduce((least, one) => (one < least ? one : least), Number.POSITIVE_INFINITY)),
  in: contained,
  cat: joined,
  substr: part,
  merge: merged,
  log: ([value]) => value,
};

/** Operators on one argument, which may itself be a list. */
export const UNARY_OPERATORS: Readonly<Record<string, (value: unknown) => unknown>> = {
  '!': (value) => !truthy(value),
  '!!': truthy,
};

function contained([item, whole]: readonly unknown[], machine: LogicMachine): boolean {
  if (typeof whole === 'string') {
    machine.charge(whole.length >>> 6);
    return !isObject(item) && whole.includes(String(item));
  }
  if (!Array.isArray(whole)) return false;
  machine.charge(whole.length >>> 4);
  return whole.includes(item);
}

function joined(args: readonly unknown[], machine: LogicMachine): string {
  let text = '';
  for (const arg of args) {
    // Lists join by commas in JavaScript; nobody splits users by that.
    text += isObject(arg) ? '' : String(arg ?? '');
    machine.built(text.length);
  }
  return text;
}

function part([text, from, length]: readonly unknown[]): string {
  const whole = isObject(text) ? '' : String(text ?? '');
  const start = numeric(from ?? 0);
  const rest = whole.slice(start);
  if (length === undefined || length === null) return rest;
  return rest.slice(0, numeric(length));
}

function merged(args: readonly unknown[], machine: LogicMachine): unknown[] {
  const list: unknown[] = [];
  for (const arg of args) {
    machine.built(list.length + (Array.isArray(arg) ? arg.length : 1));
    if (Array.isArray(arg)) for (const one of arg as unknown[]) list.push(one);
    else list.push(arg);
  }
  return list;
}
