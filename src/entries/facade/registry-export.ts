import type { EntryRepository } from '../entry.repository.js';
import { toEntryResponse } from '../entry-response.js';
import { toRegistryEntry } from './registry-entry.dto.js';
import type { RegistryEntry } from './registry-entry.dto.js';

export const REGISTRY_FORMATS = ['json', 'ndjson', 'csv'] as const;
export type RegistryFormat = (typeof REGISTRY_FORMATS)[number];

export const REGISTRY_CONTENT_TYPES: Record<RegistryFormat, string> = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
};

const PAGE = 1000;
const COLUMNS: readonly (keyof RegistryEntry)[] = [
  'entry_id', 'title', 'category', 'name', 'version', 'description', 'status', 'owner', 'tags', 'metadata',
  'compliance_status', 'security_context', 'revision', 'created_at', 'updated_at',
]; // prettier-ignore

/** Every entry the caller may see, read a page at a time. */
async function* entriesOf(repository: EntryRepository): AsyncGenerator<RegistryEntry> {
  for (let after = '0'; ;) {
    const rows = await repository.page(after, PAGE);
    for (const row of rows) yield toRegistryEntry(toEntryResponse(row));
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.id;
  }
}

/** A spreadsheet runs what begins so; an apostrophe before it makes it text. */
const FORMULA = /^[=+\-@\t\r]/;

/** RFC 4180; lists and objects as JSON. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

async function* asJson(entries: AsyncIterable<RegistryEntry>): AsyncGenerator<string> {
  let before = '[';
  for await (const entry of entries) {
    yield `${before}\n${JSON.stringify(entry)}`;
    before = ',';
  }
  yield before === '[' ? '[]\n' : '\n]\n';
}

async function* asLines(entries: AsyncIterable<RegistryEntry>): AsyncGenerator<string> {
  for await (const entry of entries) yield `${JSON.stringify(entry)}\n`;
}

async function* asCsv(entries: AsyncIterable<RegistryEntry>): AsyncGenerator<string> {
  yield `${COLUMNS.join(',')}\r\n`;
  for await (const entry of entries) yield `${COLUMNS.map((column) => cell(entry[column])).join(',')}\r\n`;
}

const written = { json: asJson, ndjson: asLines, csv: asCsv } as const;

/** The export's text, piece by piece. */
export const registryExport = (repository: EntryRepository, format: RegistryFormat): AsyncGenerator<string> =>
  written[format](entriesOf(repository));
