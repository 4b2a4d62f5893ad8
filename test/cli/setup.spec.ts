import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY, useFixture } from './support/fixture.js';

jest.setTimeout(120_000);

const fixture = useFixture();
const config = (): string => join(fixture.program.home, '.config/universal-registry/config.json');
const kept = (): Record<string, unknown> => JSON.parse(readFileSync(config(), 'utf8')) as Record<string, unknown>;
const NOTHING = { UREG_SERVER: '', UREG_TOKEN: '' };

/** A person at a terminal: waits for each text and answers it. */
async function talk(words: string[], answers: readonly (readonly [RegExp, string])[]): Promise<string> {
  const program = [process.execPath, join(fixture.program.folder, 'ureg'), ...words]
    .map((word) => `'${word}'`)
    .join(' ');
  const line = `stty cols 120 rows 40; ${program}`;
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    cwd: fixture.program.home,
    env: { PATH: process.env.PATH, HOME: fixture.program.home, TERM: 'xterm', NO_COLOR: '1' },
  });
  let shown = '';
  let from = 0;
  const waiting = [...answers];
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString();
    const next = waiting[0];
    if (!next?.[0].test(shown.slice(from))) return;
    waiting.shift();
    from = shown.length;
    // A prompt reads only once it has been drawn.
    setTimeout(() => child.stdin.write(next[1]), 50);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  return `${waiting.length === 0 ? '' : `not asked: ${String(waiting[0]?.[0])}\n`}${shown}\nended with ${String(code)}`;
}

describe('setup', () => {
  it('takes everything from flags where nobody can be asked, tries it, and keeps it for its owner only', async () => {
    writeFileSync(join(fixture.program.home, 'key.txt'), `${KEY}\n`);
    const words = ['setup', '--server', fixture.stub.url, '--token-file', 'key.txt', '--as', 'prod', '--no-input'];
    expect(await fixture.ureg([...words, '-n'], { env: NOTHING })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('would use'),
    });
    expect(() => statSync(config())).toThrow('ENOENT');
    expect(await fixture.ureg(words, { env: NOTHING })).toMatchObject({
      code: 0,
      stdout: `using ${fixture.stub.url} as Test key (profile prod in ${config()})\nnext: ureg list\n`,
      stderr: '',
    });
    expect(fixture.requests()).toEqual(
      Array.from({ length: 2 }, () => ['GET /health', 'GET /api/v1/gateway/whoami']).flat(),
    );
    expect(fixture.stub.seen[0]?.headers.authorization).toBeUndefined();
    expect(statSync(config()).mode & 0o777).toBe(0o600);
    expect(kept()).toEqual({ current: 'prod', profiles: { prod: { server: fixture.stub.url, key: KEY } } });
    expect(await fixture.ureg(['list'], { env: NOTHING })).toMatchObject({ code: 0 });
  });

  it('names the flag that is missing, at once', async () => {
    expect(await fixture.ureg(['setup'], { env: NOTHING })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('missing required flag --server'),
    });
    const words = ['setup', '--server', fixture.stub.url, '--no-input'];
    expect(await fixture.ureg(words, { env: NOTHING })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('missing required flag --token-file or --token-stdin'),
    });
    expect(fixture.stub.seen).toEqual([]);
  });

  it('keeps nothing that does not work', async () => {
    fixture.stub.override = ({ path }, response) => {
      if (path === '/health') return false;
      response.writeHead(401, { 'content-type': 'application/problem+json' }).end('{"detail":"no such key"}');
      return true;
    };
    expect(await fixture.ureg(['setup', '--as', 'x'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('no such key'),
    });
    fixture.stub.override = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
      return true;
    };
    expect(await fixture.ureg(['setup', '--as', 'x'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not a registry'),
    });
    expect(() => statSync(config())).toThrow('ENOENT');
  });

  it('asks a person for the address, again when nothing is there, and for the key without showing it', async () => {
    const clear = '\u0015';
    const said = await talk(
      ['setup'],
      [
        [/Where is the registry\?/, `${clear}http://127.0.0.1:9\r`],
        [/nothing listens there[^]*Where is the registry\?/, `${clear}${fixture.stub.url}\r`],
        [/Key for 127/, `${KEY}\r`],
        [/Under which name/, '\r'],
      ],
    );
    expect(said).toMatch(/next: ureg list[^]*ended with 0$/);
    expect(said).toContain('nothing listens there');
    expect(said).not.toContain(KEY);
    expect(kept()).toEqual({ current: 'default', profiles: { default: { server: fixture.stub.url, key: KEY } } });
  });

  it('offers the key that a registry on this machine left, and ends with 12 when the person leaves', async () => {
    const folder = join(fixture.program.home, 'data');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'admin.key'), `${KEY}\n`);
    const said = await talk(
      ['setup', '--server', fixture.stub.url, '--as', 'local'],
      [[/Use the key from .*admin\.key/, '\r']],
    );
    expect(said).toMatch(/ended with 0$/);
    expect(kept()).toMatchObject({ current: 'local' });
    const left = await talk(['setup', '--server', fixture.stub.url], [[/Use the key/, '\u0003']]);
    expect(left).toMatch(/cancelled, nothing was changed[^]*ended with 12$/);
    rmSync(folder, { recursive: true });
  });
});
