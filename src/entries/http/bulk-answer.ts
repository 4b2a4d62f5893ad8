import type { Request, Response } from 'express';
import { ImpossibleError } from '../../platform/errors/registry-error.js';
import { NDJSON, NdjsonWriter, readItems, wantsNdjson } from '../../platform/http/ndjson.js';
import type { BodyItem } from '../../platform/http/ndjson.js';
import type { BulkResult, BulkWriter } from '../bulk/bulk.js';
import type { BulkRunner } from '../bulk/bulk-runner.js';
import type { BulkQuery } from './bulk.dto.js';

/** Results an answer in one piece holds in memory. */
const MOST_COLLECTED = 100_000;

function collect(collected: BulkResult[], results: readonly BulkResult[]): void {
  collected.push(...results);
  if (collected.length > MOST_COLLECTED)
    throw new ImpossibleError(
      'bulk.too_many',
      `An answer in one piece tells of at most ${MOST_COLLECTED} items, and those are done; there is no such limit with Accept: ${NDJSON}.`,
    );
}

async function* atMost(most: number, items: AsyncIterable<BodyItem>): AsyncGenerator<BodyItem> {
  let count = 0;
  for await (const item of items) {
    if (++count > most)
      throw new ImpossibleError('bulk.too_many', `At most ${most} items may be sent at once; those before are done.`);
    yield item;
  }
}

/** Runs the bulk a request carries and answers each item's fate in order: an array, or lines as they are known. */
export async function answerBulk<Item>(
  runner: BulkRunner,
  writer: BulkWriter<Item>,
  { mode, on_conflict }: BulkQuery,
  limits: { bytes: number; items?: number },
  request: Request,
  response: Response,
): Promise<BulkResult[] | undefined> {
  const items = atMost(limits.items ?? Infinity, readItems(request, { limit: limits.bytes }));
  const lines = wantsNdjson(request) ? new NdjsonWriter(response, { live: true }) : undefined;
  const collected: BulkResult[] = [];
  const emit = async (results: readonly BulkResult[]): Promise<void> => {
    if (!lines) collect(collected, results);
    else for (const result of results) await lines.write(result);
  };
  if (mode === 'atomic') {
    const results = await runner.atomic(items, writer, on_conflict);
    response.status(results.every((result) => result.status === 'created') ? 201 : 200);
    await emit(results);
  } else {
    response.status(200);
    // What was begun is finished even when nobody listens any more: the sender may only have lost its connection.
    for await (const results of runner.bestEffort(items, writer, on_conflict)) await emit(results);
  }
  if (!lines) return collected;
  lines.end();
  return undefined;
}
