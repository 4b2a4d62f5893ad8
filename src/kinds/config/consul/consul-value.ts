import { InvalidError } from '../../../platform/errors/registry-error.js';
import { isStorable } from '../../../platform/http/plain-data.js';
import type { ValueType } from '../config.kind.js';
import { withoutPlaces } from '../values/references.js';

/** Consul's values are bytes. What is no text stands as a data URL, which says what it is to everyone. */
const BYTES = 'data:application/octet-stream;base64,';

/** The value of a type for these bytes: `20` is a number for a key of numbers, and text for one that is new. */
export function valueOfBytes(bytes: Buffer, type: ValueType | undefined): unknown {
  const text = bytes.toString('utf8');
  const isText = isStorable(text) && Buffer.from(text, 'utf8').equals(bytes) && !text.startsWith(BYTES);
  if (type === undefined || type === 'string' || type === 'secret')
    return isText ? withoutPlaces(text) : BYTES + bytes.toString('base64');
  try {
    return JSON.parse(text);
  } catch {
    throw InvalidError.field('Value', `must be ${type === 'json' ? 'JSON' : `of type ${type}`}, as the key is`);
  }
}

/** The bytes of a value with its references replaced. */
export function bytesOfValue(value: unknown): Buffer {
  if (typeof value !== 'string') return Buffer.from(JSON.stringify(value));
  if (value.startsWith(BYTES)) {
    const bytes = Buffer.from(value.slice(BYTES.length), 'base64');
    if (bytes.toString('base64') === value.slice(BYTES.length)) return bytes;
  }
  return Buffer.from(value);
}
