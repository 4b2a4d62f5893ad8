import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { packing, sourceBytes } from './source-bytes.js';

const folder = mkdtempSync(join(tmpdir(), 'ureg-source-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TEXT = 'line\n'.repeat(10_000);
const stdin = (bytes: Buffer): NodeJS.ReadStream => Readable.from([bytes], { objectMode: false }) as NodeJS.ReadStream;

async function readFile(name: string, content: Buffer): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, content);
  return collect(sourceBytes(path, stdin(Buffer.alloc(0))));
}

async function collect(bytes: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('the bytes of a source', () => {
  it('are told by their first bytes, whatever the name says', async () => {
    expect(await readFile('packed.txt', gzipSync(TEXT))).toBe(TEXT);
    expect(await readFile('plain.gz', Buffer.from(TEXT))).toBe(TEXT);
    expect(await readFile('short', Buffer.from('x'))).toBe('x');
    expect(await readFile('empty', Buffer.alloc(0))).toBe('');
  });

  it('may be several gzip members one after the other', async () => {
    expect(await readFile('members.gz', Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]))).toBe('a\nb\n');
  });

  it('come from standard input for -, packed or not', async () => {
    expect(await collect(sourceBytes('-', stdin(gzipSync(TEXT))))).toBe(TEXT);
    expect(await collect(sourceBytes('-', stdin(Buffer.from(TEXT))))).toBe(TEXT);
  });

  it('cut off or damaged are refused with the name of the file', async () => {
    const packed = gzipSync(TEXT);
    await expect(readFile('cut.gz', packed.subarray(0, packed.length - 20))).rejects.toMatchObject({
      message: expect.stringContaining('cut.gz'),
      exitCode: 2,
      reason: expect.stringMatching(/^it is damaged or cut off/),
    });
  });

  it('of another packing are refused with the command that helps', async () => {
    await expect(readFile('a.lz4', Buffer.from([0x04, 0x22, 0x4d, 0x18, 0, 0]))).rejects.toMatchObject({
      exitCode: 2,
      next: expect.stringContaining('lz4cat'),
    });
    expect(packing(Buffer.from('BZh91AY'))).toBe('bzip2');
  });

  it('of a missing file are refused', async () => {
    await expect(collect(sourceBytes(join(folder, 'none'), stdin(Buffer.alloc(0))))).rejects.toMatchObject({
      exitCode: 2,
      reason: expect.stringContaining('ENOENT'),
    });
  });
});
