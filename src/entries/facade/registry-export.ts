import { toEntryResponse } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';
import { toRegistryEntry } from './registry-entry.dto.js';
import type { RegistryEntry } from './registry-entry.dto.js';

export const REGISTRY_FORMATS = ['json', 'ndjson', 'csv'] as const;
export type RegistryFormat = (typeof REGISTRY_FORMATS)[number];

export const REGISTRY_CONTENT_TYPES: Record<RegistryFormat, string> = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
};

const COLUMNS: readonly (keyof RegistryEntry)[] = [
  'entry_id', 'title', 'category', 'name', 'version', 'description', 'status', 'owner', 'tags', 'metadata',
  'compliance_status', 'security_context', 'revision', 'created_at', 'updated_at',
]; // prettier-ignore

async function* entriesOf(pages: AsyncIterable<readonly EntryRow[]>): AsyncGenerator<RegistryEntry> {
  for await (const rows of pages) for (const row of rows) yield toRegistryEntry(toEntryResponse(row));
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
export const registryExport = (
  pages: AsyncIterable<readonly EntryRow[]>,
  format: RegistryFormat,
): AsyncGenerator<string> => written[format](entriesOf(pages));
