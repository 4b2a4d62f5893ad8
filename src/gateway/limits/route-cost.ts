import { COST } from '../../platform/http/cost.decorator.js';

/** Read once per route, as what it asks of its caller is. */
const known = new WeakMap<object, { controller: object; cost: number }>();

/** Units a request of this route takes: said on the method, else on its class, else 1. */
export function costOf(controller: object, handler: object): number {
  const found = known.get(handler);
  if (found?.controller === controller) return found.cost;
  const cost: number = Reflect.getMetadata(COST, handler) ?? Reflect.getMetadata(COST, controller) ?? 1;
  known.set(handler, { controller, cost });
  return cost;
}
