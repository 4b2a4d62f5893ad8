import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { InvalidError } from '../errors/registry-error.js';

const MOST_TOLD = 100;

/** @throws InvalidError naming what a body has that may have nothing */
export function assertEmptyBody(body: unknown = {}): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw InvalidError.field('body', 'must be a JSON object, or be left out');
  const unknown = Object.keys(body).map((field) => ({ field, message: 'is not a known field' }));
  if (unknown.length > 0) throw new InvalidError('This call takes nothing in its body.', unknown.slice(0, MOST_TOLD));
}

const Nothing = createParamDecorator((_: unknown, context: ExecutionContext): void =>
  assertEmptyBody(context.switchToHttp().getRequest<Request>().body),
);

/** The route takes no body, and refuses one that says something. A parameter behind those it has, so that it is checked with them. */
export const EmptyBody =
  (): MethodDecorator =>
  (prototype, name, { value }: PropertyDescriptor) =>
    Nothing()(prototype, name, (value as (...parameters: unknown[]) => unknown).length);
