import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';
import { InvalidError } from '../errors/registry-error.js';
import type { FieldError } from '../errors/registry-error.js';
import { isStorable } from './plain-data.js';
import { quicklyValidated } from './quick-validation.js';

const MOST_ERRORS = 100;
const TYPE_RULES = new Set(['isString', 'isInt', 'isNumber', 'isBoolean', 'isArray', 'isObject', 'isIn', 'isUuid']);
const PLAIN_TYPES = new Set<unknown>([String, Number, Boolean, Array, Object, Date, Buffer]);

/**
 * Makes the DTO of a body or query and checks it: unknown fields are refused, and an InvalidError names every wrong
 * field by its path. DTO classes are checked synchronously; path parameters are only checked for characters no text holds.
 */
@Injectable()
export class RegistryValidationPipe implements PipeTransform {
  transform(value: unknown, { type, metatype, data }: ArgumentMetadata): unknown {
    if (type === 'custom') return value;
    if (typeof value === 'string' && type !== 'body') {
      if (!isStorable(value)) throw InvalidError.field(data ?? type, 'must not contain NUL characters');
      return value;
    }
    if (!metatype || PLAIN_TYPES.has(metatype)) return value;
    // Every field of a query is optional or has a default, and most requests have none.
    if (type === 'query' && value && isEmpty(value)) return new metatype();
    return validated(metatype, value, type);
  }
}

/**
 * The instance of a DTO class made of untrusted data. Throws an InvalidError naming every wrong field. Of a `partial` only
 * what is there is checked, in nested objects too: a merge patch, before it is known what it is merged into.
 */
export function validated<T extends object>(type: Type<T>, value: unknown, name = 'body', partial = false): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw InvalidError.field(
      name,
      value === undefined ? 'is missing; a JSON object is needed' : 'must be a JSON object',
    );
  const quick = partial ? undefined : quicklyValidated(type, value);
  if (quick) return quick;
  // class-transformer passes over what every object has, so class-validator would not see it.
  const inherited = Object.keys(value).find((field) => field in Object.prototype);
  if (inherited !== undefined) throw InvalidError.field(inherited, 'is not a known field');
  const instance = plainToInstance(type, value);
  const errors = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    skipMissingProperties: partial,
    validationError: { target: false, value: false },
  });
  if (errors.length === 0) return instance;
  const fields = fieldErrors(errors);
  throw new InvalidError(
    fields.length === 1 ? `${fields[0].field} ${fields[0].message}` : `${fields.length} fields are wrong.`,
    fields,
  );
}

/** class-validator's tree of errors as a flat list of paths; messages no longer repeat the field's name. */
export function fieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  const found: FieldError[] = [];
  for (const error of errors) {
    if (found.length >= MOST_ERRORS) break;
    const field = `${parent}${error.property.slice(0, 200) || '""'}`;
    for (const message of messagesOf(error)) found.push({ field, message });
    found.push(...fieldErrors(error.children ?? [], `${field}.`));
  }
  return found.slice(0, MOST_ERRORS);
}

/** Of a value of the wrong type nothing else needs saying: that a word is also not below 1000 helps nobody. */
function messagesOf({ constraints = {}, property }: ValidationError): string[] {
  if (constraints.whitelistValidation) return ['is not a known field'];
  const types = Object.keys(constraints).filter((rule) => TYPE_RULES.has(rule));
  const rules = types.length > 0 ? types.slice(0, 1) : Object.keys(constraints);
  return rules.map((rule) => withoutName(constraints[rule], property));
}

const withoutName = (message: string, property: string): string =>
  message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;

function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}
