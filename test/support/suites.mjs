// Which suites of a project run where, and how they are put together. PART=true: what CI runs of them on the embedded database.
// GROUPED=true: many suites in one file, as each file loads the whole service anew, which costs more than most suites do.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

/** About the database, or hard on it. All else is in CI enough on a server, where it is quicker; the commands' suites go through it too. */
const ON_BOTH = new RegExp(
  '/(config|data-keys|database-\\w+|embeddings|entries|entry-lists|event-\\w+|events-http|graph-(engine|paths)|jobs|' +
    'migrations|process-\\w+|relationship\\w*(-ends)?|search(-upkeep)?|unit-of-work|vector-search|workloads)' +
    '\\.spec\\.ts$',
);
/** Long enough by themselves, or about what their process holds. */
const ALONE = /\/(gateway-matrix|hostile-input(-\w+)?|kind-calls-contract|kinds-conformance)\.spec\.ts$/;
/** Three processes share them: so many groups that none of them is the last for long, none of so few suites that it gains nothing. */
const MOST_GROUPS = 15;
const LEAST_SUITES = 4;
const FOLDER = '.suites';

/** Jest's options of a project that say which files are its suites. */
export function suitesOf(project, root, { database = false, grouped = true } = {}) {
  const part = process.env.PART === 'true' && database && !process.env.DATABASE_URL;
  const all = specsBelow(root).filter((path) => !part || ON_BOTH.test(path));
  if (process.env.GROUPED !== 'true' || !grouped)
    return { roots: [`<rootDir>/${root}`], testMatch: matches(all, part) };
  const folder = join(FOLDER, project);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const groups = all.filter((path) => ALONE.test(path)).map((path) => [path]);
  const others = all.filter((path) => !ALONE.test(path));
  const count = Math.min(MOST_GROUPS, Math.ceil(others.length / LEAST_SUITES));
  for (let n = 0; n < count; n++) groups.push(others.filter((_, index) => index % count === n));
  for (const [n, paths] of groups.entries()) {
    const parts = paths.map(
      (path) =>
        `describe(${JSON.stringify(basename(path))}, () => void require(${JSON.stringify(relative(folder, path))}));\n`,
    );
    // The last one that sets its time would set it for all of them.
    writeFileSync(join(folder, `group-${n}.spec.js`), `${parts.join('')}jest.setTimeout(900_000);\n`);
  }
  return { roots: [`<rootDir>/${folder}`, `<rootDir>/${root}`], testMatch: [`<rootDir>/${folder}/*.spec.js`] };
}

const matches = (paths, part) => (part ? paths.map((path) => `<rootDir>/${path}`) : ['**/*.spec.ts']);

function specsBelow(root) {
  return readdirSync(root, { recursive: true })
    .filter((path) => path.endsWith('.spec.ts'))
    .map((path) => join(root, path))
    .sort();
}
