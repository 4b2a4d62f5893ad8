import { InvalidError } from '../../../../platform/errors/registry-error.js';
import { decodeUtf8 } from '../../../../platform/http/body-reader.js';

/** Larger ones are taken apart before they are parsed: parsed JSON may take thirty times the room of its text. */
export const SMALL = 1024 ** 2;

/** A value of JSON: parsed, or its bytes while it is large. */
export type JsonPart = unknown;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const SPACES = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** Ends a number or a word. */
const AFTER = new Set([COMMA, ...CLOSING, ...SPACES]);

const broken = (what: string): InvalidError => InvalidError.field('body', `is not valid JSON: ${what}`);

/** Parses a part that is small enough. */
export function opened(part: JsonPart): JsonPart {
  if (!Buffer.isBuffer(part) || part.length > SMALL) return part;
  try {
    return JSON.parse(decodeUtf8(part)) as unknown;
  } catch (error) {
    if (error instanceof InvalidError) throw error;
    throw broken((error as Error).message.slice(0, 200));
  }
}

/** The value of a member; undefined where there is none, or it is too large to be anything that is asked for so. */
export function member(part: JsonPart, name: string): unknown {
  if (!Buffer.isBuffer(part)) return isObject(part) ? part[name] : undefined;
  for (const [key, value] of members(part)) if (key === name) return value.length > SMALL ? undefined : opened(value);
  return undefined;
}

/** The items of a member that is a list, each opened where it is small. None where there is no such member. */
export function* items(part: JsonPart, name: string, path: string): Generator {
  if (Buffer.isBuffer(part)) {
    for (const [key, value] of members(part))
      if (key === name) for (const item of listed(value, path)) yield opened(item);
    return;
  }
  if (!isObject(part)) throw InvalidError.field(path.slice(0, path.lastIndexOf('.')) || 'body', 'must be an object');
  const list = part[name];
  if (list == null) return;
  if (!Array.isArray(list)) throw InvalidError.field(path, 'must be a list');
  yield* list as unknown[];
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);

function* members(bytes: Buffer): Generator<[string, Buffer]> {
  let at = afterSpace(bytes, 0);
  if (bytes[at] !== 0x7b) throw InvalidError.field('body', 'must be an object');
  at = afterSpace(bytes, at + 1);
  if (bytes[at] === 0x7d) return ended(bytes, at);
  for (;;) {
    if (bytes[at] !== QUOTE) throw broken('a name is missing');
    const nameEnd = valueEnd(bytes, at);
    const name = opened(bytes.subarray(at, nameEnd)) as string;
    at = afterSpace(bytes, nameEnd);
    if (bytes[at] !== COLON) throw broken('a colon is missing');
    at = afterSpace(bytes, at + 1);
    const end = valueEnd(bytes, at);
    yield [name, bytes.subarray(at, end)];
    at = afterSpace(bytes, end);
    if (bytes[at] === 0x7d) return ended(bytes, at);
    if (bytes[at] !== COMMA) throw broken('a comma is missing');
    at = afterSpace(bytes, at + 1);
  }
}

function* listed(bytes: Buffer, path: string): Generator<Buffer> {
  if (bytes[0] !== 0x5b) throw InvalidError.field(path, 'must be a list');
  let at = afterSpace(bytes, 1);
  if (bytes[at] === 0x5d) return;
  for (;;) {
    const end = valueEnd(bytes, at);
    yield bytes.subarray(at, end);
    at = afterSpace(bytes, end);
    if (bytes[at] === 0x5d) return;
    if (bytes[at] !== COMMA) throw broken('a comma is missing');
    at = afterSpace(bytes, at + 1);
  }
}

function ended(bytes: Buffer, at: number): void {
  if (afterSpace(bytes, at + 1) !== bytes.length) throw broken('something follows its end');
}

function afterSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (SPACES.has(bytes[at])) at++;
  return at;
}

/** Where the value that begins here ends. What is inside of it is looked at when it is opened. */
function valueEnd(bytes: Buffer, from: number): number {
  let depth = 0;
  let at = from;
  do {
    if (at >= bytes.length) throw broken('it ends too early');
    const byte = bytes[at];
    if (byte === QUOTE) at = textEnd(bytes, at);
    else if (OPENING.has(byte)) {
      depth++;
      at++;
    } else if (CLOSING.has(byte)) {
      depth--;
      at++;
    } else if (depth > 0) at++;
    else at = wordEnd(bytes, at);
  } while (depth > 0);
  if (depth < 0) throw broken('a value is missing');
  return at;
}

function textEnd(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from + 1); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (bytes[at - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  throw broken('a text has no end');
}

function wordEnd(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && !AFTER.has(bytes[at])) at++;
  if (at === from) throw broken('a value is missing');
  return at;
}
