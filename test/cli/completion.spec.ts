import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLUGIN_MANAGER, PROGRAM_NAMES } from '../../src/cli/aliases.js';
import { useFixture } from './support/fixture.js';
import { Terminal, there } from './support/terminal.js';

jest.setTimeout(120_000);

const fixture = useFixture();
const MOST_LINES = 15;
const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
const scripts = {} as Record<(typeof SHELLS)[number], string>;
let bin: string;
/** What programs of these names were asked for, a line each. */
const asked = (): string[] => readFileSync(join(bin, 'asked'), 'utf8').split('\n').slice(0, -1);

beforeAll(async () => {
  bin = join(fixture.program.folder, 'completing');
  mkdirSync(join(bin, 'folder'), { recursive: true });
  // In place of the program: what is started for a TAB is seen, and what the completed line would have run.
  for (const name of PROGRAM_NAMES) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "$*" >> '${bin}/asked'\n${ANSWERS}\nexit 0\n`);
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

/** What it would say of names and ids. */
const ANSWERS = String.raw`case "$*" in
  __complete\ relationship*) printf '1042\tsvc_a -calls-> svc_b\n1043\tsvc_a -calls-> svc_c\n';;
  __complete\ instance*) printf 'web-1\t10.0.0.1:8080 passing\n';;
  __complete\ profile*) printf 'prod\thttps://registry.example.com\nstaging\n';;
  __complete*) printf 'plugin_ab@1.0.0\nplugin_ab@1.1.0\n';;
