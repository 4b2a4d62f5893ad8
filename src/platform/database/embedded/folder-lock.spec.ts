import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderInUseError, FolderLock } from './folder-lock.js';

describe('FolderLock', () => {
  let folder: string;
  let data: string;
  const held: FolderLock[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ureg-lock-'));
    data = join(folder, 'postgres');
  });
  afterEach(async () => {
    for (const lock of held.splice(0)) await lock.release();
    await rm(folder, { recursive: true });
  });

  const acquire = async (): Promise<FolderLock> => {
    const lock = new FolderLock(data);
    await lock.acquire();
    held.push(lock);
    return lock;
  };
  const leftBy = (holder: object): Promise<void> => writeFile(`${data}.lock`, JSON.stringify(holder));
  const holder = async (): Promise<{ pid: number }> => JSON.parse(await readFile(`${data}.lock`, 'utf8'));

  it('is one owner’s, and the next one’s after its release', async () => {
    const lock = await acquire();
    await expect(acquire()).rejects.toThrow(FolderInUseError);
    await lock.release();
    await acquire();
    expect((await holder()).pid).toBe(process.pid);
  });

  it('says who has the folder and what can be done', async () => {
    await acquire();
    await expect(acquire()).rejects.toThrow(`${data} is in use by another registry (process ${process.ppid})`);
    await expect(acquire()).rejects.toThrow('another DATA_DIR');
  });

  it('leaves a file behind neither when refused nor when released', async () => {
    const lock = await acquire();
    await expect(acquire()).rejects.toThrow(FolderInUseError);
    expect(await readdir(folder)).toEqual(['postgres.lock']);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('a lock that was refused takes nothing away when it is released', async () => {
    await acquire();
    const refused = new FolderLock(data);
    await expect(refused.acquire()).rejects.toThrow(FolderInUseError);
    await refused.release();
    expect((await holder()).pid).toBe(process.pid);
  });

  it('takes over from a process that is dead', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await once(dead, 'exit');
    await leftBy({ pid: dead.pid, began: '', service: 1, host: hostname() });
    await acquire();
    expect((await holder()).pid).toBe(process.pid);
  });

  it('takes over when another process has the number of the dead one', async () => {
    await leftBy({ pid: process.ppid, began: '1', service: process.ppid, host: hostname() });
    await acquire();
    expect((await holder()).pid).toBe(process.pid);
  });

  it.each(['', '{"pid":', 'null', '[]'])('takes over from a file that says %j', async (text) => {
    await writeFile(`${data}.lock`, text);
    await acquire();
    expect((await holder()).pid).toBe(process.pid);
  });

  it('of many that find a dead owner at once, one gets the folder', async () => {
    await leftBy({ pid: process.pid, began: 'long ago', service: 1, host: hostname() });
    const ends = await Promise.allSettled(Array.from({ length: 8 }, acquire));
    expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(1);
  });

  it('takes over from another machine only when that has been silent', async () => {
    await leftBy({ pid: 1, began: '', service: 1, host: 'elsewhere' });
    const before = new Date(Date.now() - 60_000);
    await utimes(`${data}.lock`, before, before);
    await acquire();
    expect((await holder()).pid).toBe(process.pid);
  });
});
