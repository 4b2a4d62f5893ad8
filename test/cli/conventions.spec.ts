import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { flagWords, GLOBAL_OPTIONS } from '../../src/cli/spec/global-options.js';
import { isNeeded } from '../../src/cli/spec/help.js';
import { isRepeated } from './support/kind-calls.js';
import { CALLS, everyLeaf, type Leaf } from './support/leaves.js';
import { onConnect } from './support/on-connect.js';
import { complaints, Program, type Ended, type RunOptions } from './support/program.js';
import { isJson, isOneErrorObject, wrong } from './support/judging.js';
import { runHere } from './support/run-here.js';
import { stubBackup } from './support/stub-backup.js';
import { StubRegistry, type Mood } from './support/stub-registry.js';

const FILES: Record<string, string> = {
  FILE: 'packages.jsonl',
  EXPORT: 'export.ndjson',
  MANIFEST: 'plugin.yaml',
  BACKUP: 'kept.ureg',
};
const KEY = 'ureg_secretsecretsecretsecret';
const SECTIONS = [
  'Description',
  'Usage',
  'Arguments',
  'Common flags',
  'More flags',
  'Flags',
  'Global flags',
  'Examples',
  'Learn more',
];

// Hundreds of processes, on whatever machine this is; thousands with WHOLE.
jest.setTimeout(process.env.WHOLE ? 3_600_000 : 240_000);

let program: Program;
let stub: StubRegistry;
let every: Leaf[];
let talking: Leaf[];
const before = process.cwd();

beforeAll(async () => {
  program = new Program();
  stub = await new StubRegistry().listen();
  every = await everyLeaf();
  talking = every.filter(({ path }) => !CALLS[path]?.local);
  writeFileSync(
    join(program.home, 'packages.jsonl'),
    '{"name":"a","version":"1","depends":[[{"name":"b"}]]}\n{"name":"b","version":"1"}\n',
  );
  writeFileSync(join(program.home, 'plugin.yaml'), 'apiVersion: plugin.nexuspro.io/v1\nkind: Plugin\n');
  writeFileSync(join(program.home, 'kept.ureg'), stubBackup());
  writeFileSync(join(program.home, 'export.ndjson'), '{"kind":"entry","type":"plugin","name":"a"}\n');
  process.chdir(program.home);
});
afterAll(async () => {
  process.chdir(before);
  await stub.close();
  program.remove();
});
beforeEach(() => {
  stub.reset();
  resetConfig();
});

const configPath = (): string => join(program.home, '.config/universal-registry/config.json');

function resetConfig(): void {
  mkdirSync(dirname(configPath()), { recursive: true });
  const profiles = { here: { server: stub.url, key: KEY } };
  writeFileSync(configPath(), JSON.stringify({ profiles }), { mode: 0o600 });
}

/** As a process of the built file with WHOLE (`npm run prove:cli`), otherwise in this process, without the start of one. */
const run = (args: string[], { env, ...options }: RunOptions = {}): Promise<Ended> =>
  process.env.WHOLE
    ? program.run(args, { ...options, env })
    : runHere(args, { ...options, env: { HOME: program.home, ...env } });

/** Calls a command as it should be called, with more words after it. */
function call(leaf: Leaf, more: string[] = [], options: RunOptions & { by?: typeof run } = {}): Promise<Ended> {
  const args = (CALLS[leaf.path]?.args ?? []).map((arg) => FILES[arg] ?? arg);
  const env = { UREG_SERVER: stub.url, UREG_TOKEN: KEY, ...options.env };
  const { stdin } = CALLS[leaf.path] ?? {};
  return (options.by ?? run)([...leaf.words, ...args, ...more], { stdin, ...options, env });
}

/** One row is a group of entries, and so is a line. */
const isOneOfGroups = (path: string): boolean => /^graph (cycles|components|communities)$/.test(path);

