import type { Logic, LogicMachine } from './logic-machine.js';
import { truthy } from './logic-machine.js';

type Iterator = (parts: readonly Logic[]) => Logic;

/** Walks a list; every element is charged for. What is no list is an empty one. */
function walking(walk: (list: readonly unknown[], test: (item: unknown) => unknown) => unknown): Iterator {
  return ([list, body]) =>
    (machine, data) => {
      const items = listOf(list, machine, data);
      return walk(items, (item) => {
        machine.charge(1);
        return body?.(machine, item);
      });
    };
}

function listOf(list: Logic | undefined, machine: LogicMachine, data: unknown): readonly unknown[] {
  const items = list?.(machine, data);
  machine.charge(1);
  return Array.isArray(items) ? items : [];
}

export const ITERATORS: Readonly<Record<string, Iterator>> = {
  map: walking((list, body) => list.map(body)),
  filter: walking((list, test) => list.filter((item) => truthy(test(item)))),
  all: walking((list, test) => list.length > 0 && list.every((item) => truthy(test(item)))),
  some: walking((list, test) => list.some((item) => truthy(test(item)))),
  none: walking((list, test) => !list.some((item) => truthy(test(item)))),
  reduce: ([list, body, initial]) => {
    return (machine, data) => {
      let accumulator = initial?.(machine, data) ?? null;
      for (const current of listOf(list, machine, data)) {
        machine.charge(1);
        accumulator = body?.(machine, { current, accumulator }) ?? null;
      }
      return accumulator;
    };
  },
};
