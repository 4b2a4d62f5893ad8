import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import { PERMISSION } from '../platform/http/permission.decorator.js';

/** Stated by routes that every valid credential opens, whatever it may do. */
export const AUTHENTICATED = 'authenticated';

/** Opens a route to whoever has a valid key or token: `whoami`, making a token. */
export const Authenticated = (): MethodDecorator & ClassDecorator =>
  applyDecorators(
    SetMetadata(PERMISSION, AUTHENTICATED),
    ApiExtension('x-permission', AUTHENTICATED),
    ApiSecurity('api_key'),
    ApiSecurity('bearer'),
  );

/** Read once per route: `reflect-metadata` walks prototypes, and this is asked on every request. */
const known = new WeakMap<object, { controller: object; requirement: string | undefined }>();

/** What a route asks of its caller: said on the method, else on its class; undefined when nobody said anything. */
export function requirementOf(controller: object, handler: object): string | undefined {
  const found = known.get(handler);
  if (found?.controller === controller) return found.requirement;
  const requirement: string | undefined =
    Reflect.getMetadata(PERMISSION, handler) ?? Reflect.getMetadata(PERMISSION, controller);
  known.set(handler, { controller, requirement });
  return requirement;
}

/** Whether what a route asks says that it changes something. Reading twice does no harm, and a token is short-lived. */
export const changesSomething = (requirement: string | undefined): boolean =>
  requirement !== undefined && /^(write|admin):/.test(requirement);
