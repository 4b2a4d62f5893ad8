import { applyDecorators } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiBody, ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import { InvalidError } from '../errors/registry-error.js';
import type { FieldError } from '../errors/registry-error.js';
import { validated } from './validation.pipe.js';

const MOST_ERRORS = 100;

/** Documents a body that is one of these or a list of them. */
export const ApiOneOrMany = (type: Type<object>, most: number): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(type),
    ApiBody({
      schema: {
        anyOf: [{ $ref: getSchemaPath(type) }, { type: 'array', items: { $ref: getSchemaPath(type) }, maxItems: most }],
      },
    }),
  );

/** The checked items of a body that is one or a list of them. Throws an InvalidError naming fields as `3.level`. */
export function oneOrMany<T extends object>(type: Type<T>, body: unknown, most: number): T[] {
  return Array.isArray(body) ? manyOf(type, body, most) : [validated(type, body)];
}

/** The checked items of a list. Throws as {@link oneOrMany} does. */
export function manyOf<T extends object>(type: Type<T>, body: unknown, most: number): T[] {
  if (!Array.isArray(body)) throw InvalidError.field('body', 'must be a list');
  if (body.length > most) throw InvalidError.field('body', `must have at most ${most} items`);
  const errors: FieldError[] = [];
  const items: T[] = [];
  for (const [index, value] of body.entries()) {
    try {
      items.push(validated(type, value, String(index)));
    } catch (error) {
      if (!(error instanceof InvalidError)) throw error;
      for (const { field, message } of error.errors ?? [])
        errors.push({ field: field === String(index) ? field : `${index}.${field}`, message });
      if (errors.length >= MOST_ERRORS) break;
    }
  }
  if (errors.length === 0) return items;
  const [{ field, message }] = errors;
  throw new InvalidError(errors.length === 1 ? `${field} ${message}` : `${errors.length} fields are wrong.`, errors);
}
