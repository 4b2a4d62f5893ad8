// Compiles src and migrations to dist, file by file with swc, and skips what is newer there than its source:
// a second start costs a few milliseconds. Types are checked by `npm run types`, not here.
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist');
const skipped = /(\.spec\.ts|\.d\.ts)$|^src\/(cli|dashboard\/web)\//;
const own = fileURLToPath(import.meta.url);

async function sources(folder) {
  const found = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !skipped.test(file));
}

const modified = async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
const settingsAge = Math.max(await modified(own), await modified(join(root, '.swcrc')));

async function compile(file) {
  const target = join(out, file.replace(/\.ts$/, '.js'));
  const built = await modified(target);
  if (built > (await modified(join(root, file))) && built > settingsAge) return 0;
  const { code, map } = await transformFile(join(root, file), {
    swcrc: true,
    cwd: root,
    sourceFileName: join(root, file),
  });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, `${code}\n//# sourceMappingURL=${target.split('/').pop()}.map\n`);
  if (map) await writeFile(`${target}.map`, map);
  return 1;
}

/** What was deleted or renamed in the sources must not live on in the build. */
async function sweep(wanted) {
  for (const folder of ['src', 'migrations']) {
    const built = await readdir(join(out, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of built) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !wanted.has(path.replace(/\.map$/, ''))) await rm(path);
    }
  }
}

const files = [...(await sources('src')), ...(await sources('migrations'))];
const compiled = await Promise.all(files.map(compile));
await sweep(new Set(files.map((file) => join(out, file.replace(/\.ts$/, '.js')))));
const count = compiled.reduce((sum, one) => sum + one, 0);
if (count > 0) console.log(`built ${count} of ${files.length} files`);
