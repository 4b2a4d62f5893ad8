import type { Request } from 'express';
import { parseDocument } from 'yaml';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { mediaTypeOf, readText } from '../../platform/http/body-reader.js';
import { readItems } from '../../platform/http/ndjson.js';
import type { BodyItem } from '../../platform/http/ndjson.js';
import { assertPlainData } from '../../platform/http/plain-data.js';
import { YAML_TYPES } from './transfer-formats.js';

/** YAML is parsed whole, at several times its size in memory, so it has a smaller limit than the streamed formats. */
const YAML_LIMIT = 8 * 1024 ** 2;
const LISTS = ['entries', 'relationships'] as const;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The items of an import's body, whatever its format, each with its `kind`. */
export async function* transferItems(request: Request, limit: number): AsyncGenerator<BodyItem> {
  const source = YAML_TYPES.includes(mediaTypeOf(request))
    ? yamlItems(request, limit)
    : readItems(request, { limit, lists: LISTS });
  for await (const item of source) {
    if (item.list === undefined || !isObject(item.value)) yield item;
    else yield { ...item, value: { kind: item.list === 'entries' ? 'entry' : 'relationship', ...item.value } };
  }
}

async function* yamlItems(request: Request, limit: number): AsyncGenerator<BodyItem> {
  const content = yamlValue(await readText(request, Math.min(limit, YAML_LIMIT)));
  let index = 0;
  for (const list of LISTS) {
    const values = content[list] ?? [];
    if (!Array.isArray(values)) throw InvalidError.field(list, 'must be a list');
    for (const value of values) yield { index: index++, list, value };
  }
}

function yamlValue(text: string): Record<string, unknown> {
  const document = parseDocument(text, { prettyErrors: false, stringKeys: true });
  const [error] = document.errors;
  if (error) throw InvalidError.field('body', `is not valid YAML: ${error.message.slice(0, 200)}`);
  let value: unknown;
  try {
    // An alias may stand for itself many times over: a few lines could unfold to gigabytes.
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    throw InvalidError.field('body', 'uses too many YAML aliases');
  }
  if (!isObject(value)) throw InvalidError.field('body', 'must hold the lists entries and relationships');
  for (const name of Object.keys(value))
    if (!(LISTS as readonly string[]).includes(name))
      throw InvalidError.field(name, 'is not a known list; there are entries and relationships');
  assertPlainData(value);
  return value;
}
