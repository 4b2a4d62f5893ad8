import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

// Makes the migrated template, from the build: the embedded database's process takes no TypeScript, so the build is brought
// up to date first. Runs for each jest project that uses a database; the second finds everything done.
const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

// oxlint-disable-next-line import/no-default-export -- jest asks for it
export default async function setup() {
  if (process.env.TEST_TEMPLATE) return;
  await run(process.execPath, ['scripts/build.mjs'], { cwd: root });
  const { databaseTemplate, folderTemplate } = await import('./template.mjs');
  if (process.env.DATABASE_URL) {
    process.env.TEST_TEMPLATE = await databaseTemplate(process.env.DATABASE_URL);
    return;
  }
  await run(process.execPath, ['dist/src/platform/database/embedded/make-image.js'], { cwd: root });
  process.env.TEST_TEMPLATE = await folderTemplate();
}
