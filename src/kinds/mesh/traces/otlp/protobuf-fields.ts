import protobuf from 'protobufjs/minimal.js';
import type { Reader } from 'protobufjs';
import { InvalidError } from '../../../../platform/errors/registry-error.js';

const LENGTH_DELIMITED = 2;
const FIXED_64 = 1;

/** One field of a message: where its value stands in the reader. */
export interface WireField {
  number: number;
  wire: number;
  reader: Reader;
}

/**
 * The fields of a protobuf message in the order they were written. Who is not interested leaves the reader alone: the value is
 * passed over. Nothing is copied, and nothing is made ahead of what is read.
 */
export function* fieldsOf(message: Buffer): Generator<WireField> {
  const reader = protobuf.Reader.create(message);
  while (reader.pos < reader.len) {
    const tag = checked(() => reader.uint32());
    const field = { number: tag >>> 3, wire: tag & 7, reader };
    if (field.number === 0) throw notProtobuf();
    const before = reader.pos;
    yield field;
    if (reader.pos === before) checked(() => reader.skipType(field.wire));
  }
}

/** The bytes of a field that holds bytes, a text or a message. */
export function bytesOf({ wire, reader }: WireField): Buffer {
  if (wire !== LENGTH_DELIMITED) throw notProtobuf();
  return checked(() => reader.bytes() as Buffer);
}

/** A text, of which at most so many characters are made. */
export function textOf(field: WireField, most: number): string {
  // A character is four bytes at most.
  return bytesOf(field)
    .toString('utf8', 0, most * 4)
    .slice(0, most);
}

export function fixed64Of({ wire, reader }: WireField): bigint {
  if (wire !== FIXED_64) throw notProtobuf();
  return checked(() => BigInt(reader.fixed32()) | (BigInt(reader.fixed32()) << 32n));
}

export function doubleOf({ wire, reader }: WireField): number {
  if (wire !== FIXED_64) throw notProtobuf();
  return checked(() => reader.double());
}

export function int64Of({ wire, reader }: WireField): bigint {
  if (wire !== 0) throw notProtobuf();
  return checked(() => BigInt(String(reader.int64())));
}

export function int32Of({ wire, reader }: WireField): number {
  if (wire !== 0) throw notProtobuf();
  return checked(() => reader.int32());
}

function checked<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw notProtobuf();
  }
}

export const notProtobuf = (): InvalidError => InvalidError.field('body', 'is not the protobuf message of this call');
