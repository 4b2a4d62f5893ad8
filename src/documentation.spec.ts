import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const NOT_OURS = new Set(['node_modules', 'dist', 'data', 'coverage', '.git', '.suites']);

function pagesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((found) => {
    const path = join(folder, found.name);
    if (found.isDirectory()) return NOT_OURS.has(found.name) ? [] : pagesBelow(path);
    return found.name.endsWith('.md') ? [path] : [];
  });
}

const pages = pagesBelow('.');
const proseOf = (page: string): string => readFileSync(page, 'utf8').replace(/^```[^]*?^```$/gm, '');

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>();
  return new Set(
    [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
      const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
      const anchor = text.replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-');
      const before = seen.get(anchor) ?? 0;
      seen.set(anchor, before + 1);
      return before === 0 ? anchor : `${anchor}-${before}`;
    }),
  );
}

function deadLinksOf(page: string): string[] {
  return [
    ...proseOf(page)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(<?([^)\s>]+)>?\)/g),
  ]
    .map(([, target = '']) => target)
    .filter((target) => !/^(https?:|mailto:)/.test(target))
    .filter((target) => {
      const [path = '', anchor] = decodeURI(target).split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path));
      if (!existsSync(file)) return true;
      return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor);
    });
}

describe('the documentation', () => {
  it('has no link that leads nowhere', () => {
    const dead = pages.flatMap((page) => deadLinksOf(page).map((target) => `${page}: ${target}`));
    expect(dead).toEqual([]);
    expect(pages.length).toBeGreaterThan(50);
  });

  it('has every page within reach of the readme', () => {
    const readme = readFileSync('README.md', 'utf8');
    const all = readdirSync('docs').filter((name) => name.endsWith('.md'));
    expect(all.filter((name) => !readme.includes(`](docs/${name})`))).toEqual([]);
  });

  it('names scripts of the package that there are', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = pages.flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/\bnpm run (?:-s |--silent )?([a-z][\w:-]*\w)/g)].map(
        ([, name = '']) => ({
          page,
          name,
        }),
      ),
    );
    expect(named.filter(({ name }) => !(name in scripts))).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });
});
