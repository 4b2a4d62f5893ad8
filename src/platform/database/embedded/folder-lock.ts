import { randomBytes } from 'node:crypto';
import { link, readFile, rm, utimes, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Who has the folder. `began` tells a process from a later one with the same number. */
interface Holder {
  pid: number;
  began: string;
  /** The service that started it. */
  service: number;
  host: string;
}

/** The folder has another owner; the message is for people. */
export class FolderInUseError extends Error {
  constructor(folder: string, who: string) {
    super(
      `${folder} is in use by ${who}: the embedded database serves one process at a time. ` +
        'Stop that one, give this one another DATA_DIR, or set DATABASE_URL.',
    );
    this.name = 'FolderInUseError';
  }
}

const BEAT_MS = 2000;
/** A holder on another machine (or in another container) without a sign of life for so long is gone. */
const SILENT_MS = 15_000;
/** A database whose service is dead is writing its last pages. */
const CLOSING_MS = 20_000;

/**
 * One owner of a data folder, by a file beside it. Two PostgreSQL on one folder would destroy it. The file of a dead
 * owner is taken over: on the same machine its process is looked for, elsewhere the file's age is taken.
 */
export class FolderLock {
  private readonly path: string;
  private beat: NodeJS.Timeout | undefined;

  constructor(private readonly folder: string) {
    this.path = `${folder}.lock`;
  }

  async acquire(): Promise<void> {
    const me: Holder = {
      pid: process.pid,
      began: (await beganAt(process.pid)) ?? '',
      service: process.ppid,
      host: hostname(),
    };
    const until = Date.now() + CLOSING_MS;
    while (!(await this.create(me))) {
      const text = await readFile(this.path, 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      const holder = parse(text);
      const state = holder ? await this.stateOf(holder) : 'dead';
      if (state === 'alive' || Date.now() > until) throw this.refusal(holder);
      if (state === 'dead') await this.remove(text);
      else await new Promise((resolve) => setTimeout(resolve, 100));
    }
    this.beat = setInterval(() => void this.touch(), BEAT_MS).unref();
  }

  async release(): Promise<void> {
    if (!this.beat) return;
    clearInterval(this.beat);
    this.beat = undefined;
    await rm(this.path, { force: true });
  }

  /** Whole or not at all: a reader never sees half a file. */
  private async create(me: Holder): Promise<boolean> {
    const draft = this.beside();
    const text = JSON.stringify(me);
    await writeFile(draft, text, { mode: 0o600 });
    try {
      await link(draft, this.path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      // A file system without hard links: half a file counts as a dead owner's there.
      return await writeNew(this.path, text);
    } finally {
      await rm(draft, { force: true });
    }
  }

  /**
   * Takes away the file of a dead owner. Alone: who judged it a while ago and only now comes to it would take away the file
   * of its successor, and let a third one in.
   */
  private async remove(judged: string): Promise<void> {
    const taking = `${this.path}.taking`;
    if (!(await writeNew(taking, ''))) {
      const age = Date.now() - ((await stat(taking).catch(() => undefined))?.mtimeMs ?? Date.now());
      // Whoever was at it died of it.
      if (age > CLOSING_MS / 2) await rm(taking, { force: true });
      await new Promise((resolve) => setTimeout(resolve, 20));
      return;
    }
    try {
      const present = await readFile(this.path, 'utf8').catch(() => undefined);
      if (present === judged) await rm(this.path, { force: true });
    } finally {
      await rm(taking, { force: true });
    }
  }

  private beside(): string {
    return `${this.path}.${process.pid}-${randomBytes(4).toString('hex')}`;
  }

  private async stateOf(holder: Holder): Promise<'alive' | 'closing' | 'dead'> {
    if (holder.host !== hostname()) {
      const age = Date.now() - ((await stat(this.path).catch(() => undefined))?.mtimeMs ?? 0);
      return age > SILENT_MS ? 'dead' : 'closing';
    }
    const began = await beganAt(holder.pid);
    if (began === undefined || began !== holder.began) return 'dead';
    return (await beganAt(holder.service)) === undefined ? 'closing' : 'alive';
  }

  private refusal(holder: Holder | undefined): FolderInUseError {
    if (!holder) return new FolderInUseError(this.folder, 'another process');
    const where = holder.host === hostname() ? '' : ` on ${holder.host}`;
    return new FolderInUseError(this.folder, `another registry (process ${holder.service}${where})`);
  }

  private async touch(): Promise<void> {
    const now = new Date();
    await utimes(this.path, now, now).catch(() => undefined);
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

async function writeNew(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null;
    return typeof holder?.pid === 'number' && typeof holder.host === 'string' ? (holder as Holder) : undefined;
  } catch {
    return undefined;
  }
}

/** When a process began, in words of its system; empty where that is not told, undefined when there is none. */
async function beganAt(pid: number): Promise<string | undefined> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return undefined;
  }
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  // A zombie has a number, but no memory and no files.
  return fields[0] === 'Z' ? undefined : (fields[19] ?? '');
}
