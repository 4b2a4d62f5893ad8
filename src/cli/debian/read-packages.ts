import { isUtf8 } from 'node:buffer';
import { usageError } from '../core/errors.js';
import { ParagraphReader, packageOfParagraph } from './control.js';
import { LineSplitter, MAX_LINE_BYTES } from '../io/line-splitter.js';
import { BrokenPackageError, parsePackageLine, type DebianPackage } from './package.js';

export interface PackageSink {
  found(source: DebianPackage, line: number): void;
  broken(line: number, reason: string): void;
}

/** So many lines at the start may be broken before the file is taken for something else. */
const MAX_STRANGE_LINES = 100;

type LineReader = { line(text: string, number: number): void; end(): void };

/** Packages of an index in either form, told by its first line: JSON lines, or paragraphs as of `Packages`. */
export async function readPackages(bytes: AsyncIterable<Buffer>, sink: PackageSink): Promise<void> {
  let reader: LineReader | undefined;
  let strange = 0;
  const splitter = new LineSplitter((line, number) => {
    if (line === undefined) return sink.broken(number, `longer than ${MAX_LINE_BYTES >> 20} MiB`);
    if (!isUtf8(line)) return sink.broken(number, 'not UTF-8');
    const text = number === 1 ? line.toString('utf8').replace(/^\ufeff/, '') : line.toString('utf8');
    if (reader === undefined && text.trim() === '') return undefined;
    reader ??= readerFor(text, sink);
    if (reader) return reader.line(text, number);
    strange += 1;
    if (strange > MAX_STRANGE_LINES) throw noIndex();
    return sink.broken(number, 'neither a JSON object nor a field');
  });
  for await (const chunk of bytes) splitter.push(chunk);
  splitter.end();
  if (reader === undefined && strange > 0) throw noIndex();
  reader?.end();
}

function readerFor(line: string, sink: PackageSink): LineReader | undefined {
  const start = line.trimStart();
  if (start.startsWith('{')) return jsonLines(sink);
  return /^(?:#|[!-9;-~]+:(?: |$))/.test(start) ? paragraphs(sink) : undefined;
}

function noIndex(): Error {
  return usageError('this is no package index', {
    reason: 'expected JSON lines ({"name": …}) or a Packages file (Package: …)',
  });
}

function jsonLines(sink: PackageSink): LineReader {
  return {
    line(text, number) {
      if (text.trim() === '') return;
      attempt(() => parsePackageLine(text), number, sink);
    },
    end: () => undefined,
  };
}

function paragraphs(sink: PackageSink): LineReader {
  const reader = new ParagraphReader();
  const take = (result: ReturnType<ParagraphReader['end']>): void => {
    if (result instanceof BrokenPackageError) sink.broken(reader.start, result.message);
    else if (result) attempt(() => packageOfParagraph(result), reader.start, sink);
  };
  return {
    line: (text, number) => take(reader.line(text, number)),
    end: () => take(reader.end()),
  };
}

function attempt(parse: () => DebianPackage, line: number, sink: PackageSink): void {
  let source: DebianPackage;
  try {
    source = parse();
  } catch (error) {
    if (!(error instanceof BrokenPackageError)) throw error;
    sink.broken(line, error.message);
    return;
  }
  sink.found(source, line);
}
