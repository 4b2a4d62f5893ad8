import { randomBytes } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { CliError, usageError } from './errors.js';
import type { Signals } from './signals.js';

/** A file that takes its place whole or not at all: written beside it, of which nothing stays after a signal. */
export class FileDraft {
  private constructor(
    private readonly target: string,
    readonly path: string,
    private readonly file: FileHandle,
    private readonly forget: () => void,
  ) {}

  /** Opened before there is anything to write: a place that cannot be written is told first. */
  static async open(signals: Signals, target: string, mode = 0o666): Promise<FileDraft> {
    // Its own: another one that writes the same file at the same time must not put half of this one there.
    const path = `${target}.${randomBytes(4).toString('hex')}.part`;
    try {
      assertReplaceable(target);
      const file = await open(path, 'wx', mode);
      return new FileDraft(
        target,
        path,
        file,
        signals.onStop(() => rmSync(path, { force: true })),
      );
    } catch (cause) {
      throw unwritable(target, cause);
    }
  }

  async write(chunk: Buffer): Promise<void> {
    await this.file.appendFile(chunk).catch((cause: unknown) => {
      throw unwritable(this.target, cause);
    });
  }

  /** Puts it in its place, when the disk has all of it. */
  async keep(): Promise<void> {
    try {
      await this.file.sync();
      await this.file.close();
      await rename(this.path, this.target);
    } catch (cause) {
      throw unwritable(this.target, cause);
    }
    this.forget();
  }

  /** Leaves everything as it was. */
  async drop(): Promise<void> {
    await this.file.close().catch(() => undefined);
    await rm(this.path, { force: true });
    this.forget();
  }
}

/** A folder would refuse at the end, and a device (/dev/null) would be no device any more. */
function assertReplaceable(target: string): void {
  if (target === '') throw refusal(target, 'it has no name');
  const found = statSync(target, { throwIfNoEntry: false });
  if (found && !found.isFile()) throw refusal(target, found.isDirectory() ? 'it is a folder' : 'it is no file');
}

const refusal = (target: string, reason: string, cause?: unknown): CliError =>
  usageError(`cannot write ${JSON.stringify(target)}`, { reason, cause });

const unwritable = (target: string, cause: unknown): CliError =>
  cause instanceof CliError ? cause : refusal(target, (cause as Error).message, cause);
