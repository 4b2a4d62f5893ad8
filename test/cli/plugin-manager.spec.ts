import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useFixture } from './support/fixture.js';
import { everyLeaf } from './support/leaves.js';
import { runHere } from './support/run-here.js';
import { complaints, type Ended } from './support/program.js';

jest.setTimeout(120_000);

const NAME = 'nexus-plugin-manager';
const fixture = useFixture();
const manager = (...args: string[]): Promise<Ended> => fixture.ureg(args, { as: NAME });

describe('nexus-plugin-manager', () => {
  it.each([
    [['list'], 'GET /api/v1/plugins?limit=50&count=exact'],
    [['list', 'ai-ml'], 'GET /api/v1/plugins?feature=ai-ml&limit=50&count=exact'],
    [['features'], 'GET /api/v1/feature-categories?limit=1000'],
    [['mesh'], 'GET /api/v1/plugins?limit=1000'],
    [['register', 'plugin.yaml'], 'POST /api/v1/plugins/register'],
    [['discover', 'plugin.yaml'], 'POST /api/v1/plugins/discover'],
    [['install', 'plugin_a'], 'POST /api/v1/plugins/plugin_a/install'],
    [['enable', 'plugin_a'], 'POST /api/v1/plugins/plugin_a/activate'],
    [['health'], 'GET /health'],
  ])('%j asks %s', async (args, expected) => {
    writeFileSync(join(fixture.program.home, 'plugin.yaml'), 'kind: Plugin\n');
    const ended = await manager(...args);
    expect([ended.code, fixture.requests(), ended.stderr.includes('error')]).toEqual([0, [expected], false]);
  });

  it('calls itself by that name in all of its help, and knows plugins only', async () => {
    const root = await manager('--help');
    expect(root.stdout).toContain('nexus-plugin-manager register ./plugin.yaml');
    const found = await complaints(await everyLeaf(NAME), async ({ path, words }) => {
      const { stdout, code } = await runHere([...words, '--help'], { as: NAME });
      const named = stdout.includes(`  ${NAME} ${words.join(' ')}`) && !/^ {2}\S+ plugin /m.test(stdout);
      return code === 0 && named ? [] : [`${path}: ${stdout}`];
    });
    expect(found).toEqual([]);
    expect(await manager('service', 'list')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`unknown command 'service'`),
    });
  });

  it('completes its own commands beside those of the other names', async () => {
    const scripts = [await fixture.ureg(['completion', 'bash']), await manager('completion', 'bash')];
    const complete = (...words: string[]): string[] => {
      const line = words.join(' ');
      const name = words[0] === NAME ? '_nexus_plugin_manager' : '_ureg';
      const test = `${scripts.map(({ stdout }) => stdout).join('\n')}
        COMP_LINE='${line}'; COMP_POINT=${line.length}; ${name}; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['--norc', '-s'], {
        input: test,
        env: { PATH: process.env.PATH },
        cwd: fixture.program.home,
      })
        .toString()
        .trim()
        .split('\n');
    };
    expect(complete(NAME, 'reg')).toEqual(['register']);
    expect(complete('ureg', 'reg')).toEqual(['registry']);
    expect(complete('ureg', 'plugin', 'act')).toEqual(['activate']);
    for (const shell of ['zsh', 'fish', 'powershell']) {
      const { stdout } = await manager('completion', shell);
      expect([stdout.includes(NAME), /_ureg|UregCompletions|-c ureg\b/.test(stdout)]).toEqual([true, false]);
    }
  });
});
