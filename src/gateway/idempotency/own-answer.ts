import { RESPONSE_PASSTHROUGH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import type { ExecutionContext } from '@nestjs/common';
import { STREAMED_BODY } from '../../platform/http/streamed-body.decorator.js';

/** Nest's numbers of `@Res()` and `@Next()` in a route's arguments. */
const ANSWERS_ITSELF = new Set(['1', '2']);

/**
 * Whether a handler reads its body or writes its answer as a stream: what it has written is out before the transaction
 * commits, and there is nothing to keep for a replay.
 */
export function streams(context: ExecutionContext): boolean {
  const handler = context.getHandler();
  if (Reflect.hasMetadata(STREAMED_BODY, handler)) return true;
  const controller = context.getClass();
  if (Reflect.getMetadata(RESPONSE_PASSTHROUGH_METADATA, controller, handler.name)) return false;
  const args = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) as object | undefined;
  return Object.keys(args ?? {}).some((name) => ANSWERS_ITSELF.has(name.split(':')[0]));
}
