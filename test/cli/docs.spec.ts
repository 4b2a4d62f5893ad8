import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useFixture } from './support/fixture.js';
import { complaints, shellWords } from './support/program.js';

jest.setTimeout(120_000);

const fixture = useFixture();

interface Line {
  file: string;
  text: string;
}

/** Every `ureg …` line of a fenced block in the readme and the docs (those of cli.md are run by examples.spec); `<!-- norun: reason -->` above a block leaves it out. */
function documentedLines(): Line[] {
  const files = [
    'README.md',
    ...(existsSync('docs') ? readdirSync('docs', { recursive: true }) : []).map((file) => join('docs', String(file))),
  ];
  return files
    .filter((file) => file.endsWith('.md') && file !== join('docs', 'cli.md') && existsSync(file))
    .flatMap((file) => {
      const blocks = readFileSync(file, 'utf8').matchAll(/(<!-- norun: [^>]+ -->\s*)?```\w*\n([^]*?)```/g);
      return [...blocks].flatMap(([, norun, block]) =>
        norun
          ? []
          : [...(block ?? '').matchAll(/^(?:\$ )?(?:npx )?(?:ureg|nexus-registry|universal-registry-cli) (.*)$/gm)].map(
              ([, text]) => ({ file, text: text ?? '' }),
            ),
      );
    });
}

/** Files of the reader become files that are here; usage lines and what only a shell understands are left out. */
function runnable({ text }: Line): string[] | undefined {
  if (/[[<|>$]/.test(text.replace(/"[^"]*"|'[^']*'/g, '')) || / \.\.\./.test(text)) return undefined;
  return shellWords(text.replace(/ +#.*$/, '')).map((word) => {
    if (/\.(jsonl|xz|gz)$|Packages/.test(word)) return 'packages.jsonl';
    if (word.endsWith('.ndjson')) return 'catalog.ndjson';
    return /\.ya?ml$/.test(word) ? 'estate.yaml' : word;
  });
}

describe('the documentation', () => {
  it('of the command line is what the program says of itself', () => {
    execFileSync(process.execPath, ['scripts/cli-docs.mjs', '--check'], { stdio: 'pipe' });
    expect(readFileSync('docs/cli.md', 'utf8')).toContain('### ureg graph impact');
  });

  it('shows only command lines that the program understands', async () => {
    const files = {
      'packages.jsonl': '{"name":"a","version":"1"}\n',
      'catalog.ndjson': '{"kind":"entry","type":"plugin","name":"a"}\n',
      'estate.yaml': 'type: plugin\nname: a\n',
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(fixture.program.home, name), text);
    const misunderstood = await complaints(documentedLines(), async (line) => {
      const args = runnable(line);
      if (!args || args.includes('login')) return [];
      const { stderr } = await fixture.ureg(args.filter((word) => word !== '-w' && word !== '--watch'));
      const wrong = /unknown (command|option)|missing required|too many arguments/.test(stderr);
      return wrong ? [`${line.file}: ${line.text}: ${stderr}`] : [];
    });
    expect(misunderstood).toEqual([]);
  });
});
