import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** A file for the owner's eyes only that takes its place whole or not at all. */
export interface PrivateDraft {
  /** Writes the text and puts the file in its place. */
  keep(text: string): void;
  /** Leaves everything as it was. */
  drop(): void;
}

/**
 * Opened before there is anything to write: a place that cannot be written is told before a secret exists. The folder must
 * be there.
 */
export function openPrivateFile(path: string): PrivateDraft {
  const draft = `${path}.${process.pid}.tmp`;
  const file = openSync(draft, 'wx', 0o600);
  let open = true;
  const close = (): void => {
    if (open) closeSync(file);
    open = false;
  };
  const drop = (): void => {
    close();
    rmSync(draft, { force: true });
  };
  return {
    keep(text) {
      try {
        writeSync(file, text);
        close();
        renameSync(draft, path);
      } catch (error) {
        drop();
        throw error;
      }
    },
    drop,
  };
}
