import { existsSync, readFileSync } from 'node:fs';

const page = readFileSync('docs/security.md', 'utf8');
const rows = page.split(/^\*\*(?=API\d+ )/m).slice(1);

describe('the page on security', () => {
  it('goes through all ten of OWASP’s risks', () => {
    expect(rows.map((row) => row.split(' ', 1)[0])).toEqual(Array.from({ length: 10 }, (_, i) => `API${i + 1}`));
  });

  it.each(rows.map((row) => [row.split('.', 1)[0], row]))('names tests for %s that there are', (_, row) => {
    const named = [...row.matchAll(/^- `([\w./-]+)` “([^”]+)”$/gm)];
    expect(named.length).toBeGreaterThanOrEqual(3);
    expect(row.match(/^- /gm)).toHaveLength(named.length);
    for (const [, file, name] of named) {
      const source = existsSync(file) ? readFileSync(file, 'utf8') : '';
      expect({ file, name, found: source.includes(`'${name}'`) }).toEqual({ file, name, found: true });
    }
  });

  it('names settings that there are', () => {
    const settings = new Set(readFileSync('.env.example', 'utf8').match(/[A-Z][A-Z0-9]*(_[A-Z0-9]+)+/g));
    const meant = page
      .match(/`([A-Z][A-Z0-9]*(_[A-Z0-9]+)+)(=[^`]*)?`/g)!
      .map((text) => text.slice(1, -1).split('=')[0]);
    for (const name of meant) expect(settings).toContain(name);
  });
});
