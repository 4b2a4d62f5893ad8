import type { Request } from 'express';
import { mediaTypeOf, readText } from '../../platform/http/body-reader.js';
import { readItems } from '../../platform/http/ndjson.js';
import type { BodyItem } from '../../platform/http/ndjson.js';
import { YAML_TYPES } from './transfer-formats.js';
import { LISTS } from './yaml-catalog.js';
import { yamlItems } from './yaml-items.js';
import { yamlPieces } from './yaml-pieces.js';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The items of an import's body, whatever its format, each with its `kind`. */
export async function* transferItems(request: Request, limit: number): AsyncGenerator<BodyItem> {
  const source = YAML_TYPES.includes(mediaTypeOf(request))
    ? allYamlItems(await readText(request, limit))
    : readItems(request, { limit, lists: LISTS });
  for await (const item of source) {
    if (item.list === undefined || !isObject(item.value)) yield item;
    else yield { ...item, value: { kind: item.list === 'entries' ? 'entry' : 'relationship', ...item.value } };
  }
}

/** The items of a catalog in YAML, read piece by piece. */
export async function* allYamlItems(text: string): AsyncGenerator<BodyItem> {
  let read = 0;
  for (const piece of yamlPieces(text)) {
    const items = await yamlItems(piece, read);
    read += items.length;
    yield* items;
  }
}