describe('every command', () => {
  it('has a valid call in this suite, a summary and an example', () => {
    expect(every.map(({ path }) => path).sort()).toEqual(Object.keys(CALLS).sort());
    expect(every.filter(({ spec }) => spec.summary === '' || spec.examples.length === 0)).toEqual([]);
    expect(every.filter(({ spec }) => spec.summary.length > 100)).toEqual([]);
  });

  it('has no flag that hides one of the whole program', () => {
    const common = new Set(GLOBAL_OPTIONS.map(({ flags }) => flagWords(flags).long));
    const hidden = every.flatMap(({ path, spec }) =>
      (spec.options ?? []).filter(({ flags }) => common.has(flagWords(flags).long)).map(({ flags }) => [path, flags]),
    );
    expect(hidden).toEqual([]);
  });

  it('as a process of its own answers its valid call with 0, data on stdout, and no colour when piped', async () => {
    const found = await complaints(
      every.filter(({ path, spec }) => !isRepeated(path) && !spec.effect.startsWith('local-')),
      async (leaf) => {
        const ended = await call(leaf, [], { by: (args, options) => program.run(args, options) });
        return [
          ...wrong(leaf.path, ended, { code: 0 }),
          ...((ended.stdout + ended.stderr).includes('\u001b') ? [`${leaf.path}: has control codes`] : []),
          ...(ended.stderr.includes('error:') ? [`${leaf.path}: ${ended.stderr}`] : []),
        ];
      },
    );
    expect(found).toEqual([]);
  });

  it('shows help on stdout: a short first line, its sections in order, and at most 25 lines of flags', async () => {
    const found = await complaints(every, async (leaf) => {
      const ended = await run([...leaf.words, '--help']);
      const lines = ended.stdout.split('\n');
      const sections = lines.filter((line) => /^[A-Z][\w ]+:$/.test(line)).map((line) => line.slice(0, -1));
      const known = SECTIONS.filter((section) => sections.includes(section));
      const flags = lines.slice(0, lines.indexOf('Global flags:')).filter((line) => /^ {2}( {4}-|-\w,)/.test(line));
      return [
        ...wrong(leaf.path, ended, { code: 0, stderr: '', stdout: /^Usage:\n {2}ureg /m }),
        ...wrong(leaf.path, ended, { stdout: /^Examples:\n {2}ureg /m }),
        ...((lines[0] ?? '').length > 100 ? [`${leaf.path}: the first line is too long`] : []),
        ...(sections.join() === known.join() ? [] : [`${leaf.path}: has sections ${sections.join()}`]),
        ...(flags.length > 25 ? [`${leaf.path}: shows ${flags.length} flags`] : []),
      ];
    });
    expect(found).toEqual([]);
    // One that has more says how many, and shows them when asked to.
    expect((await run(['mesh', 'create', '--help'])).stdout).toMatch(/^ {2}\.\.\. \d+ more \(--help-all\)$/m);
    expect((await run(['mesh', 'create', '--help-all'])).stdout).toMatch(/--dry-run[^]*--no-pager/);
  });

  it('refuses an unknown flag with 2 and its usage line, and asks the registry nothing', async () => {
    const found = await complaints(every, async (leaf) =>
      wrong(leaf.path, await call(leaf, ['--no-such-flag']), {
        code: 2,
        stdout: '',
        stderr: /^error: unknown option '--no-such-flag'[^]*\nusage: ureg /,
      }),
    );
    expect(found).toEqual([]);
    expect(stub.seen).toEqual([]);
  });

  it('refuses a missing argument with 2 and its usage line', async () => {
    const needing = every.filter(({ path, spec }) => path === 'create' || spec.arguments?.some(isNeeded));
    const found = await complaints(needing, async (leaf) =>
      wrong(leaf.path, await run(leaf.words), {
        code: 2,
        stdout: '',
        stderr: /^error: missing required argument '\w+'\nusage: ureg /,
      }),
    );
    expect(found).toEqual([]);
    expect(needing.length).toBeGreaterThan(10);
  });
});

