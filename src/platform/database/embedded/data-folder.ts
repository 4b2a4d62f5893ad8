import { constants } from 'node:fs';
import { copyFile, mkdir, open, readFile, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openEngine } from './engine.js';

/** Of PGlite 0.5. */
const POSTGRES_VERSION = '18';
const AT_ONCE = 16;

const never = (reason: unknown): never => {
  throw reason;
};

/**
 * Makes the database in `folder` unless it is there: a copy of `image` when there is one (0.2 s), else by initdb
 * (6–10 s). Made beside its place and renamed, so that a start cut off leaves nothing half done.
 */
export async function prepareDataFolder(folder: string, image: string | undefined): Promise<void> {
  await sweep(folder);
  const version = await versionOf(folder);
  if (version === undefined) return createDatabase(folder, image);
  if (version === POSTGRES_VERSION) return;
  throw new Error(
    `${folder} was written by PostgreSQL ${version}; this registry carries ${POSTGRES_VERSION}. ` +
      'Export with the release that wrote it, and import here.',
  );
}

async function createDatabase(folder: string, image: string | undefined): Promise<void> {
  const draft = `${folder}.new-${process.pid}`;
  await mkdir(draft, { recursive: true, mode: 0o700 });
  if (image && (await versionOf(image)) === POSTGRES_VERSION) await copyFolder(image, draft, true);
  else await (await openEngine({ folder: draft, fsync: true, crashed: never })).close();
  // A volume may have brought the empty folder along; not every system renames onto one.
  await rmdir(folder).catch(() => undefined);
  await rename(draft, folder);
}

/** Makes the image that first starts and tests copy. Keeps what is there. */
export async function makeImage(image: string): Promise<boolean> {
  if ((await versionOf(image)) === POSTGRES_VERSION) return false;
  await mkdir(dirname(image), { recursive: true });
  await sweep(image);
  await createDatabase(image, undefined);
  return true;
}

/** Copies a database that nobody has open. */
export async function copyFolder(from: string, to: string, sync = false): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const paths = (wanted: boolean): string[] =>
    entries
      .filter((one) => one.isDirectory() === wanted)
      .map((one) => join(one.parentPath, one.name).slice(from.length));
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const path of paths(true)) await mkdir(join(to, path), { recursive: true, mode: 0o700 });
  const files = paths(false);
  const worker = async (): Promise<void> => {
    for (let path = files.pop(); path; path = files.pop()) {
      await copyFile(from + path, to + path, constants.COPYFILE_FICLONE);
      if (sync) await flush(to + path);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Bytes of all its files. */
export async function sizeOfFolder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  let bytes = 0;
  for (const one of entries.filter((entry) => entry.isFile())) {
    // A file of the log may go meanwhile.
    const found = await stat(join(one.parentPath, one.name)).catch(() => undefined);
    bytes += found?.size ?? 0;
  }
  return bytes;
}

/** Copies that a backup made and could not take away again: whoever asks holds the folder, and nobody else reads them. */
export async function sweepCopies(folder: string): Promise<void> {
  const beside = await readdir(dirname(folder)).catch(() => []);
  for (const name of beside.filter((one) => one.startsWith(`${basename(folder)}.copy-`)))
    await rm(join(dirname(folder), name), { recursive: true, force: true });
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function versionOf(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (text !== undefined) return text.trim();
  const found = await readdir(folder).catch(() => []);
  if (found.length > 0)
    throw new Error(`${folder} holds something, but no PostgreSQL database: move it away, or set another DATA_DIR.`);
  return undefined;
}

/** What a start that was cut off left behind. */
async function sweep(folder: string): Promise<void> {
  const beside = await readdir(dirname(folder)).catch(() => []);
  const drafts = beside.filter((name) => name.startsWith(`${basename(folder)}.new-`));
  for (const draft of drafts) await rm(join(dirname(folder), draft), { recursive: true, force: true });
}
