import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../../platform/env/package-root.js';

/** What stands at the head of a model's file. */
export interface ModelHeading {
  /** `static-en-384@` and the beginning of the SHA-256 of all that follows the heading. */
  id: string;
  dimensions: number;
  bits: number;
  words: number;
  /** Length of the words' text. */
  wordBytes: number;
  /** Rows of n-grams, behind those of the words. */
  buckets: number;
  /** What it was trained on and how, and what its evaluation said. */
  training: Record<string, unknown>;
  evaluation?: Record<string, unknown>;
}

/** A model's file taken apart: rows are nibbles, two a byte, the lower one first. */
export interface ModelFile {
  heading: ModelHeading;
  words: string[];
  scales: Float32Array;
  rows: Buffer;
}

const LENGTH_BYTES = 4;
const ID_DIGITS = 12;

/** The model that comes with the service; its folder stands beside package.json. */
export const shippedModel = (): string => join(packageRoot(), 'assets', 'static-en-384.bin');

export const modelId = (dimensions: number, body: Uint8Array): string =>
  `static-en-${dimensions}@${createHash('sha256').update(body).digest('hex').slice(0, ID_DIGITS)}`;

/** The heading alone: some hundred bytes of a file of megabytes. */
export function readHeading(path: string): ModelHeading {
  const file = openSync(path, 'r');
  try {
    const length = Buffer.alloc(LENGTH_BYTES);
    readSync(file, length, 0, LENGTH_BYTES, 0);
    const text = Buffer.alloc(length.readUInt32LE(0));
    readSync(file, text, 0, text.length, LENGTH_BYTES);
    return JSON.parse(text.toString('utf8')) as ModelHeading;
  } finally {
    closeSync(file);
  }
}

/** `u32` length of the heading | heading (JSON) | words, one a line | 32-bit scale of each row | 4-bit rows. */
export async function readModel(path: string): Promise<ModelFile> {
  const bytes = await readFile(path);
  const start = LENGTH_BYTES + bytes.readUInt32LE(0);
  const heading = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, start)) as ModelHeading;
  const body = bytes.subarray(start);
  if (modelId(heading.dimensions, body) !== heading.id) throw new Error(`${path} is not the model that it says it is.`);
  const scaleBytes = 4 * (heading.words + heading.buckets);
  const rowsAt = heading.wordBytes + scaleBytes;
  // A copy, for the scales need not begin at a multiple of four.
  const scales = new Float32Array(Uint8Array.from(body.subarray(heading.wordBytes, rowsAt)).buffer);
  const words = body.toString('utf8', 0, heading.wordBytes).split('\n');
  return { heading, words, scales, rows: body.subarray(rowsAt) };
}
