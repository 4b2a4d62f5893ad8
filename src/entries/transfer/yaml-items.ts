import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import {
  ImpossibleError,
  InvalidError,
  TooLargeError,
  UnavailableError,
} from '../../platform/errors/registry-error.js';
import type { FieldError } from '../../platform/errors/registry-error.js';
import type { BodyItem } from '../../platform/http/ndjson.js';
import type { YamlItem } from './yaml-catalog.js';

export type YamlOutcome = { items: YamlItem[] } | { detail: string; errors: FieldError[] };

/** YAML is read whole, at a hundred times its size in memory, so it has a smaller limit than the streamed formats. */
const YAML_LIMIT = 2 * 1024 ** 2;
const MOST_MEGABYTES = 384;
const MOST_MS = 30_000;
const MOST_WAITING = 8;
const ITEM_LIMIT = 1024 ** 2;

const here = fileURLToPath(import.meta.url);
// Tests run the sources, and a worker the build: a thread of Node 20 takes no TypeScript.
const folder = here.endsWith('.ts') ? join(dirname(here), '../../../dist/src/entries/transfer') : dirname(here);

const tooCostly = (): ImpossibleError =>
  new ImpossibleError(
    'import.too_costly',
    'This YAML takes more time or memory to read than one import may; NDJSON and JSON have no such limit.',
  );

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/**
 * The items of a catalog in YAML, counted from `from`, read by a thread of its own: one catalog at a time, and no longer
 * than it may take.
 */
export async function yamlItems(text: string, from = 0): Promise<BodyItem[]> {
  if (text.length > YAML_LIMIT)
    throw new TooLargeError(
      `YAML that is not two lists of items, each item beginning with "- " at the left edge, is read up to ${YAML_LIMIT} characters.`,
      YAML_LIMIT,
    );
  if (waiting >= MOST_WAITING)
    throw new UnavailableError('import.busy', 'Too many imports in YAML are waiting.', undefined, 10);
  waiting++;
  const run = last.then(() => outcomeOf(text)).finally(() => waiting--);
  last = run.catch(() => undefined);
  const outcome = await run;
  if ('errors' in outcome) throw new InvalidError(outcome.detail, outcome.errors);
  return outcome.items.map((item, n) => bodyItem(item, from + n));
}

function bodyItem(item: YamlItem, index: number): BodyItem {
  const { list } = item;
  if ('errors' in item) return { index, list, error: new InvalidError(item.detail, item.errors) };
  if (Buffer.byteLength(item.json) > ITEM_LIMIT)
    throw new TooLargeError(`One item of the body is larger than ${ITEM_LIMIT} bytes.`, ITEM_LIMIT);
  return { index, list, value: JSON.parse(item.json) };
}

function outcomeOf(text: string): Promise<YamlOutcome> {
  const worker = new Worker(join(folder, 'yaml-worker.js'), {
    workerData: text,
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    // Secrets of the service are none of its business.
    env: {},
  });
  return new Promise<YamlOutcome>((resolve, reject) => {
    const late = setTimeout(() => {
      void worker.terminate();
      reject(tooCostly());
    }, MOST_MS);
    worker.once('message', resolve);
    worker.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooCostly() : error),
    );
    worker.once('exit', () => {
      clearTimeout(late);
      reject(tooCostly());
    });
  });
}
