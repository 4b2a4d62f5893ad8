// Bundles the command line program to dist/cli: one small entry, one chunk per command, nothing but Node needed beside it.
import { chmod, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [flag, folder] = process.argv.slice(2);
const outdir = flag === '--outdir' && folder ? resolve(folder) : join(root, 'dist', 'cli');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

await rm(outdir, { recursive: true, force: true });
const result = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/cli/main.ts' },
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  minify: true,
  keepNames: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  chunkNames: 'chunks/[name]-[hash]',
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
  define: { UREG_VERSION: JSON.stringify(version) },
  // CommonJS packages inside an ES module still ask for `require`.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  // Its Node build is CommonJS, which a lazily loaded chunk cannot name exports of; this one is the same code as modules.
  alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
  external: ['*.node'],
});

const foreign = Object.keys(result.metafile.inputs).filter((path) =>
  /node_modules\/(@nestjs|typeorm|pg|@electric-sql)\//.test(path),
);
if (foreign.length > 0) throw new Error(`the command line program must not contain ${foreign[0]}`);
await chmod(join(outdir, 'main.mjs'), 0o755);
