import { setTimeout as sleep } from 'node:timers/promises';
import type { RegistryClient } from '../core/client.js';
import type { BulkResult } from '../views/bulk-view.js';

export interface UploadOptions<Item> {
  client: RegistryClient;
  path: string;
  items: Iterable<Item>;
  lineOf: (item: Item) => string | Buffer;
  /** Called for every item in any order once the server has answered for it. */
  onResult: (item: Item, result: BulkResult) => void;
  onBatch?: (items: number) => void;
  timeoutMs: number;
}

const BATCH_LINES = 1000;
const BATCH_BYTES = 4 * 1024 * 1024;
const IN_FLIGHT = 2;
const ITEM_RETRIES = 4;
const RETRY_PAUSE_MS = 500;
/** What says nothing about an item, only about the moment. */
const PASSING_STATUS = new Set([429, 502, 503, 504]);

/**
 * Upserts any number of items by the bulk route, a thousand lines a request and two requests at a time: the server works
 * on one while the next one is made. Stops at the first request that fails as a whole.
 */
export async function uploadInBatches<Item>(options: UploadOptions<Item>): Promise<void> {
  const batches = batchesOf(options.items, options.lineOf);
  let failed = false;
  const lane = async (): Promise<void> => {
    while (!failed) {
      const next = batches.next();
      if (next.done) return;
      try {
        await sendBatch(options, next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, lane));
  const broken = outcomes.find((outcome) => outcome.status === 'rejected');
  if (broken) throw broken.reason;
}

interface Batch<Item> {
  items: Item[];
  lines: (string | Buffer)[];
}

function* batchesOf<Item>(items: Iterable<Item>, lineOf: (item: Item) => string | Buffer): Generator<Batch<Item>> {
  let batch: Item[] = [];
  let lines: (string | Buffer)[] = [];
  let size = 0;
  for (const item of items) {
    const line = lineOf(item);
    batch.push(item);
    lines.push(line);
    size += line.length;
    if (batch.length >= BATCH_LINES || size >= BATCH_BYTES) {
      yield { items: batch, lines };
      batch = [];
      lines = [];
      size = 0;
    }
  }
  if (batch.length > 0) yield { items: batch, lines };
}

const NEWLINE = Buffer.from('\n');

function bodyOf(lines: readonly (string | Buffer)[]): Buffer {
  if (lines.every((line) => typeof line === 'string')) return Buffer.from(`${lines.join('\n')}\n`);
  return Buffer.concat(lines.flatMap((line) => [typeof line === 'string' ? Buffer.from(line) : line, NEWLINE]));
}

/**
 * Sends one batch. What the server could not do at that moment (its database was too slow, say) is sent again in halves,
 * after a pause: an upsert may be repeated, and less at a time is more likely to get through.
 */
async function sendBatch<Item>(options: UploadOptions<Item>, batch: Batch<Item>, attempt = 0): Promise<void> {
  const results = await options.client.json<BulkResult[]>({
    method: 'POST',
    path: options.path,
    query: { mode: 'best_effort', on_conflict: 'update' },
    body: bodyOf(batch.lines),
    contentType: 'application/x-ndjson',
    repeatable: true,
    timeoutMs: options.timeoutMs,
  });
  const again: number[] = [];
  for (const result of results) {
    const item = batch.items[result.index];
    if (item === undefined) continue;
    if (attempt < ITEM_RETRIES && isPassing(result)) again.push(result.index);
    else options.onResult(item, result);
  }
  if (again.length > 0) {
    await sleep(RETRY_PAUSE_MS * 2 ** attempt);
    const half = Math.ceil(again.length / 2);
    for (const part of [again.slice(0, half), again.slice(half)]) {
      if (part.length > 0) await sendBatch(options, pick(batch, part), attempt + 1);
    }
  }
  if (attempt === 0) options.onBatch?.(batch.items.length);
}

function isPassing({ status, error }: BulkResult): boolean {
  return status === 'failed' && error !== undefined && PASSING_STATUS.has(error.status);
}

function pick<Item>(batch: Batch<Item>, indexes: readonly number[]): Batch<Item> {
  return { items: indexes.map((index) => batch.items[index]), lines: indexes.map((index) => batch.lines[index]) };
}
