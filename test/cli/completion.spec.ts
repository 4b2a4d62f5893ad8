import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { useFixture } from './support/fixture.js';
import { ENTRY } from './support/stub-entry.js';

jest.setTimeout(120_000);

const fixture = useFixture();

describe('completion', () => {
  it('completes commands, flags, words and names in bash, without the bash-completion package', async () => {
    const { stdout: script } = await fixture.ureg(['completion', 'bash']);
    const complete = (...words: string[]): string[] => {
      const quoted = words.map((word) => `'${word}'`).join(' ');
      const test = `${script}\nureg() { '${process.execPath}' '${join(fixture.program.folder, 'ureg')}' "$@"; }
        COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _ureg; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const env = { PATH: process.env.PATH, HOME: fixture.program.home, UREG_SERVER: fixture.stub.url };
      return execFileSync('bash', ['--norc', '-s'], { input: test, env, cwd: fixture.program.home })
        .toString()
        .trim()
        .split('\n');
    };
    expect(complete('ureg', 'gra')).toEqual(['graph']);
    expect(complete('nexus-registry', 'graph', 'imp')).toEqual(['impact']);
    expect(complete('ureg', 'list', '--sta')).toEqual(['--status']);
    expect(complete('ureg', '--server', 'list', 'plug')).toEqual(['plugin']);
    expect(complete('ureg', 'completion', 'f')).toEqual(['fish']);
  });

  it('asks the registry for names, and is silent when it cannot', async () => {
    expect((await fixture.ureg(['__complete', 'entry', 'plugin_my'])).stdout).toBe(`${ENTRY.key}\n`);
    expect((await fixture.ureg(['__complete', 'type', 'plu'])).stdout).toBe('plugin\n');
    const gone = await fixture.ureg(['__complete', 'entry', 'x'], { env: { UREG_SERVER: 'http://127.0.0.1:9' } });
    expect(gone).toMatchObject({ code: 0, stdout: '', stderr: '' });
    fixture.stub.reset('silent');
    const late = await fixture.ureg(['__complete', 'entry', 'x']);
    expect(late).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(late.ms).toBeLessThan(2500);
  });

  it.each(['zsh', 'fish', 'powershell'])('has a script for %s that knows every name and command', async (shell) => {
    const { code, stdout } = await fixture.ureg(['completion', shell]);
    expect(code).toBe(0);
    for (const word of ['nexus-registry', 'universal-registry-cli', 'graph impact', 'config-file'])
      expect(stdout).toContain(word);
  });
});