esac`;

/** What follows a line, to TAB: in the shell as a person has it, on a terminal. Answers what the completed line ran. */
async function completed(command: string, load: string, lines: readonly string[]): Promise<string[]> {
  // Some at a time: a terminal is given up after a while.
  if (lines.length > MOST_LINES) await completed(command, load, lines.slice(0, -MOST_LINES));
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: fixture.program.home, PS1: 'READY> ', TERM: 'dumb' };
  const terminal = new Terminal(command, { env, cwd: bin });
  await terminal.shows('READY> ');
  terminal.type(`${load}; echo LOAD""ED\n`);
  await terminal.shows('LOADED');
  for (const [index, line] of lines.slice(-MOST_LINES).entries()) {
    terminal.type(`${line}\t`);
    terminal.type(`; echo DONE""${index}\n`);
    await terminal.shows(`DONE${index}`);
  }
  terminal.type('exit\n');
  await terminal.ended;
  return asked();
}

/** What is typed before TAB, what it becomes, and what the program was asked for it: nothing for words that stand in the script. */
const CASES: readonly (readonly [typed: string, becomes: string, asked?: string])[] = [
  ['ureg gra', 'ureg graph'],
  ['nexus-registry token ref', 'nexus-registry token refresh'],
  ['ureg list --stat', 'ureg list --status'],
  ['universal-registry-cli completion pow', 'universal-registry-cli completion powershell'],
  ['ureg --quiet profile sh', 'ureg --quiet profile show'],
  [`${PLUGIN_MANAGER} disc`, `${PLUGIN_MANAGER} discover`],
  ['ureg get plugin_ab@1.1', 'ureg get plugin_ab@1.1.0', 'entry plugin_ab@1.1'],
  // Values of flags, both ways of writing them; of short ones too.
  ['ureg list --output yam', 'ureg list --output yaml'],
  ['ureg list -o wid', 'ureg list -o wide'],
  ['ureg list -qo wid', 'ureg list -qo wide'],
  ['ureg list --color=al', 'ureg list --color=always'],
  ['ureg list -o templ', 'ureg list -o template='],
  ['ureg service list --status runn', 'ureg service list --status running'],
  ['ureg grid list --status=draini', 'ureg grid list --status=draining'],
  ['ureg config set a b --scope envi', 'ureg config set a b --scope environment'],
  [`${PLUGIN_MANAGER} list --status=inst`, `${PLUGIN_MANAGER} list --status=installed`],
  // Several, separated by commas; fields are those of the command.
  ['ureg relationship list --types calls,depen', 'ureg relationship list --types calls,depends_on'],
  ['ureg relationship list --fields id,source_k', 'ureg relationship list --fields id,source_key'],
  ['ureg relationship list --json=id,source_k', 'ureg relationship list --json=id,source_key'],
  // Names as values, asked for as for arguments.
  ['ureg registry create a --parent=plugin_ab@1.1', 'ureg registry create a --parent=plugin_ab@1.1.0', 'registry plugin_ab@1.1 --of a'], // prettier-ignore
  ['ureg list --profile pr', 'ureg list --profile prod', 'profile pr'],
  ['ureg --profile=pr', 'ureg --profile=prod', 'profile pr'],
  // Files where a file is wanted, and nothing where anything may stand.
  ['ureg create -f aske', 'ureg create -f asked'],
  ['ureg create -faske', 'ureg create -faske'],
  ['ureg create -f - --own', 'ureg create -f - --owner'],
  ['ureg create --file=aske', 'ureg create --file=asked'],
  ['ureg restore --data-dir fold', 'ureg restore --data-dir folder/'],
  ['ureg update x --data @aske', 'ureg update x --data @asked'],
  ['ureg list --owner aske', 'ureg list --owner aske'],
  ['ureg list --owner=aske', 'ureg list --owner=aske'],
  ['ureg ai classify aske', 'ureg ai classify aske'],
  // The value of a flag is neither a command nor an argument.
  ['ureg --profile graph --color never gra', 'ureg --profile graph --color never graph'],
  ['ureg --server=http://a lis', 'ureg --server=http://a list'],
  ['ureg list --owner service --feat', 'ureg list --owner service --feature'],
  ['ureg create plug --description "two words" --stat', 'ureg create plug --description "two words" --status'],
  ['ureg api --field a=b GE', 'ureg api --field a=b GET'],
  ['ureg relationship create a depen', 'ureg relationship create a depends_on'],
  ['ureg relationship create --weight 2 a depen', 'ureg relationship create --weight 2 a depends_on'],
  ['ureg relationship create depends_on a depen', 'ureg relationship create depends_on a depen', 'entry depen --of depends_on'], // prettier-ignore
  ['ureg graph svc_a wal', 'ureg graph svc_a wal'],
  ['ureg graph svc_a --direc', 'ureg graph svc_a --direction'],
  // Ids: of what was named before, in the registry that the line names.
  ['ureg classification rules delete 5 plugin_ab@1.1', 'ureg classification rules delete 5 plugin_ab@1.1.0', 'rule plugin_ab@1.1 --of 5'], // prettier-ignore
  ['ureg service instances get svc_a we', 'ureg service instances get svc_a web-1', 'instance we --of svc_a'],
  ['ureg get --profile prod plugin_ab@1.1', 'ureg get --profile prod plugin_ab@1.1.0', '--profile prod entry plugin_ab@1.1'], // prettier-ignore
  ['ureg get --profile "pro', 'ureg get --profile "prod', 'profile pro'],
  ['ureg get -- plugin_ab@1.1', 'ureg get -- plugin_ab@1.1.0', 'entry plugin_ab@1.1'],
];
const LINES = CASES.map(([typed]) => typed);
/** No process was started for words; one for the names in the registry, and those of before the @ stay. */
const RAN = CASES.flatMap(([, becomes, wanted]) => [
  ...(wanted === undefined ? [] : [`__complete ${wanted}`]),
  becomes.replace(/^\S+ /, '').replaceAll('"', ''),
]);

/** On a terminal, what stands below a line after TAB was pressed twice. */
async function listed(command: string, load: string, line: string, what: RegExp): Promise<string> {
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: fixture.program.home, PS1: 'READY> ', TERM: 'dumb' };
  const terminal = new Terminal(command, { env, cwd: bin });
  await terminal.shows('READY> ');
  terminal.type(`${load}; echo LOAD""ED\n`);
  await terminal.shows('LOADED');
  terminal.type(`${line}\t\t`);
  const text = await terminal.shows(what);
  terminal.type('\x15exit\n');
  await terminal.ended;
  return text;
}

describe('completion', () => {
  it('is the shell’s own in bash, without the bash-completion package, for every name', async () => {
    expect(await completed('bash --norc --noprofile -i', `source '${bin}/bash'`, LINES)).toEqual(RAN);
  });

  it('in bash lists ids with what they are, and writes them without', async () => {
    const shell = ['bash --norc --noprofile -i', `source '${bin}/bash'`] as const;
    await listed(
      ...shell,
      'ureg relationship get 104',
      /1042 {2}\(svc_a -calls-> svc_b\)\s+1043 {2}\(svc_a -calls-> svc_c\)/,
    );
    writeFileSync(join(bin, 'asked'), '');
    expect((await completed(...shell, ['ureg relationship get 1043'])).at(-1)).toBe('relationship get 1043');
  });

  (there('zsh') ? describe : describe.skip)('in zsh, skipped where there is none', () => {
    it('is the shell’s own', async () => {
      const load = `autoload -Uz compinit; compinit -u -D; source '${bin}/zsh'`;
      // The slash goes when what is typed next cannot belong to a path.
      expect(await completed('zsh -f -i', load, LINES)).toEqual(RAN.map((line) => line.replace(/\/$/, '')));
    });

    it('lists ids with what they are', async () => {
      const load = `autoload -Uz compinit; compinit -u -D; source '${bin}/zsh'`;
      const told = /1042 {2}-- svc_a -calls-> svc_b\s+1043 {2}-- svc_a -calls-> svc_c/;
      expect(await listed('zsh -f -i', load, 'ureg relationship get 104', told)).toContain('READY');
    });
  });

  (there('fish') ? describe : describe.skip)('in fish, skipped where there is none', () => {
    it('is the shell’s own', () => {
      const env = { PATH: `${bin}:${process.env.PATH}`, HOME: fixture.program.home };
      const script = `source '${bin}/fish'
        for line in $argv; set -l found (complete -C $line | string replace -r '\\t.*' ''); echo "$found"; end`;
      const found = execFileSync('fish', ['--no-config', '-c', script, ...LINES], { env, cwd: bin }).toString();
      expect(found.split('\n').slice(0, -1)).toEqual(
        CASES.map(([typed, becomes]) => (typed === becomes ? '' : becomes.split(' ').at(-1)?.replace('"', ''))),
      );
      expect(asked()).toEqual(RAN.filter((line) => line.startsWith('__complete')));
    });

    it('tells beside an id what it is', () => {
      const env = { PATH: `${bin}:${process.env.PATH}`, HOME: fixture.program.home };
      const script = `source '${bin}/fish'; complete -C 'ureg relationship get 104'`;
      expect(execFileSync('fish', ['--no-config', '-c', script], { env, cwd: bin }).toString()).toBe(
        '1042\tsvc_a -calls-> svc_b\n1043\tsvc_a -calls-> svc_c\n',
      );
    });
  });

  it.each(SHELLS)('for %s says how to load it, by the name it was asked of', async (shell) => {
    for (const name of PROGRAM_NAMES) {
      const { stdout } = await fixture.ureg(['completion', shell], { as: name });
      expect(stdout.slice(0, 300)).toContain(`${name} completion ${shell}`);
    }
  });
});
