import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileDraft } from './file-draft.js';
import { Signals } from './signals.js';

let folder: string;
let signals: Signals;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ureg-draft-'));
  signals = new Signals(process.stderr);
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

describe('a file that is written whole or not at all', () => {
  it('takes its place when it is kept, with the mode it was to have, whoever else writes it', async () => {
    writeFileSync(at('a'), 'former');
    const other = await FileDraft.open(signals, at('a'));
    await other.write(Buffer.from('half'));
    const draft = await FileDraft.open(signals, at('a'), 0o600);
    await draft.write(Buffer.from('new'));
    expect(readFileSync(at('a'), 'utf8')).toBe('former');
    await draft.keep();
    expect([readFileSync(at('a'), 'utf8'), statSync(at('a')).mode & 0o777]).toEqual(['new', 0o600]);
    await other.drop();
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('leaves nothing when it is dropped, or the program is stopped', async () => {
    await (await FileDraft.open(signals, at('a'))).drop();
    let stop = (): void => undefined;
    jest.spyOn(signals, 'onStop').mockImplementation((cleanup) => {
      stop = cleanup;
      return () => undefined;
    });
    const stopped = await FileDraft.open(signals, at('b'));
    expect(readdirSync(folder)).toHaveLength(1);
    stop();
    expect(readdirSync(folder)).toEqual([]);
    await stopped.drop();
  });

  it.each([
    ['', 'it has no name'],
    ['.', 'it is a folder'],
    ['/dev/null', 'it is no file'],
    ['/dev/null/a', expect.stringContaining('ENOTDIR')],
    ['nowhere/a', expect.stringContaining('ENOENT')],
  ])('is not begun as %j', async (target, reason) => {
    const path = target === 'nowhere/a' ? at(target) : target;
    await expect(FileDraft.open(signals, path)).rejects.toMatchObject({
      exitCode: 2,
      message: `cannot write ${JSON.stringify(path)}`,
      reason,
    });
  });
});
