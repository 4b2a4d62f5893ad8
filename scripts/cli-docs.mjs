// Writes docs/cli.md from the command line program itself; with --check only compares, and fails on any difference.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import * as prettier from 'prettier';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = join(root, 'docs', 'cli.md');
// Below node_modules, so that the packages it names are found.
const cache = join(root, 'node_modules', '.cache');
await mkdir(cache, { recursive: true });
const folder = await mkdtemp(join(cache, 'cli-docs-'));

async function made() {
  const outfile = join(folder, 'build-docs.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/docs/build-docs.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  const { cliDocs } = await import(pathToFileURL(outfile).href);
  const captured = JSON.parse(await readFile(join(root, 'src/cli/docs/captured.json'), 'utf8'));
  const options = await prettier.resolveConfig(target);
  return prettier.format(await cliDocs(captured), { ...options, filepath: target });
}

try {
  const text = await made();
  if (!process.argv.includes('--check')) {
    await writeFile(target, text);
  } else if (text !== (await readFile(target, 'utf8').catch(() => ''))) {
    process.stderr.write('docs/cli.md is not what the program says: run node scripts/cli-docs.mjs\n');
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
