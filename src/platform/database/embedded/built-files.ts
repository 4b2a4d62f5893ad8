import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);
// Tests run the sources, and the database's process the build: a child process of Node 20 takes no TypeScript.
const dist = here.endsWith('.ts') ? join(dirname(here), '../../../../dist') : join(dirname(here), '../../../..');

/** Main file of the embedded database's process. */
export function embeddedServer(): string {
  return join(dist, 'src/platform/database/embedded/server.js');
}

/** Where the build keeps a fresh database to copy, by PGlite's version. */
export function embeddedImagePath(): string {
  const require = createRequire(here);
  const entry = require.resolve('@electric-sql/pglite');
  const { version } = require(join(dirname(entry), '../package.json')) as { version: string };
  return join(dist, `pgdata-${version}`);
}

/** The image when it has been built. */
export function embeddedImage(): string | undefined {
  const path = embeddedImagePath();
  return existsSync(join(path, 'PG_VERSION')) ? path : undefined;
}
