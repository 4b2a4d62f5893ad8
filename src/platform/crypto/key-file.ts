import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The first line of a key file; undefined when there is none that can be read. */
export async function readKeyFile(path: string): Promise<string | undefined> {
  try {
    const [line] = (await readFile(path, 'utf8')).split('\n', 1);
    return line.trim() || undefined;
  } catch {
    // Whatever is wrong with the file, a new key in its place is the answer.
    return undefined;
  }
}

/** Writes a key for the owner's eyes only, whole or not at all. */
export async function writeKeyFile(path: string, key: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.new`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${key}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
