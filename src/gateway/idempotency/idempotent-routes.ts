import { Injectable } from '@nestjs/common';
import { INTERCEPTORS_METADATA } from '@nestjs/common/constants.js';
import { ANY_BODY, STREAMED_BODY } from '../../platform/http/streamed-body.decorator.js';
import { IdempotencyInterceptor } from '../idempotency.interceptor.js';
import { RouteInventory } from '../route-inventory.js';
import { changesSomething } from '../route-requirement.js';

/**
 * Binds the interceptor to the POST routes that change something. A global one would cost every other request Nest's
 * interceptor machinery: more than the whole of Nest and Node besides.
 */
@Injectable()
export class IdempotentRoutes {
  constructor(inventory: RouteInventory, interceptor: IdempotencyInterceptor) {
    // In the constructor: Nest reads the interceptors of a route before the first init hook runs.
    for (const { verb, handler, requirement } of inventory.routes()) {
      if (verb !== 'POST' || !changesSomething(requirement) || passesOn(handler)) continue;
      const bound = (Reflect.getMetadata(INTERCEPTORS_METADATA, handler) ?? []) as unknown[];
      // A second application in the process (a test's) binds its own.
      const others = bound.filter((one) => !(one instanceof IdempotencyInterceptor));
      Reflect.defineMetadata(INTERCEPTORS_METADATA, [...others, interceptor], handler);
    }
  }
}

/** Whoever is sent what passes through keeps the header's promise, or does not. */
const passesOn = (handler: object): boolean =>
  (Reflect.getMetadata(STREAMED_BODY, handler) as string[] | undefined)?.includes(ANY_BODY) === true;
