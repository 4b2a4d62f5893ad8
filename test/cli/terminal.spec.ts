import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY, useFixture } from './support/fixture.js';
import { CALLS, everyLeaf } from './support/leaves.js';
import { complaints } from './support/program.js';
import { ENTRY } from './support/stub-entry.js';
import { Terminal, type TerminalOptions } from './support/terminal.js';

jest.setTimeout(120_000);

const CTRL_C = '\u0003';
const ESCAPE = '\u001b[';
const fixture = useFixture();

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** The program on a terminal, with the profile prod of the stub. */
function ureg(args: readonly string[], { env, ...more }: Partial<TerminalOptions> = {}): Terminal {
  const words = [process.execPath, join(fixture.program.folder, 'ureg'), ...args].map(quoted).join(' ');
  const { home } = fixture.program;
  return new Terminal(words, { cwd: home, env: { HOME: home, UREG_PROFILE: 'prod', ...env }, ...more });
}

beforeEach(() => {
  const folder = join(fixture.program.home, '.config/universal-registry');
  mkdirSync(folder, { recursive: true });
  const prod = { server: fixture.stub.url, key: KEY };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ profiles: { prod } }), { mode: 0o600 });
  writeFileSync(join(fixture.program.home, 'piped'), CALLS['token revoke']?.stdin ?? '');
});

describe('on a terminal', () => {
  it.each<[string, string[], Record<string, string>, boolean]>([
    ['there is colour', [], {}, true],
    ['NO_COLOR takes it away', [], { NO_COLOR: '1' }, false],
    ['a dumb terminal has none', [], { TERM: 'dumb' }, false],
    ['--color=always wins over NO_COLOR', ['--color=always'], { NO_COLOR: '1' }, true],
    ['--color=never wins over FORCE_COLOR', ['--color=never'], { FORCE_COLOR: '1' }, false],
  ])('%s, in data and in errors', async (_, flags, env, coloured) => {
    const shown = ureg(['list', ...flags], { env });
    const failed = ureg(['list', '--nope', ...flags], { env });
    expect([await shown.ended, await failed.ended]).toEqual([0, 2]);
    expect([shown, failed].map(({ text }) => text.includes(ESCAPE))).toEqual([coloured, coloured]);
  });

  it('a table keeps to its columns', async () => {
    fixture.stub.override = (_, response) => {
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify([{ ...ENTRY, title: 'x'.repeat(300) }]));
      return true;
    };
    const narrow = ureg(['list', '--no-color'], { columns: 60 });
    expect(await narrow.ended).toBe(0);
    expect(narrow.text).toContain('…');
    expect(narrow.text.split('\r\n').filter((line) => line.length > 60)).toEqual([]);
  });

  it('long work shows itself on stderr, and is gone at the end', async () => {
    fixture.stub.override = (_, response) => {
      setTimeout(() => response.setHeader('content-type', 'application/json').end('[]'), 1000);
      return true;
    };
    const slow = ureg(['list']);
    expect(await slow.ended).toBe(0);
    const [told, last] = slow.text.split(`\r${ESCAPE}2K`).slice(-2);
    expect(told).toMatch(/^[|/\\-] reading {2}\d\.\d s$/);
    expect(last).toBe('no entries match\r\n');
  });
});

describe('the pager', () => {
  const paged = (): string => join(fixture.program.home, 'paged');
  const keeping = (): string => `cat > '${paged()}'; echo PAGED`;
  beforeEach(() => {
    rmSync(paged(), { force: true });
    fixture.stub.override = (_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(Array(40).fill(ENTRY)));
      return true;
    };
  });

  it.each<[string, string[], () => Record<string, string>, boolean]>([
    ['is $UREG_PAGER', ['list'], () => ({ UREG_PAGER: keeping(), PAGER: 'false' }), true],
    ['is $PAGER', ['list'], () => ({ PAGER: keeping() }), true],
    ['is not used with --no-pager', ['list', '--no-pager'], () => ({ PAGER: keeping() }), false],
    ['is not used where it is empty', ['list'], () => ({ UREG_PAGER: '', PAGER: keeping() }), false],
    ['never shows JSON', ['list', '-o', 'json'], () => ({ PAGER: keeping() }), false],
    ['that is not there is done without', ['list'], () => ({ PAGER: 'no-such-pager' }), false],
  ])('%s', async (_, args, env, used) => {
    const list = ureg(args, { env: env() });
    expect(await list.ended).toBe(0);
    expect([existsSync(paged()), list.text.includes('PAGED'), list.text.includes(ENTRY.key)]).toEqual([
      used,
      used,
      !used,
    ]);
    if (used) expect(readFileSync(paged(), 'utf8').split('\n')).toHaveLength(42);
  });

  it('shows only what does not fit', async () => {
    const list = ureg(['list'], { env: { PAGER: keeping() }, rows: 60 });
    expect([await list.ended, existsSync(paged())]).toEqual([0, false]);
  });

  it('has Ctrl-C to itself', async () => {
    const pager = `trap '' INT; cat >/dev/null; echo PAGING; read line </dev/tty; echo LEFT`;
    const list = ureg(['list'], { env: { PAGER: pager } });
    await list.shows('PAGING');
    list.type(CTRL_C);
    list.type('q\n');
    await list.shows('LEFT');
    expect(await list.ended).toBe(0);
  });
});

