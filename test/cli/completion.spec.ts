import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLUGIN_MANAGER, PROGRAM_NAMES } from '../../src/cli/aliases.js';
import { completions } from '../../src/cli/completion/words.js';
import { useFixture } from './support/fixture.js';
import { ENTRY } from './support/stub-entry.js';
import { Terminal, there } from './support/terminal.js';

jest.setTimeout(120_000);

const fixture = useFixture();
const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
const scripts = {} as Record<(typeof SHELLS)[number], string>;
let bin: string;
/** What programs of these names were asked for, a line each. */
const asked = (): string[] => readFileSync(join(bin, 'asked'), 'utf8').split('\n').slice(0, -1);

beforeAll(async () => {
  bin = join(fixture.program.folder, 'completing');
  mkdirSync(bin);
  // In place of the program: what is started for a TAB is seen, and what the completed line would have run.
  for (const name of PROGRAM_NAMES) {
    writeFileSync(
      join(bin, name),
      `#!/bin/sh\necho "$*" >> '${bin}/asked'\n[ "$1" = __complete ] && printf 'plugin_ab@1.0.0\\nplugin_ab@1.1.0\\n'\nexit 0\n`,
    );
    chmodSync(join(bin, name), 0o755);
  }
  for (const shell of SHELLS) {
    const own = await Promise.all([
      fixture.ureg(['completion', shell]),
      fixture.ureg(['completion', shell], { as: PLUGIN_MANAGER }),
    ]);
    scripts[shell] = own.map(({ stdout }) => stdout).join('\n');
    writeFileSync(join(bin, shell), scripts[shell]);
  }
});
beforeEach(() => writeFileSync(join(bin, 'asked'), ''));

/** What follows a line, to TAB: in the shell as a person has it, on a terminal. Answers what the completed line ran. */
async function completed(command: string, load: string, lines: readonly string[]): Promise<string[]> {
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: fixture.program.home, PS1: 'READY> ', TERM: 'dumb' };
  const terminal = new Terminal(command, { env, cwd: bin });
  await terminal.shows('READY> ');
  terminal.type(`${load}; echo LOAD""ED\n`);
  await terminal.shows('LOADED');
  for (const [index, line] of lines.entries()) {
    terminal.type(`${line}\t`);
    terminal.type(`; echo DONE""${index}\n`);
    await terminal.shows(`DONE${index}`);
  }
  terminal.type('exit\n');
  await terminal.ended;
  return asked();
}

const LINES = [
  'ureg gra',
  'nexus-registry token ref',
  'ureg list --stat',
  'universal-registry-cli completion pow',
  'ureg --quiet profile sh',
  `${PLUGIN_MANAGER} disc`,
  'ureg get plugin_ab@1.1',
];
/** No process was started for words; one for the names in the registry, and those of before the @ stay. */
const RAN = [
  'graph',
  'token refresh',
  'list --status',
  'completion powershell',
  '--quiet profile show',
  'discover',
  '__complete entry plugin_ab@1.1',
  'get plugin_ab@1.1.0',
];

describe('completion', () => {
  it('is the shell’s own in bash, without the bash-completion package, for every name', async () => {
    expect(await completed('bash --norc --noprofile -i', `source '${bin}/bash'`, LINES)).toEqual(RAN);
  });

  (there('zsh') ? describe : describe.skip)('in zsh, skipped where there is none', () => {
    it('is the shell’s own', async () => {
      const load = `autoload -Uz compinit; compinit -u -D; source '${bin}/zsh'`;
      expect(await completed('zsh -f -i', load, LINES)).toEqual(RAN);
    });
  });

  (there('fish') ? describe : describe.skip)('in fish, skipped where there is none', () => {
    it('is the shell’s own', () => {
      const env = { PATH: `${bin}:${process.env.PATH}`, HOME: fixture.program.home };
      const script = `source '${bin}/fish'; for line in $argv; set -l found (complete -C $line); echo "$found"; end`;
      const found = execFileSync('fish', ['--no-config', '-c', script, ...LINES], { env, cwd: bin }).toString();
      expect(found.split('\n').slice(0, -1)).toEqual([
        'graph',
        'refresh',
        '--status',
        'powershell',
        'show',
        'discover',
        'plugin_ab@1.1.0',
      ]);
      expect(asked()).toEqual(['__complete entry plugin_ab@1.1']);
    });
  });

  // There is no PowerShell to run it in: its text is taken apart instead.
  it('in PowerShell knows every command path with its words, its flags and where its names come from', async () => {
    const text = (await fixture.ureg(['completion', 'pwsh'])).stdout;
    const rows = [...text.matchAll(/^ {2}'(.*)' = @\{ words = '(.*)'; flags = '(.*)'; dynamic = '(.*)' \}$/gm)];
    const all = await completions('ureg');
    expect(rows.map(([, ...row]) => row)).toEqual(
      all.map(({ path, words, flags, dynamic }) => [path, words.join(' '), flags.join(' '), dynamic ?? '']),
    );
    const code = text.slice(text.indexOf('Register-ArgumentCompleter')).replace(/'[^']*'/g, "''");
    for (const [open, close] of ['()', '{}', '[]'])
      expect([open, code.split(open ?? '').length]).toEqual([open, code.split(close ?? '').length]);
    expect(code.match(/\$found \+?= @\(/g)).toHaveLength(2);
    expect(code).toContain(`-Native -CommandName ureg, universal-registry-cli, nexus-registry -ScriptBlock {`);
    expect(new Set(all.map(({ path }) => path)).size).toBe(all.length);
  });

  it.each(SHELLS)('for %s says how to load it, by the name it was asked of', async (shell) => {
    for (const name of PROGRAM_NAMES) {
      const { stdout } = await fixture.ureg(['completion', shell], { as: name });
      expect(stdout.slice(0, 300)).toContain(`${name} completion ${shell}`);
    }
  });

  it('asks the registry for names, and is silent when it cannot', async () => {
    expect((await fixture.ureg(['__complete', 'entry', 'plugin_my'])).stdout).toBe(`${ENTRY.key}\n`);
    expect((await fixture.ureg(['__complete', 'type', 'plu'])).stdout).toBe('plugin\n');
    const gone = await fixture.ureg(['__complete', 'entry', 'x'], { env: { UREG_SERVER: 'http://127.0.0.1:9' } });
    expect(gone).toMatchObject({ code: 0, stdout: '', stderr: '' });
    fixture.stub.reset(401);
    expect(await fixture.ureg(['__complete', 'key', 'x'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    fixture.stub.reset('silent');
    const late = await fixture.ureg(['__complete', 'entry', 'x']);
    expect(late).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(late.ms).toBeLessThan(2500);
  });
});
