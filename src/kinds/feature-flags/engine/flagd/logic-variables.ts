import type { Logic, LogicMachine } from './logic-machine.js';

const own = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** What flagd puts beside the context. */
function property(machine: LogicMachine, data: unknown, name: string): unknown {
  if (data !== machine.context) return own(data, name);
  if (name === '$flagd') return { flagKey: machine.flagKey, timestamp: machine.timestamp };
  return name === 'targetingKey' ? machine.targetingKey : own(data, name);
}

function read(machine: LogicMachine, data: unknown, path: readonly string[]): unknown {
  let value = property(machine, data, path[0]);
  for (let i = 1; i < path.length; i++) value = own(value, path[i]);
  return value;
}

const pathOf = (path: unknown): string[] => String(path).split('.');

/** `var`: a path and what stands in for nothing. `known` when the path is a constant. */
export function variable([pathLogic, fallback]: readonly Logic[], known?: string): Logic {
  const path = known === undefined || known === '' ? undefined : pathOf(known);
  return (machine, data) => {
    const found = path ? read(machine, data, path) : readAny(machine, data, pathLogic?.(machine, data));
    return found ?? fallback?.(machine, data) ?? null;
  };
}

function readAny(machine: LogicMachine, data: unknown, path: unknown): unknown {
  machine.charge(1);
  if (path === undefined || path === null || path === '') return data;
  return typeof path === 'string' || typeof path === 'number' ? read(machine, data, pathOf(path)) : undefined;
}

function missingOf(machine: LogicMachine, data: unknown, keys: readonly unknown[]): unknown[] {
  machine.charge(1 + keys.length);
  return keys.filter((key) => {
    const value = readAny(machine, data, key);
    return value === undefined || value === null || value === '';
  });
}

/** Those of the keys that the context lacks. */
export function missing(parts: readonly Logic[]): Logic {
  return (machine, data) => {
    const keys = parts.map((part) => part(machine, data));
    return missingOf(machine, data, Array.isArray(keys[0]) ? (keys[0] as unknown[]) : keys);
  };
}

/** None when enough of the keys are there. */
export function missingSome([needed, keys]: readonly Logic[]): Logic {
  return (machine, data) => {
    const asked = keys?.(machine, data);
    if (!Array.isArray(asked)) return [];
    const lacking = missingOf(machine, data, asked);
    return asked.length - lacking.length >= Number(needed(machine, data)) ? [] : lacking;
  };
}