describe('a question', () => {
  it('of every dangerous command says of which profile it is; Ctrl-C is 12, and nothing has changed', async () => {
    const dangerous = (await everyLeaf()).filter(({ spec }) => spec.effect === 'deletes');
    const found = await complaints(dangerous, async ({ path, words }) => {
      const args = (CALLS[path]?.args ?? []).filter((arg) => arg !== '--yes');
      const asking = ureg([...words, ...args, ...(CALLS[path]?.stdin === undefined ? [] : ['--file', 'piped'])]);
      const said = await asking.shows(/No|Type \S+ to go on/);
      asking.type(CTRL_C);
      const code = await asking.ended;
      return [
        ...(said.includes('(profile prod, 127.0.0.1:') ? [] : [`${path}: ${said}`]),
        ...(code === 12 && asking.text.includes('cancelled, nothing was changed')
          ? []
          : [`${path}: ends with ${code}`]),
      ];
    });
    expect(found).toEqual([]);
    expect(fixture.stub.writes).toEqual([]);
  });

  it('about several says how many', async () => {
    const asking = ureg(['delete', 'svc_a', 'svc_b', 'svc_c']);
    await asking.shows('Delete 3 entries from the registry (profile prod, ');
    asking.type('y');
    expect(await asking.ended).toBe(0);
    expect(fixture.stub.writes).toHaveLength(3);
  });

  it('about what cannot be made good again wants the name, whatever --yes says', async () => {
    const wrong = ureg(['delete', 'svc_a', '--force', '--yes']);
    await wrong.shows('Type svc_a to go on');
    wrong.type('yes\r');
    expect(await wrong.ended).toBe(12);
    expect(fixture.stub.writes).toEqual([]);
    const right = ureg(['delete', 'svc_a', '--force']);
    await right.shows('Type svc_a to go on');
    right.type('svc_a\r');
    expect(await right.ended).toBe(0);
    expect(fixture.requests()).toEqual(['DELETE /api/v1/entities/svc_a?force=true']);
  });

  it('is never asked with -o json or --no-input', async () => {
    for (const more of [['-o', 'json'], ['--no-input']]) {
      const refused = ureg(['delete', 'svc_a', ...more]);
      expect(await refused.ended).toBe(2);
      expect(refused.text).toContain('add --yes');
    }
    expect(fixture.stub.seen).toEqual([]);
  });

  it('is cancelled when nobody is there any more, and leaves the cursor as it was', async () => {
    const asking = ureg(['delete', 'svc_a']);
    await asking.shows('No');
    expect(asking.text).toContain(`${ESCAPE}?25l`);
    asking.type('\u0004');
    asking.type(CTRL_C);
    expect(await asking.ended).toBe(12);
    expect(asking.text.lastIndexOf(`${ESCAPE}?25h`)).toBeGreaterThan(asking.text.lastIndexOf(`${ESCAPE}?25l`));
  });

  it('for a key does not show it', async () => {
    const asking = ureg(['login', '--as', 'new', '--server', fixture.stub.url], { env: { UREG_PROFILE: undefined } });
    await asking.shows(/key/i);
    asking.type(`${KEY}\r`);
    expect(await asking.ended).toBe(0);
    expect(asking.text).not.toContain(KEY);
  });
});

it('data that was to be piped in is asked for with the usage line', async () => {
  const refused = ureg(['create', '-f', '-']);
  expect(await refused.ended).toBe(2);
  expect(refused.text).toMatch(/nothing is piped into this command\r\nreason: .*terminal\r\nusage: ureg create /);
});

it('Ctrl-C ends what it interrupts with a word and 130', async () => {
  fixture.stub.reset('silent');
  const waiting = ureg(['health', '--wait']);
  while (fixture.stub.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  waiting.type(CTRL_C);
  expect(await waiting.ended).toBe(130);
  expect(waiting.text).toMatch(
    /interrupted: http\S+ does not know that you waited; ask again with: ureg health --wait/,
  );
});
