// What training has reached, on disk: a heading, the words, the rows and Adagrad's sums of squares. Written beside and
// renamed, so that a stop at any moment leaves a whole one.
import { closeSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';

const bytesOf = (array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);

function writeAll(file, buffer) {
  for (let at = 0; at < buffer.length;) at += writeSync(file, buffer, at, Math.min(buffer.length - at, 1 << 28));
}

export function writeCheckpoint(path, state, rows, squares) {
  const heading = Buffer.from(JSON.stringify(state));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(heading.length);
  const file = openSync(`${path}.new`, 'w');
  for (const part of [length, heading, bytesOf(rows), bytesOf(squares)]) writeAll(file, part);
  closeSync(file);
  renameSync(`${path}.new`, path);
}

export function readCheckpoint(path) {
  const bytes = readFileSync(path);
  const start = 4 + bytes.readUInt32LE(0);
  const state = JSON.parse(bytes.subarray(4, start).toString());
  const numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
  const half = numbers.length / 2;
  return { state, rows: numbers.slice(0, half), squares: numbers.slice(half) };
}
