import type { Request } from 'express';
import { stringify } from 'yaml';
import { mediaTypeOf, readText } from '../../../platform/http/body-reader.js';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import { readItems } from '../../../platform/http/ndjson.js';
import type { BodyItem } from '../../../platform/http/ndjson.js';
import { YAML_TYPES } from '../../transfer/transfer-formats.js';
import { allYamlItems } from '../../transfer/transfer-reader.js';

type Items = AsyncIterable<object>;

async function* asLines(items: Items): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`;
}

/** An array, an item a line, written as it is read. */
async function* asJson(items: Items): AsyncGenerator<string> {
  let before = '[';
  for await (const item of items) {
    yield `${before}\n${JSON.stringify(item)}`;
    before = ',';
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}

async function* asYaml(items: Items): AsyncGenerator<string> {
  let empty = true;
  for await (const item of items) {
    empty = false;
    yield stringify([item], { lineWidth: 0, aliasDuplicateObjects: false });
  }
  if (empty) yield '[]\n';
}

/** Text of an export of one kind, piece by piece: a list, in each format. */
export const writtenKind = { ndjson: asLines, json: asJson, yaml: asYaml } as const;

/** Lines before a document's content. */
const PREAMBLE = /^(?:(?:---)?[ \t]*(?:#[^\n]*)?\r?\n)+/;

/** The items of an import's body: a list in JSON or YAML, or lines. */
export async function* kindItems(request: Request, limit: number): AsyncGenerator<BodyItem> {
  if (!YAML_TYPES.includes(mediaTypeOf(request))) {
    yield* readItems(request, { limit });
    return;
  }
  const text = (await readText(request, limit)).replace(PREAMBLE, '');
  if (text.trim() === '[]') return;
  if (!text.startsWith('- ')) throw InvalidError.field('body', 'must be a list, each item beginning with "- "');
  // As one of the catalog's lists, which is what its reader takes.
  yield* allYamlItems(`entries:\n${text}`);
}
