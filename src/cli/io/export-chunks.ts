import { usageError } from '../core/errors.js';
import { LineSplitter, MAX_LINE_BYTES } from './line-splitter.js';

export interface ExportChunk {
  body: Buffer;
  contentType: string;
  lines: number;
  /** Lines before this chunk. */
  firstLine: number;
}

const CHUNK_BYTES = 4 * 1024 * 1024;
const CHUNK_LINES = 2000;
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

/** Pieces of an export that a server takes one after the other. NDJSON is cut between lines; other forms stay whole. */
export async function* chunksOfExport(
  bytes: AsyncIterable<Buffer>,
  { whole }: { whole: boolean },
): AsyncGenerator<ExportChunk> {
  const iterator = bytes[Symbol.asyncIterator]();
  const start: Buffer[] = [];
  let first: Buffer | undefined;
  while (first === undefined) {
    const next = await iterator.next();
    if (next.done) break;
    start.push(next.value);
    first = firstLine(Buffer.concat(start));
  }
  const all = rejoin(start, iterator);
  const ndjson = isExportLine(first ?? Buffer.concat(start));
  if (ndjson && !whole) yield* lineChunks(all);
  else yield* oneChunk(all, ndjson);
}

/** The first line that is not blank, once its end is there. */
function firstLine(start: Buffer): Buffer | undefined {
  let from = 0;
  for (let end = start.indexOf(10, from); end !== -1; end = start.indexOf(10, from)) {
    if (start.subarray(from, end).toString('utf8').trim() !== '') return start.subarray(from, end);
    from = end + 1;
  }
  return start.length > MAX_LINE_BYTES ? start : undefined;
}

function isExportLine(line: Buffer): boolean {
  try {
    const value = JSON.parse(line.toString('utf8')) as { kind?: unknown; entries?: unknown; relationships?: unknown };
    return (
      value !== null && typeof value === 'object' && value.entries === undefined && value.relationships === undefined
    );
  } catch {
    return false;
  }
}

async function* lineChunks(bytes: AsyncIterable<Buffer>): AsyncGenerator<ExportChunk> {
  let lines: Buffer[] = [];
  let size = 0;
  let firstLineOfChunk = 0;
  const ready: ExportChunk[] = [];
  const flush = (): void => {
    if (lines.length === 0) return;
    const body = Buffer.concat(lines.flatMap((line) => [line, NEWLINE]));
    ready.push({ body, contentType: 'application/x-ndjson', lines: lines.length, firstLine: firstLineOfChunk });
    firstLineOfChunk += lines.length;
    lines = [];
    size = 0;
  };
  const splitter = new LineSplitter((line, number) => {
    if (line === undefined) throw usageError(`line ${number} is longer than ${MAX_LINE_BYTES >> 20} MiB`);
    lines.push(Buffer.from(line));
    size += line.length;
    if (size >= CHUNK_BYTES || lines.length >= CHUNK_LINES) flush();
  });
  for await (const chunk of bytes) {
    splitter.push(chunk);
    yield* ready.splice(0);
  }
  splitter.end();
  flush();
  yield* ready.splice(0);
}

const NEWLINE = Buffer.from('\n');

async function* oneChunk(bytes: AsyncIterable<Buffer>, ndjson: boolean): AsyncGenerator<ExportChunk> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    parts.push(chunk);
    size += chunk.length;
    if (size > MAX_DOCUMENT_BYTES) {
      throw usageError(`this is larger than ${MAX_DOCUMENT_BYTES >> 20} MiB`, {
        reason: 'write it as NDJSON, which is sent in pieces',
      });
    }
  }
  const body = Buffer.concat(parts);
  const text = body.toString('utf8').trim();
  if (text === '') return;
  const contentType = ndjson ? 'application/x-ndjson' : /^[[{]/.test(text) ? 'application/json' : 'application/yaml';
  yield { body, contentType, lines: text.split('\n').length, firstLine: 0 };
}

async function* rejoin(start: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* start;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
