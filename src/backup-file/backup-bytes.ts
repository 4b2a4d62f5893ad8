import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

const GZIP = Buffer.from([0x1f, 0x8b]);
const CHUNK = 256 * 1024;

/** The bytes of a backup in a file, inflated where they are packed; `read` hears how many of the file have been read. */
export async function* backupBytes(path: string, read?: (bytes: number) => void): AsyncGenerator<Buffer, void> {
  const packed = await isPacked(path);
  const bytes = counted(createReadStream(path, { highWaterMark: CHUNK }), read);
  // A failure of either reaches whoever reads.
  yield* packed
    ? (pipeline(bytes, createGunzip({ chunkSize: CHUNK }), () => undefined) as AsyncIterable<Buffer>)
    : bytes;
}

async function* counted(file: AsyncIterable<Buffer>, read?: (bytes: number) => void): AsyncGenerator<Buffer, void> {
  for await (const chunk of file) {
    read?.(chunk.length);
    yield chunk;
  }
}

async function isPacked(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.equals(GZIP);
  } finally {
    await file.close();
  }
}
