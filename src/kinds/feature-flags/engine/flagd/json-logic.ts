import { DefinitionError } from '../definition-error.js';
import type { JsonValue } from '../json-value.js';
import { LIMITS } from '../limits.js';
import { FLAGD_OPERATORS } from './flagd-operators.js';
import { ITERATORS } from './logic-iterators.js';
import type { Logic } from './logic-machine.js';
import { truthy } from './logic-machine.js';
import { UNARY_OPERATORS, VALUE_OPERATORS } from './logic-operators.js';
import { missing, missingSome, variable } from './logic-variables.js';

const ORDERED = new Set(['<', '<=', '>', '>=']);
const TIMESTAMP = '$flagd.timestamp';
const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/**
 * Turns JsonLogic (jsonlogic.com, with flagd's operators) into closures that count their steps: whoever writes a targeting
 * can't make an evaluation take long. Compiled once, since interpreting it each time is several times slower.
 */
export class LogicCompiler {
  /** Instants at which a comparison with the timestamp turns. */
  readonly changes: number[] = [];
  /** Whether the timestamp is used in any other way. */
  usesClock = false;
  private nodes = 0;

  /** Throws a DefinitionError whose field begins at `field`. */
  compile(logic: JsonValue, field: string, depth = 0): Logic {
    if (++this.nodes > LIMITS.logicNodes)
      throw new DefinitionError(field, `must have at most ${LIMITS.logicNodes} parts`);
    if (depth > LIMITS.logicDepth)
      throw new DefinitionError(field, `must not be nested deeper than ${LIMITS.logicDepth}`);
    if (Array.isArray(logic)) return this.list(logic as readonly JsonValue[], field, depth);
    if (typeof logic !== 'object' || logic === null) return () => logic;
    const [entry, ...more] = Object.entries(logic);
    if (!entry) return () => ({});
    if (more.length > 0) throw new DefinitionError(field, 'must name one operator');
    return this.operator(entry[0], entry[1], `${field}.${entry[0]}`, depth);
  }

  private list(items: readonly JsonValue[], field: string, depth: number): Logic {
    const compiled = this.each(items, field, depth);
    // Long lists of names are usual; they are not gone through each time.
    if (items.every((item) => typeof item !== 'object' || item === null)) return () => items;
    return (machine, data) => {
      machine.charge(compiled.length);
      return compiled.map((one) => one(machine, data));
    };
  }

  private each(items: readonly JsonValue[], field: string, depth: number): Logic[] {
    return items.map((item, i) => this.compile(item, `${field}[${i}]`, depth + 1));
  }

  private operator(name: string, value: JsonValue, field: string, depth: number): Logic {
    const args = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
    switch (name) {
      case 'var':
        return this.reading(args, field, depth);
      case 'missing':
        return missing(this.each(args, field, depth));
      case 'missing_some':
        return missingSome(this.each(args, field, depth));
      case 'if':
      case '?:':
        return chosen(this.each(args, field, depth));
      case 'and':
        return connected(this.each(args, field, depth), true);
      case 'or':
        return connected(this.each(args, field, depth), false);
      default:
        return this.plainOperator(name, value, args, field, depth);
    }
  }

  private plainOperator(
    name: string,
    value: JsonValue,
    args: readonly JsonValue[],
    field: string,
    depth: number,
  ): Logic {
    const unary = own(UNARY_OPERATORS, name);
    if (unary) {
      const arg = this.compile(args[0] ?? null, field, depth + 1);
      return (machine, data) => {
        machine.charge(1);
        return unary(arg(machine, data));
      };
    }
    const iterator = own(ITERATORS, name);
    if (iterator) return iterator(this.each(args, field, depth));
    const operator = own(VALUE_OPERATORS, name) ?? own(FLAGD_OPERATORS, name);
    if (!operator) throw new DefinitionError(field, 'is no operator');
    const turning = ORDERED.has(name) && this.turning(args);
    const compiled = this.arguments(value, turning ? args.map(withoutClock) : args, field, depth);
    return (machine, data) => {
      machine.charge(1 + args.length);
      return operator(compiled(machine, data), machine);
    };
  }

  /** `{ max: { var: list } }` means the list's elements. */
  private arguments(value: JsonValue, args: readonly JsonValue[], field: string, depth: number) {
    if (Array.isArray(value)) {
      const compiled = this.each(args, field, depth);
      return (...[machine, data]: Parameters<Logic>): unknown[] => compiled.map((one) => one(machine, data));
    }
    const only = this.compile(value, field, depth + 1);
    return (...[machine, data]: Parameters<Logic>): unknown[] => {
      const result = only(machine, data);
      return Array.isArray(result) ? (result as unknown[]) : [result];
    };
  }

  private reading(args: readonly JsonValue[], field: string, depth: number): Logic {
    const [path] = args;
    // A path that is not known beforehand may lead to the clock; so may the whole context.
    if (path === WITHOUT_CLOCK) return variable([() => TIMESTAMP]);
    if (typeof path === 'object' || path === '' || path === '$flagd' || path === TIMESTAMP) this.usesClock = true;
    return variable(this.each(args, field, depth), typeof path === 'string' ? path : undefined);
  }

  /** A timestamp compared with numbers turns at these; notes them. */
  private turning(args: readonly JsonValue[]): boolean {
    const limits = args.filter((arg) => !readsTimestamp(arg));
    if (limits.length === args.length || !limits.every((limit) => typeof limit === 'number')) return false;
    for (const limit of limits) this.changes.push(Math.ceil(limit) * 1000, (Math.floor(limit) + 1) * 1000);
    return true;
  }
}

/** Stands for the timestamp where it is known when it matters. */
const WITHOUT_CLOCK = '\u0000timestamp';
const readsTimestamp = (logic: JsonValue): boolean => {
  if (typeof logic !== 'object' || logic === null || Array.isArray(logic)) return false;
  const path = (logic as { readonly var?: JsonValue }).var;
  return path === TIMESTAMP || (Array.isArray(path) && path.length === 1 && path[0] === TIMESTAMP);
};
const withoutClock = (logic: JsonValue): JsonValue => (readsTimestamp(logic) ? { var: WITHOUT_CLOCK } : logic);

function chosen(parts: readonly Logic[]): Logic {
  return (machine, data) => {
    machine.charge(1 + (parts.length >>> 1));
    let at = 0;
    for (; at + 1 < parts.length; at += 2) if (truthy(parts[at](machine, data))) return parts[at + 1](machine, data);
    return at < parts.length ? parts[at](machine, data) : null;
  };
}

/** The first that decides, or the last. */
function connected(parts: readonly Logic[], and: boolean): Logic {
  return (machine, data) => {
    machine.charge(1 + parts.length);
    let value: unknown = null;
    for (const part of parts) {
      value = part(machine, data);
      if (truthy(value) !== and) return value;
    }
    return value;
  };
}
