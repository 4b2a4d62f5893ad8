import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { programName } from '../aliases.js';
import { CliError, usageError } from '../core/errors.js';
import { ExitCode } from '../core/exit-codes.js';

/** First bytes of what a file may be packed with; names lie, bytes do not. */
const MAGIC: readonly (readonly [format: string, bytes: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
];
const UNPACK_HINT: Record<string, string> = { zstd: 'zstdcat', bzip2: 'bzcat', lz4: 'lz4cat' };
const LONGEST_MAGIC = 6;

export function packing(start: Buffer): string | undefined {
  return MAGIC.find(([, bytes]) => bytes.every((byte, index) => start[index] === byte))?.[0];
}

/** The unpacked bytes of a file, or of standard input for `-`. */
export async function* sourceBytes(source: string, stdin: NodeJS.ReadStream): AsyncGenerator<Buffer> {
  if (source === '-' && stdin.isTTY) {
    throw usageError('nothing is piped into this command', { reason: 'stdin is a terminal; name a file' });
  }
  const raw = source === '-' ? stdin : createReadStream(source, { highWaterMark: 1 << 18 });
  const chunks = (raw as Readable)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    let start = Buffer.alloc(0);
    while (start.length < LONGEST_MAGIC) {
      const next = await chunks.next();
      if (next.done) break;
      start = Buffer.concat([start, next.value]);
    }
    yield* unpacked(start, chunks, source);
  } catch (cause) {
    throw readFailure(source, cause);
  }
}

async function* rejoin(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (start.length > 0) yield start;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

function unpacked(start: Buffer, rest: AsyncIterator<Buffer>, source: string): AsyncIterable<Buffer> {
  const bytes = rejoin(start, rest);
  const format = packing(start);
  switch (format) {
    case undefined:
      return bytes;
    case 'gzip':
      return pipeThrough(Readable.from(bytes, { objectMode: false }), createGunzip({ chunkSize: 1 << 18 }));
    case 'xz':
      return throughXz(Readable.from(bytes, { objectMode: false }));
    default:
      throw usageError(`${shown(source)} is packed with ${format}, which cannot be read here`, {
        next: `${UNPACK_HINT[format] ?? 'unpack'} ${source} | ${programName(process.argv[1])} import debian -`,
      });
  }
}

function pipeThrough(from: Readable, through: ReturnType<typeof createGunzip>): AsyncIterable<Buffer> {
  from.on('error', (error) => through.destroy(error));
  return from.pipe(through) as AsyncIterable<Buffer>;
}

/** Node has no xz: the system's program does it. */
async function* throughXz(from: Readable): AsyncGenerator<Buffer> {
  const child = spawn('xz', ['--decompress', '--stdout'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  const failed = new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    child.on('error', resolve);
    child.on('close', (code) => resolve(code === 0 ? undefined : new Error(said.trim() || `xz ended with ${code}`)));
  });
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.on('error', () => undefined); // its reason comes from the exit code
  from.on('error', () => child.kill());
  from.pipe(child.stdin);
  let cut: unknown;
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
  } catch (cause) {
    cut = cause; // a program that did not start closes its output before it says why
  }
  const error = await failed;
  if (error?.code === 'ENOENT') {
    throw usageError('this file is packed with xz, and the program xz is not installed', {
      next: 'install xz-utils, or unpack the file first',
    });
  }
  if (error ?? cut) throw error ?? cut;
}

function readFailure(source: string, cause: unknown): unknown {
  if (cause instanceof CliError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const damaged = code?.startsWith('Z_') || /xz|unexpected end/i.test(message);
  return new CliError(damaged ? 'cli.input_damaged' : 'cli.input_unreadable', `cannot read ${shown(source)}`, {
    exitCode: ExitCode.usage,
    reason: damaged ? `it is damaged or cut off: ${message}` : message,
    cause,
  });
}

function shown(source: string): string {
  return source === '-' ? 'standard input' : JSON.stringify(source);
}
