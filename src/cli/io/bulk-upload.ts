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
  body: Buffer;
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
      yield { items: batch, body: bodyOf(lines) };
      batch = [];
      lines = [];
      size = 0;
    }
  }
  if (batch.length > 0) yield { items: batch, body: bodyOf(lines) };
}

const NEWLINE = Buffer.from('\n');

function bodyOf(lines: readonly (string | Buffer)[]): Buffer {
  if (lines.every((line) => typeof line === 'string')) return Buffer.from(`${lines.join('\n')}\n`);
  return Buffer.concat(lines.flatMap((line) => [typeof line === 'string' ? Buffer.from(line) : line, NEWLINE]));
}

async function sendBatch<Item>(options: UploadOptions<Item>, batch: Batch<Item>): Promise<void> {
  const results = await options.client.json<BulkResult[]>({
    method: 'POST',
    path: options.path,
    query: { mode: 'best_effort', on_conflict: 'update' },
    body: batch.body,
    contentType: 'application/x-ndjson',
    repeatable: true,
    timeoutMs: options.timeoutMs,
  });
  for (const result of results) {
    const item = batch.items[result.index];
    if (item !== undefined) options.onResult(item, result);
  }
  options.onBatch?.(batch.items.length);
}