/** What a stub that refuses everything makes every command say, and end with. */
const REFUSED: [mood: Mood, code: number, said: RegExp][] = [
  [401, 4, /^error: stub says 401\n(reason: .*\n)?next: ureg login --server http/],
  [403, 4, /^error: stub says 403\n(reason: .*\n)?next: ureg whoami/],
  [404, 3, /^error: (stub says 404|no \w+ "[^"]*")/],
  [409, 5, /^error: stub says 409\n/],
  [422, 11, /^error: stub says 422\n/],
  [429, 8, /^error: stub says 429\n/],
  [500, 7, /^error: stub says 500\nreason: [A-Z]+ \/\S+ answered 500(;.*)?\nrequest: req-1\n/],
  ['silent', 6, /^error: no answer in time from http:\S+\nreason: .*\nnext: ureg health /],
  ['refused', 6, /^error: cannot reach http:\S+\nreason: .*refused.*\nnext: ureg health /],
];

describe('every command that asks the registry', () => {
  it.each(REFUSED)('ends %s with %i, in words as with data', async (mood, code, said) => {
    stub.reset(mood);
    const env: Record<string, string> = mood === 'refused' ? { UREG_SERVER: 'http://127.0.0.1:9' } : {};
    const judged = async (leaf: Leaf, timeout: string): Promise<string[]> => {
      const more = ['--retries', '0', '--timeout', timeout];
      const [words, json] = await Promise.all([
        call(leaf, more, { env }),
        call(leaf, [...more, '-o', 'json'], { env }),
      ]);
      return [
        ...wrong(leaf.path, words, { code, stdout: '', stderr: said }),
        ...wrong(`${leaf.path} -o json`, json, { code, stdout: '' }),
        ...(isOneErrorObject(json.stderr) ? [] : [`${leaf.path}: ${json.stderr}`]),
      ];
    };
    const check = async (leaf: Leaf): Promise<string[]> => {
      if (mood !== 'silent') return judged(leaf, '30s');
      // On a busy machine connecting alone may take so long: that is another sentence.
      const soon = await judged(leaf, '300ms');
      return soon.length > 0 ? judged(leaf, '3s') : soon;
    };
    // Most of the time nothing is done but waiting.
    const found = await complaints(talking, check, mood === 'silent' && !process.env.WHOLE ? 24 : 4);
    expect(found).toEqual([]);
  });

  it('connects to the server alone, with the key and a request id, and does not show the key under --debug', async () => {
    const places = new Set<string>();
    const stop = onConnect((place) => places.add(place));
    const found = await complaints(
      talking.filter(({ path }) => path !== 'health'),
      async (leaf) => {
        const ended = await call(leaf, ['--debug']);
        const leaked = (ended.stdout + ended.stderr).includes(KEY);
        return [
          ...wrong(leaf.path, ended, { stderr: /debug: > [A-Z]+ \// }),
          ...(leaked ? [`${leaf.path}: shows the key`] : []),
        ];
      },
    );
    stop();
    expect(found).toEqual([]);
    expect(
      stub.seen.filter(({ path, headers }) => path !== '/health' && headers.authorization !== `Bearer ${KEY}`),
    ).toEqual([]);
    if (!process.env.WHOLE) expect([...places]).toEqual([new URL(stub.url).host]);
    expect(stub.seen.filter(({ headers }) => !headers['x-request-id'])).toEqual([]);
  });
});

describe('every command that changes something', () => {
  it('writes nothing under --dry-run, and shows what it would', async () => {
    const kept = readFileSync(configPath(), 'utf8');
    const changing = every.filter(({ spec }) => ['writes', 'deletes', 'local-writes'].includes(spec.effect));
    const found = await complaints(changing, async (leaf) => {
      const json = await call(leaf, ['-n', '-o', 'json']);
      return [
        ...wrong(leaf.path, await call(leaf, ['--dry-run']), { code: 0, stdout: /\S/ }),
        ...wrong(leaf.path, json, { code: 0, stdout: /^\s*\{/ }),
        ...(json.stdout.includes(KEY) ? [`${leaf.path}: shows the key`] : []),
      ];
    });
    expect(found).toEqual([]);
    expect(stub.writes).toEqual([]);
    expect(readFileSync(configPath(), 'utf8')).toBe(kept);
    expect(changing.length).toBeGreaterThan(8);
  });

  it('and is dangerous refuses at once when nobody can be asked and --yes was not given', async () => {
    const dangerous = every.filter(({ spec }) => spec.effect === 'deletes');
    const found = await complaints(dangerous, async (leaf) => {
      const args = (CALLS[leaf.path]?.args ?? []).filter((arg) => arg !== '--yes');
      const ended = await run([...leaf.words, ...args], { env: { UREG_SERVER: stub.url } });
      return wrong(leaf.path, ended, { code: 2, stdout: '', stderr: /--yes/ });
    });
    expect(found).toEqual([]);
    expect(stub.seen).toEqual([]);
    expect(dangerous.length).toBeGreaterThan(20);
  });
});

describe('every command that shows records', () => {
  it('writes them in every format, and lists its fields for --json=', async () => {
    const showing = every.filter(({ spec }) => spec.view && spec.effect === 'reads');
    const found = await complaints(showing, async (leaf) => {
      const all: Ended[] = [];
      for (const format of ['json', 'jsonl', 'yaml', 'csv', 'name', 'wide']) all.push(await call(leaf, ['-o', format]));
      const fields = await run([...leaf.words, '--json=']);
      const documents = [all[0]?.stdout ?? '', ...(all[1]?.stdout.trim().split('\n') ?? [])];
      return [
        ...documents.filter((text) => !isJson(text)).map((text) => `${leaf.path}: is no JSON: ${text}`),
        ...all.flatMap((ended) => wrong(leaf.path, ended, { code: 0, stdout: /\S/ })),
        ...wrong(leaf.path, fields, { code: 0, stdout: /^\w+\n/ }),
      ];
    });
    expect(found).toEqual([]);
    expect(showing.length).toBeGreaterThan(10);
  });

  it('writes one word a line with -q, and says nothing', async () => {
    const found = await complaints(
      every.filter(({ path, spec }) => spec.view && !isOneOfGroups(path) && /^(reads|writes)$/.test(spec.effect)),
      async (leaf) => {
        const { stdout, stderr } = await call(leaf, ['-q']);
        // A secret that is shown once is refused rather than lost.
        const kept = /would be lost: this output does not show it/.test(stderr);
        const lines = stdout.split('\n').filter((line) => /\s/.test(line));
        return [...lines, ...(kept || stderr === '' ? [] : [stderr])].map((line) => `${leaf.path}: ${line}`);
      },
    );
    expect(found).toEqual([]);
  });
});
