import { InvalidError } from '../../platform/errors/registry-error.js';

/** A parameter that must be there: a query without any parameter is not looked at by the pipe. */
export function given<Value>(field: string, value: Value | undefined): Value {
  if (value === undefined) throw InvalidError.field(field, 'is missing');
  return value;
}
