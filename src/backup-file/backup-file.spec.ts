import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { backupBytes } from './backup-bytes.js';
import { BACKUP, BackupFileError, FORMAT } from './backup-format.js';
import type { BackupHead } from './backup-format.js';
import { manifestOf, readBackup } from './backup-reader.js';
import { BackupWriter } from './backup-writer.js';

const HEAD: BackupHead = {
  backup: BACKUP,
  format: FORMAT,
  release: '0.1.0',
  created_at: '2030-01-01T00:00:00.000Z',
  postgres: '15.1',
  migrations: ['Entry1'],
  seq: 7,
  unnumbered: 0,
  sequences: { 'entry.id': '12' },
  partitions: {},
  master_keys: [],
  tables: ['entry', 'relationship'],
};
const ROWS = ['["1","a \\u2028 b",null]', '["2","é",null]', '["3","[",null]'];

function backup(): string {
  const writer = new BackupWriter();
  return [
    writer.head(HEAD),
    writer.table({ table: 'entry', columns: [['id', 'bigint']] }),
    writer.rows(ROWS.slice(0, 2)),
    writer.rows(ROWS.slice(2)),
    writer.endTable(),
    writer.table({ table: 'relationship', columns: [] }),
    writer.endTable(),
    writer.end(),
  ].join('');
}

async function* pieces(text: string, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const refusal = (text: string): Promise<unknown> => manifestOf(pieces(text, 50)).catch((error: unknown) => error);

describe('a backup', () => {
  it('is read as it was written, however its bytes arrive', async () => {
    for (const size of [1, 7, 100_000]) {
      const rows: string[] = [];
      for await (const part of readBackup(pieces(backup(), size))) if (part.kind === 'rows') rows.push(...part.lines);
      expect(rows).toEqual(ROWS);
    }
    expect(await manifestOf(pieces(backup()))).toMatchObject({
      head: HEAD,
      rows: 3,
      tables: [
        { table: 'entry', rows: 3 },
        { table: 'relationship', rows: 0 },
      ],
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('that is cut off anywhere is refused', async () => {
    const text = backup();
    const lines = text.split('\n');
    for (let kept = 1; kept < lines.length - 1; kept++) {
      const cut = `${lines.slice(0, kept).join('\n')}\n`;
      expect(await refusal(cut)).toBeInstanceOf(BackupFileError);
      expect(await refusal(cut.slice(0, -4))).toBeInstanceOf(BackupFileError);
    }
    expect(await refusal(text.slice(0, -1))).toBeInstanceOf(BackupFileError);
  });

  it('that is cut off says where', async () => {
    const text = backup();
    const cutAt = (mark: string): Promise<unknown> => refusal(text.slice(0, text.indexOf(mark) + mark.length));
    const cut = (place: string): object => ({ message: `It is cut off ${place}: its end is missing.` });
    expect(await cutAt('"relationship"]')).toMatchObject({ message: 'It is no backup of a registry.' });
    expect(await cutAt(`${ROWS[1]}\n["3"`)).toMatchObject(cut('in entry, after 2 rows of it'));
    expect(await cutAt('{"table":')).toMatchObject(cut('after its first line'));
    expect(await cutAt('{"table":"relationship"')).toMatchObject(cut('after entry'));
  });

  it('of which anything was changed is refused, and says what', async () => {
    const text = backup();
    expect(await refusal(text.replace('"é"', '"e"'))).toMatchObject({
      message: expect.stringContaining('the 3 rows of entry do not'),
    });
    expect(await refusal(text.replace(`${ROWS[1]}\n`, ''))).toMatchObject({
      message: expect.stringContaining('entry has 2 rows, not 3'),
    });
    expect(await refusal(text.replace('"seq":7', '"seq":8'))).toMatchObject({
      message: expect.stringContaining('its checksum does not fit'),
    });
    const lines = text.split('\n');
    const without = [...lines.slice(0, 6), ...lines.slice(8)].join('\n');
    expect(await refusal(without)).toMatchObject({ message: expect.stringContaining('relationship is missing') });
    expect(await refusal(`${text}[]\n`)).toMatchObject({ message: 'Something follows its end.' });
  });

  it.each(['', 'hello', '{}\n', '[1]\n', '{"backup":"something else"}\n', 'null\n'])('is not %j', async (text) => {
    expect(await refusal(text)).toBeInstanceOf(BackupFileError);
  });

  it('of another format is refused by its number', async () => {
    expect(await refusal(backup().replace('"format":1', '"format":2'))).toMatchObject({
      message: 'It is of format 2; this release reads format 1.',
    });
  });

  describe('in a file', () => {
    let folder: string;
    beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'ureg-backup-'))));
    afterAll(() => rmSync(folder, { recursive: true }));

    const written = (content: string | Buffer): string => {
      const path = join(folder, 'file');
      writeFileSync(path, content);
      return path;
    };

    it('may be packed or not', async () => {
      const packed = gzipSync(backup());
      let read = 0;
      const manifest = await manifestOf(backupBytes(written(packed), (bytes) => (read += bytes)));
      expect(read).toBe(packed.length);
      expect(await manifestOf(backupBytes(written(backup())))).toEqual(manifest);
    });

    it('that lost its end or a byte of it is refused', async () => {
      const packed = gzipSync(backup());
      const reading = (content: Buffer): Promise<unknown> =>
        manifestOf(backupBytes(written(content))).catch((error: unknown) => error);
      expect(await reading(packed.subarray(0, -20))).toMatchObject({
        message: expect.stringMatching(/^It is cut off .*: its end is missing\.$/),
      });
      const altered = Buffer.from(packed);
      altered[altered.length - 30] ^= 0xff;
      expect(await reading(altered)).toBeInstanceOf(BackupFileError);
    });
  });
});
