import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { InvalidError, TooLargeError } from '../errors/registry-error.js';
import { bodyChunks, decodeUtf8, mediaTypeOf } from './body-reader.js';
import { ArraySplitter, LineSplitter } from './item-splitter.js';
import type { ItemSplitter, RawItem } from './item-splitter.js';
import { parseJson } from './json-body.guard.js';

export const NDJSON = 'application/x-ndjson';
const ITEM_LIMIT = 1024 ** 2;
/** A body of `0,0,0…` has more items than bytes of memory to tell their fate in. */
const MOST_ITEMS = 1_000_000;

/** One item of a streamed body: its value, or why it has none. `index` counts over the whole body from 0. */
export interface BodyItem {
  index: number;
  /** The list of a JSON object it stands in. */
  list?: string;
  value?: unknown;
  error?: InvalidError;
}

export interface ReadItemsOptions {
  /** Most bytes of the body, after inflation (`env.bulkLimitBytes`). */
  limit: number;
  /** Names of the lists a JSON object may hold instead of being an array. */
  lists?: readonly string[];
}

/**
 * The items of a body, NDJSON or JSON, one after the other and with flat memory. For routes that state
 * `@StreamedBody('application/json', NDJSON)`. A broken item comes as one with an `error`, whose fields are named
 * `<index>.<path>`; a body that is broken as a whole, too large or cut throws.
 */
export async function* readItems(
  request: IncomingMessage,
  { limit, lists }: ReadItemsOptions,
): AsyncGenerator<BodyItem> {
  const splitter: ItemSplitter =
    mediaTypeOf(request) === NDJSON ? new LineSplitter(ITEM_LIMIT) : new ArraySplitter(ITEM_LIMIT, lists);
  let index = 0;
  for await (const chunk of bodyChunks(request, limit)) {
    for (const raw of splitter.push(chunk)) {
      if (index === MOST_ITEMS) throw new TooLargeError(`The body holds more than ${MOST_ITEMS} items.`, MOST_ITEMS);
      yield itemOf(raw, index++);
    }
  }
  for (const raw of splitter.end()) yield itemOf(raw, index++);
}

function itemOf({ text, list }: RawItem, index: number): BodyItem {
  const place = { index, ...(list !== undefined && { list }) };
  try {
    return { ...place, value: parseJson(decodeUtf8(text), String(index)) };
  } catch (error) {
    if (error instanceof InvalidError) return { ...place, error };
    throw error;
  }
}

export const wantsNdjson = (request: IncomingMessage): boolean => (request.headers.accept ?? '').includes(NDJSON);

/**
 * Writes an answer line by line, no faster than the client reads. `live`: each line leaves at once, uncompressed.
 * `write` resolves to false when the client is gone: then stop.
 */
export class NdjsonWriter {
  private started = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly options: { live?: boolean } = {},
  ) {}

  async write(value: unknown): Promise<boolean> {
    this.start();
    if (this.response.destroyed) return false;
    if (this.response.write(`${JSON.stringify(value)}\n`)) return true;
    return this.drained();
  }

  end(): void {
    this.start();
    this.response.end();
  }

  private start(): void {
    if (this.started) return;
    this.started = true;
    this.response.setHeader('Content-Type', NDJSON);
    if (this.options.live) this.response.setHeader('Cache-Control', 'no-transform');
  }

  private async drained(): Promise<boolean> {
    const gone = new AbortController();
    const onClose = (): void => gone.abort();
    this.response.once('close', onClose);
    try {
      await once(this.response, 'drain', { signal: gone.signal });
      return true;
    } catch (error) {
      if (gone.signal.aborted) return false;
      throw error;
    } finally {
      this.response.off('close', onClose);
    }
  }
}
