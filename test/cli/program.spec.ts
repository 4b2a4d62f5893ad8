import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { useFixture } from './support/fixture.js';
import type { Ended } from './support/program.js';
import { ENTRY } from './support/stub-entry.js';

jest.setTimeout(120_000);

const fixture = useFixture();

/** A line for a shell; `"$0" "$1"` is the program. */
const shell = (line: string): Promise<Pick<Ended, 'code' | 'stderr'>> =>
  new Promise((resolve) => {
    const env = { PATH: process.env.PATH, HOME: fixture.program.home, UREG_SERVER: fixture.stub.url };
    execFile('bash', ['-c', line, process.execPath, fixture.program.main], { env }, (error, _, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stderr }),
    );
  });

const left = (prefix: string): string[] => readdirSync(fixture.program.home).filter((name) => name.startsWith(prefix));

describe('the program itself', () => {
  it('opens the network neither for help, version and wrong usage nor to anyone but the server', async () => {
    const log = join(fixture.program.folder, 'connections');
    const hook = join(fixture.program.folder, 'hook.cjs');
    writeFileSync(
      hook,
      `const net = require('node:net'); const fs = require('node:fs'); const connect = net.Socket.prototype.connect;
       net.Socket.prototype.connect = function (...args) {
         const options = Array.isArray(args[0]) ? args[0][0] : args[0];
         fs.appendFileSync(${JSON.stringify(log)}, options.host + ':' + options.port + '\\n'); return connect.apply(this, args); };`,
    );
    const env = { NODE_OPTIONS: `--require ${hook}` };
    writeFileSync(log, '');
    for (const args of [
      ['--version'],
      ['--help'],
      ['list', '--help'],
      ['help', 'environment'],
      ['list', '--nope'],
      ['nope'],
      ['completion', 'bash'],
    ]) {
      await fixture.ureg(args, { env });
    }
    expect(readFileSync(log, 'utf8')).toBe('');
    for (const args of [['list'], ['search', 'x'], ['create', 'plugin', 'x']]) await fixture.ureg(args, { env });
    expect(new Set(readFileSync(log, 'utf8').trim().split('\n'))).toEqual(new Set([new URL(fixture.stub.url).host]));
  });

  // Less strictly than `npm run prove:cli`, which measures it by the clock on a machine with nothing else to do.
  it('starts at most 60 ms after bare Node', () => {
    const log = join(fixture.program.folder, 'cpu');
    const hook = join(fixture.program.folder, 'cpu.cjs');
    const empty = join(fixture.program.folder, 'empty.mjs');
    writeFileSync(empty, '');
    writeFileSync(
      hook,
      `process.on('exit', () => { const { user, system } = process.cpuUsage();
         require('node:fs').writeFileSync(${JSON.stringify(log)}, String((user + system) / 1000)); });`,
    );
    // Time on the processor rather than on the clock, in turns and the best of each: other work here does not count.
    const spent = (file: string): number => {
      execFileSync(process.execPath, ['--require', hook, file, '--version'], { stdio: 'pipe' });
      return Number(readFileSync(log, 'utf8'));
    };
    const rounds = Array.from({ length: 8 }, () => [spent(empty), spent(fixture.program.main)] as const);
    const bare = Math.min(...rounds.map(([one]) => one));
    const own = Math.min(...rounds.map(([, other]) => other));
    // The budget is for a machine that starts Node in 60 ms; a slower one has as much more.
    expect(own - bare).toBeLessThan(60 * Math.max(1, bare / 60));
  });

  it('loads nothing for prompts, YAML or wide characters until it is needed', async () => {
    // The name of a function of each is kept where it is bundled.
    const HEAVY = /,"(parseAllDocuments|isCancel|stringWidth|createElement|NestFactory)"\)/;
    const dist = join(fixture.program.folder, 'dist');
    const heavy = readdirSync(join(dist, 'chunks')).filter((file) =>
      HEAVY.test(readFileSync(join(dist, 'chunks', file), 'utf8')),
    );
    expect(heavy.length).toBeGreaterThan(0);
    const loadedBy = async (args: string[]): Promise<string[]> => {
      const seen = join(fixture.program.folder, 'loaded', args.join('-'));
      await fixture.ureg(args, { env: { NODE_V8_COVERAGE: seen } });
      const [report = ''] = readdirSync(seen);
      const { result } = JSON.parse(readFileSync(join(seen, report), 'utf8')) as { result: { url: string }[] };
      return result.filter(({ url }) => url.startsWith(`file://${dist}`)).map(({ url }) => fileURLToPath(url));
    };
    const loaded = await Promise.all([['--version'], ['list'], ['list', '-o', 'json'], ['get', 'x']].map(loadedBy));
    expect(loaded.flat().filter((file) => HEAVY.test(readFileSync(file, 'utf8')))).toEqual([]);
    const sizes = loaded.map((files) => files.reduce((sum, file) => sum + statSync(file).size, 0));
    expect(Math.max(...sizes)).toBeLessThan(200_000);
    expect(loaded[0]?.length).toBeGreaterThan(0);
  });

  it('gives its version, also as JSON, and says what it does when debugged', async () => {
    expect((await fixture.ureg(['--version'])).stdout).toMatch(/^ureg \d+\.\d+\.\d+ \(API v1\)\n$/);
    expect((await fixture.ureg(['list'], { env: { UREG_DEBUG: '1' } })).stderr).toMatch(
      /^debug: > GET \/api\/v1\/entities\S*\ndebug: < 200 \d+ ms, request [\w-]{36}\n$/,
    );
    expect(JSON.parse((await fixture.ureg(['--version', '-o', 'json'])).stdout)).toEqual({
      cli: expect.stringMatching(/^\d/),
      api: 'v1',
      node: process.versions.node,
      server: null,
    });
  });

  it('does not take the version of an entry for a question about its own, and leave the command undone', async () => {
    const { code, stdout, stderr } = await fixture.ureg(['create', 'service', 'checkout', '--version', '1.0.0']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(
      'error: --version tells the version of ureg, and stands alone\n' +
        'reason: the version of an entry is an argument\n' +
        'next: ureg create --help\n',
    );
  });

  it('takes global flags on either side, and nothing for a flag after --', async () => {
    const sides = await Promise.all([
      fixture.ureg(['-o', 'name', 'list']),
      fixture.ureg(['list', '-o', 'name']),
      fixture.ureg(['--output=name', 'list', 'plugin']),
    ]);
    expect(sides.map(({ stdout }) => stdout)).toEqual([`${ENTRY.key}\n`, `${ENTRY.key}\n`, `${ENTRY.key}\n`]);
    await fixture.ureg(['search', '--', '--debug']);
    expect(fixture.requests().at(-1)).toBe('GET /api/v1/search?q=--debug&limit=20');
  });

  it.each([
    [['service', 'create'], "argument 'name'"],
    [['delete', 'svc_a'], 'add --yes'],
    [['login', '--server', 'http://127.0.0.1:9'], '--token-stdin'],
    [['delete', 'svc_a', '--force', '--yes'], 'add --confirm=svc_a'],
  ])('%j does not wait for input that nobody gives', async (args, missing) => {
    // Standard input stays open, and nothing comes.
    const child = fixture.program.start(args, { env: { UREG_SERVER: fixture.stub.url } });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(2);
    expect(stderr).toContain(missing);
    expect(fixture.stub.seen).toEqual([]);
  });

  it('suggests, and never guesses', async () => {
    expect(await fixture.ureg(['lisst'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/unknown command 'lisst'\nreason: did you mean list/),
    });
    expect(await fixture.ureg(['list', '--statuss', 'x'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean --status?'),
    });
    expect(await fixture.ureg(['list', '--stat', 'active'])).toMatchObject({ code: 2 });
    expect(fixture.stub.seen).toEqual([]);
  });

  it('says how to ask for fields when a list follows --json', async () => {
    expect(await fixture.ureg(['list', '--json', 'id,name'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('write --json=id,name'),
    });
  });

  it.each([
    ['SIGINT', 130, 'interrupted\n'],
    ['SIGTERM', 143, 'terminated\n'],
  ] as const)('ends by %s with %i and a word', async (signal, code, word) => {
    fixture.stub.reset('silent');
    const child = fixture.program.start(['list'], { env: { UREG_SERVER: fixture.stub.url } });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    while (fixture.stub.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const asked = performance.now();
    child.kill(signal);
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(code);
    expect(stderr).toBe(word);
    expect(performance.now() - asked).toBeLessThan(1000);
  });

  it('shows groups, topics and itself on stdout with 0', async () => {
    const shown = await Promise.all(
      [[], ['graph'], ['help'], ['help', 'list'], ['help', 'graph', 'impact'], ['help', 'exit-codes'], ['profile']].map(
        (args) => fixture.ureg(args),
      ),
    );
    expect(shown.map(({ code, stderr }) => [code, stderr])).toEqual(shown.map(() => [0, '']));
    expect(shown.map(({ stdout }) => stdout.length > 100)).toEqual(shown.map(() => true));
    expect(shown[5]?.stdout).toMatch(/^ {2}11 +the server refused the values/m);
  });

  it('measures wide characters on a terminal-like width only when there are any', async () => {
    fixture.stub.override = (_, response) => {
      response.setHeader('content-type', 'application/json').end(JSON.stringify([{ ...ENTRY, title: '漢字 🧠' }]));
      return true;
    };
    expect((await fixture.ureg(['list'])).stdout).toContain('漢字 🧠');
  });

  it('sends any request, and prints what comes back as it is', async () => {
    const ended = await fixture.ureg(['api', 'get', 'entities?limit=2', '--query', 'type=plugin']);
    expect([ended.code, JSON.parse(ended.stdout), fixture.requests()]).toEqual([
      0,
      [ENTRY],
      ['GET /api/v1/entities?limit=2&type=plugin'],
    ]);
    expect((await fixture.ureg(['api', 'GET', 'https://elsewhere.example.com/'])).code).toBe(2);
  });

  it('exports whole files or none', async () => {
    expect((await fixture.ureg(['export', '--to', 'out.ndjson'])).code).toBe(0);
    expect(readFileSync(join(fixture.program.home, 'out.ndjson'), 'utf8')).toContain(ENTRY.key);
    fixture.stub.override = (_, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('half');
      setTimeout(() => response.destroy(), 50);
      return true;
    };
    expect((await fixture.ureg(['export', '--to', 'cut.ndjson'])).code).toBe(6);
    expect(left('cut')).toEqual([]);
    expect((await fixture.ureg(['export', '-o', 'csv'])).code).toBe(2);
  });

  it('takes an output that is full for a failure in two lines, and one that is closed where all of it is needed', async () => {
    expect(await shell('"$0" "$1" list > /dev/full')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: cannot write to standard output\nreason: ENOSPC.*\n$/),
    });
    const large = Buffer.alloc(1024 ** 2);
    fixture.stub.override = (_, response) => Boolean(response.writeHead(200).end(large));
    expect((await shell('set -o pipefail; "$0" "$1" export | head -c 1')).code).toBe(0);
    expect((await shell('set -o pipefail; "$0" "$1" backup - | head -c 1')).code).toBe(1);
  });

  it('says of a backup that has no room that the file cannot be written, and leaves nothing of it', async () => {
    fixture.stub.override = (_, response) => Boolean(response.writeHead(200).end(Buffer.alloc(1024 ** 2)));
    const { code, stderr } = await shell('ulimit -f 100; cd "$HOME"; exec "$0" "$1" backup full.ureg');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: cannot write "full.ureg"\nreason: EFBIG/)]);
    expect(left('full')).toEqual([]);
  });
});
