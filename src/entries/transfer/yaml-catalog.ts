import type { Document } from 'yaml';
import { InvalidError } from '../../platform/errors/registry-error.js';
import type { FieldError } from '../../platform/errors/registry-error.js';
import { assertPlainData } from '../../platform/http/plain-data.js';
import { yamlDocuments, yamlValue } from './yaml-documents.js';

export const LISTS = ['entries', 'relationships'] as const;
export type TransferList = (typeof LISTS)[number];

/** An item of a catalog: its value as JSON, or what is wrong with it. */
export type YamlItem = { list: TransferList } & ({ json: string } | { detail: string; errors: FieldError[] });

const broken = (message: string): InvalidError => InvalidError.field('body', message);

/**
 * The items of a catalog in YAML. Takes seconds and hundreds of megabytes for what is large, so it is not called where
 * requests are answered, but by {@link yamlItems}'s worker.
 */
export function yamlCatalog(text: string): YamlItem[] {
  const content = valueOf(text);
  const items: YamlItem[] = [];
  for (const list of LISTS) {
    const values = content[list] ?? [];
    if (!Array.isArray(values)) throw InvalidError.field(list, 'must be a list');
    for (const value of values) items.push(itemOf(list, value, items.length));
  }
  return items;
}

function itemOf(list: TransferList, value: unknown, index: number): YamlItem {
  try {
    assertPlainData(value, String(index));
  } catch (error) {
    if (!(error instanceof InvalidError)) throw error;
    return { list, detail: error.message, errors: error.errors ?? [] };
  }
  return { list, json: JSON.stringify(value) };
}

function valueOf(text: string): Record<string, unknown> {
  const value = yamlValue(documentOf(text));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw broken('must hold the lists entries and relationships');
  for (const name of Object.keys(value))
    if (!(LISTS as readonly string[]).includes(name))
      throw InvalidError.field(name.slice(0, 100), 'is not a known list; there are entries and relationships');
  return value as Record<string, unknown>;
}

function documentOf(text: string): Document.Parsed {
  let found: Document.Parsed | undefined;
  for (const document of yamlDocuments(text)) {
    if (found) throw broken('holds more than one YAML document');
    found = document;
  }
  return found!;
}
