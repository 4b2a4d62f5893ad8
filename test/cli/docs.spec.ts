import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { useFixture } from './support/fixture.js';
import { callsIn, documentedLines, spokenLines, type Line } from './support/pages.js';
import { complaints, shellWords, type Ended } from './support/program.js';
import { runHere } from './support/run-here.js';

jest.setTimeout(120_000);

const fixture = useFixture();
const before = process.cwd();
let lines: Line[];
let spoken: Line[];
beforeAll(() => {
  [lines, spoken] = [documentedLines(), spokenLines()];
  process.chdir(fixture.program.home);
});
afterAll(() => process.chdir(before));

/** What a line would be told by the program, without a registry that has what it speaks of. */
function told(words: readonly string[]): Promise<Ended> {
  const [as = '', ...rest] = words;
  // What goes on until Ctrl-C.
  const args = rest.filter((word) => !['-w', '--watch', '-f', '--follow'].includes(word) || rest[0] !== 'list');
  const ending = rest.slice(0, 2).includes('watch') ? ['--for', '100ms'] : [];
  return runHere([...args, ...ending], { as, env: { HOME: fixture.program.home, UREG_SERVER: fixture.stub.url } });
}

const MISUNDERSTOOD =
  /unknown (command|option)|has no command|missing required|too many arguments|argument '.*' is invalid/;

async function misunderstood(some: readonly Line[], wrong = MISUNDERSTOOD): Promise<string[]> {
  return complaints(some, async (line) => {
    const ended = await Promise.all(callsIn(line).map((call) => told(shellWords(call))));
    return ended
      .filter(({ stderr }) => wrong.test(stderr))
      .map(({ stderr }) => `${line.file}: ${line.text}: ${stderr}`);
  });
}

describe('the documentation', () => {
  it('of the command line is what the program says of itself', () => {
    execFileSync(process.execPath, ['scripts/cli-docs.mjs', '--check'], { cwd: before, stdio: 'pipe' });
    expect(readFileSync(join(before, 'docs/cli.md'), 'utf8')).toContain('### ureg graph impact');
  });

  it('shows only command lines that the program understands', async () => {
    const files = { 'test/fixtures/debian-sample.jsonl.gz': '', 'docs/examples/plugins.yaml': 'kind: Plugin\n' };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(fixture.program.home, name)), { recursive: true });
      writeFileSync(join(fixture.program.home, name), text);
    }
    expect(lines.length).toBeGreaterThan(50);
    expect(await misunderstood(lines)).toEqual([]);
  });

  it('speaks only of commands and flags that there are', async () => {
    expect(spoken.length).toBeGreaterThan(5);
    expect(await misunderstood(spoken, /unknown (command|option)|has no command|too many arguments/)).toEqual([]);
  });

  it('says why of every line that nobody can run as it stands', () => {
    // first-minutes.spec runs those of the readme and the tour, examples.spec those of the other pages.
    expect(lines.filter(({ norun }) => norun !== undefined && norun.length < 10)).toEqual([]);
    expect(lines.filter(({ norun }) => norun !== undefined).length).toBeLessThan(10);
  });
});
