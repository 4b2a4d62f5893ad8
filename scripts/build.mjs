// Compiles src and migrations to dist, file by file with swc, and skips what is newer there than its source:
// a second start costs a few milliseconds. Types are checked by `npm run types`, not here.
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist');
const skipped = /(\.spec\.ts|\.d\.ts)$|^src\/(cli|dashboard\/web)\//;
/** What other programs import, with its types. */
const declared = /^src\/client\//;
const declarationOf = (file) => join(out, file.replace(/\.ts$/, '.d.ts'));
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
  if (declared.test(file)) await declare(file);
  await writeFile(target, `${code}\n//# sourceMappingURL=${target.split('/').pop()}.map\n`);
  if (map) await writeFile(`${target}.map`, map);
  return 1;
}

/** Each file by itself, from the types its exports state: a whole compilation would take as long as all else here. */
async function declare(file) {
  const { default: ts } = await import('typescript');
  const { outputText, diagnostics } = ts.transpileDeclaration(await readFile(join(root, file), 'utf8'), {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2023, isolatedDeclarations: true, declaration: true },
  });
  const [wrong] = diagnostics ?? [];
  if (wrong) throw new Error(`${file}: ${ts.flattenDiagnosticMessageText(wrong.messageText, '\n')}`);
  await writeFile(declarationOf(file), outputText);
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

/** The API's description, as it is served: without blanks, and as YAML. */
async function documents() {
  const [source, json, yaml] = [join(root, 'openapi.json'), join(out, 'openapi.json'), join(out, 'openapi.yaml')];
  if (Math.min(await modified(json), await modified(yaml)) > Math.max(await modified(source), settingsAge)) return;
  const { stringify } = await import('yaml');
  const document = JSON.parse(await readFile(source, 'utf8'));
  await mkdir(out, { recursive: true });
  await writeFile(json, JSON.stringify(document));
  await writeFile(yaml, stringify(document, { aliasDuplicateObjects: false, lineWidth: 120 }));
}

const files = [...(await sources('src')), ...(await sources('migrations'))];
const compiled = await Promise.all(files.map(compile));
const wanted = files.flatMap((file) => [
  join(out, file.replace(/\.ts$/, '.js')),
  ...(declared.test(file) ? [declarationOf(file)] : []),
]);
await sweep(new Set(wanted));
await documents();
const count = compiled.reduce((sum, one) => sum + one, 0);
// Not on standard output: that is for what is built here.
if (count > 0) console.error(`built ${count} of ${files.length} files`);
