import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { flagWords, GLOBAL_OPTIONS } from '../../src/cli/spec/global-options.js';
import { isNeeded } from '../../src/cli/spec/help.js';
import { isRepeated } from './support/kind-calls.js';
import { CALLS, everyLeaf, share, type Leaf } from './support/leaves.js';
import { complaints, Program, type Ended, type RunOptions } from './support/program.js';
import { stubBackup } from './support/stub-backup.js';
import { StubRegistry, type Mood } from './support/stub-registry.js';

const FILES: Record<string, string> = {
  FILE: 'packages.jsonl',
  EXPORT: 'export.ndjson',
  MANIFEST: 'plugin.yaml',
  BACKUP: 'kept.ureg',
};
const KEY = 'ureg_secretsecretsecretsecret';

// Hundreds of processes, on whatever machine this is.
jest.setTimeout(240_000);

let program: Program;
let stub: StubRegistry;
let every: Leaf[];
/** What the kinds share is tried with one of them. */
let leaves: Leaf[];
let talking: Leaf[];

beforeAll(async () => {
  program = new Program();
  stub = await new StubRegistry().listen();
  every = await everyLeaf();
  leaves = every.filter(({ path }) => !isRepeated(path));
  talking = leaves.filter(({ path }) => !CALLS[path]?.local);
  writeFileSync(
    join(program.home, 'packages.jsonl'),
    '{"name":"a","version":"1","depends":[[{"name":"b"}]]}\n{"name":"b","version":"1"}\n',
  );
  writeFileSync(join(program.home, 'plugin.yaml'), 'apiVersion: plugin.nexuspro.io/v1\nkind: Plugin\n');
  writeFileSync(join(program.home, 'kept.ureg'), stubBackup());
  writeFileSync(join(program.home, 'export.ndjson'), '{"kind":"entry","type":"plugin","name":"a"}\n');
});
afterAll(async () => {
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

/** Calls a command as it should be called, with more words after it. */
function call(leaf: Leaf, more: string[] = [], options: RunOptions = {}): Promise<Ended> {
  const args = (CALLS[leaf.path]?.args ?? []).map((arg) => FILES[arg] ?? arg);
  const env = { UREG_SERVER: stub.url, UREG_TOKEN: KEY, ...options.env };
  const { stdin } = CALLS[leaf.path] ?? {};
  return program.run([...leaf.words, ...args, ...more], { stdin, ...options, env });
}

const isOneErrorObject = (stderr: string): boolean => {
  const { error } = JSON.parse(stderr) as { error: Record<string, unknown> };
  return ['code', 'message', 'status', 'requestId', 'hint', 'details'].every((field) => field in error);
};

/** What `ended` should have been, as complaints. */
function wrong(name: string, ended: Ended, expected: Partial<Record<'code' | 'stdout' | 'stderr', unknown>>): string[] {
  return Object.entries(expected).flatMap(([part, wanted]) => {
    const got = ended[part as 'code' | 'stdout' | 'stderr'];
    const fine = wanted instanceof RegExp ? wanted.test(String(got)) : got === wanted;
    return fine ? [] : [`${name}: ${part} is ${JSON.stringify(got).slice(0, 300)}, not ${String(wanted)}`];
  });
}

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

  it('answers its valid call with 0, data on stdout, and no colour when piped', async () => {
    const found = await complaints(
      leaves.filter(({ spec }) => !spec.effect.startsWith('local-')),
      async (leaf) => {
        const ended = await call(leaf);
        return [
          ...wrong(leaf.path, ended, { code: 0 }),
          ...((ended.stdout + ended.stderr).includes('\u001b') ? [`${leaf.path}: has control codes`] : []),
          ...(ended.stderr.includes('error:') ? [`${leaf.path}: ${ended.stderr}`] : []),
        ];
      },
    );
    expect(found).toEqual([]);
  });

  it('shows help with usage and examples on stdout, first line within 100 columns', async () => {
    const found = await complaints(leaves, async (leaf) => {
      const ended = await program.run([...leaf.words, '--help']);
      const long = (ended.stdout.split('\n')[0] ?? '').length > 100;
      return [
        ...wrong(leaf.path, ended, { code: 0, stderr: '', stdout: /^Usage:\n {2}ureg /m }),
        ...wrong(leaf.path, ended, { stdout: /^Examples:\n {2}ureg /m }),
        ...(long ? [`${leaf.path}: the first line is too long`] : []),
      ];
    });
    expect(found).toEqual([]);
  });

  it('refuses an unknown flag with 2 and its usage line, and asks the registry nothing', async () => {
    const found = await complaints(leaves, async (leaf) =>
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
    const needing = leaves.filter(({ path, spec }) => path === 'create' || spec.arguments?.some(isNeeded));
    const found = await complaints(needing, async (leaf) =>
      wrong(leaf.path, await program.run(leaf.words), {
        code: 2,
        stdout: '',
        stderr: /^error: missing required argument '\w+'\nusage: ureg /,
      }),
    );
    expect(found).toEqual([]);
    expect(needing.length).toBeGreaterThan(10);
  });
});

describe('every command that asks the registry', () => {
  it.each([
    [401, 4, 0],
    [403, 4, 1],
    [404, 3, 2],
    [409, 5, 0],
    [422, 11, 1],
    [429, 8, 2],
    [500, 7, 0],
  ] as [Mood, number, number][])(
    'ends a %i with %i, with stdout empty and one JSON object on stderr',
    async (mood, code, turn) => {
      stub.reset(mood);
      const found = await complaints(share(talking, turn), async (leaf) => {
        const json = await call(leaf, ['--retries', '0', '-o', 'json']);
        return [
          ...wrong(leaf.path, json, { code, stdout: '' }),
          ...(isOneErrorObject(json.stderr) ? [] : [`${leaf.path}: ${json.stderr}`]),
        ];
      });
      expect(found).toEqual([]);
    },
  );

  it('says in words what the server said', async () => {
    stub.reset(409);
    const found = await complaints(share(talking, 1), async (leaf) =>
      wrong(leaf.path, await call(leaf), { code: 5, stdout: '', stderr: /^error: stub says 409\n/ }),
    );
    expect(found).toEqual([]);
  });

  it('ends with 6 when nothing listens, naming the server', async () => {
    const found = await complaints(share(talking, 2), async (leaf) => {
      const env = { UREG_SERVER: 'http://127.0.0.1:9' };
      const json = await call(leaf, ['--retries', '0', '-o', 'json'], { env });
      return [
        ...wrong(`${leaf.path} -o json`, json, { code: 6, stdout: '' }),
        ...(isOneErrorObject(json.stderr) ? [] : [`${leaf.path}: ${json.stderr}`]),
      ];
    });
    expect(found).toEqual([]);
  });

  it('ends with 6 when no answer comes in time', async () => {
    stub.reset('silent');
    const found = await complaints(share(talking, 0), async (leaf) =>
      wrong(leaf.path, await call(leaf, ['--timeout', '300ms']), {
        code: 6,
        stdout: '',
        stderr: /^error: no answer in time from http/,
      }),
    );
    expect(found).toEqual([]);
  });

  it('sends the key and a request id, and shows neither the key nor its header under --debug', async () => {
    const found = await complaints(
      share(talking, 1).filter(({ path }) => path !== 'health'),
      async (leaf) => {
        const ended = await call(leaf, ['--debug']);
        const leaked = (ended.stdout + ended.stderr).includes(KEY);
        return [
          ...wrong(leaf.path, ended, { stderr: /debug: > [A-Z]+ \// }),
          ...(leaked ? [`${leaf.path}: shows the key`] : []),
        ];
      },
    );
    expect(found).toEqual([]);
    expect(
      stub.seen.filter(({ path, headers }) => path !== '/health' && headers.authorization !== `Bearer ${KEY}`),
    ).toEqual([]);
    expect(stub.seen.filter(({ headers }) => !headers['x-request-id'])).toEqual([]);
  });
});

describe('every command that changes something', () => {
  it('writes nothing under --dry-run, and shows what it would', async () => {
    const before = readFileSync(configPath(), 'utf8');
    const changing = leaves.filter(({ spec }) => ['writes', 'deletes', 'local-writes'].includes(spec.effect));
    const found = await complaints(changing, async (leaf) => {
      const json = await call(leaf, ['-n', '-o', 'json']);
      return [
        ...wrong(leaf.path, await call(leaf, ['--dry-run']), { code: 0, stdout: /\S/ }),
        ...wrong(leaf.path, json, { code: 0, stdout: /^\s*\{/ }),
      ];
    });
    expect(found).toEqual([]);
    expect(stub.writes).toEqual([]);
    expect(readFileSync(configPath(), 'utf8')).toBe(before);
    expect(changing.length).toBeGreaterThan(8);
  });

  it('and is dangerous refuses at once when nobody can be asked and --yes was not given', async () => {
    const dangerous = leaves.filter(({ spec }) => spec.effect === 'deletes');
    const found = await complaints(dangerous, async (leaf) => {
      const args = (CALLS[leaf.path]?.args ?? []).filter((arg) => arg !== '--yes');
      const ended = await program.run([...leaf.words, ...args], { env: { UREG_SERVER: stub.url } });
      return wrong(leaf.path, ended, { code: 2, stdout: '', stderr: /--yes/ });
    });
    expect(found).toEqual([]);
    expect(stub.seen).toEqual([]);
    expect(dangerous.map(({ path }) => path)).toEqual([
      'delete',
      'relationship delete',
      'features delete',
      'classification rules delete',
      'service delete',
      'service instances deregister',
      'service discovery release',
      'engine workload cancel',
      'plugin facts forget',
      'feature-flag segments delete',
      'config delete',
      'config discard',
      'config reset',
      'grid delete',
      'grid give-up',
      'mesh circuit-breaker trip',
      'mesh rollback',
      'ai feedback delete',
      'key revoke',
      'key leaked',
      'token revoke',
      'role delete',
    ]);
  });
});

describe('every command that shows records', () => {
  it('writes them in every format, and lists its fields for --json=', async () => {
    const showing = leaves.filter(({ spec }) => spec.view && spec.effect === 'reads');
    const found = await complaints(share(showing, 0), async (leaf) => {
      const all = await Promise.all(
        ['json', 'jsonl', 'yaml', 'csv', 'name', 'wide'].map((format) => call(leaf, ['-o', format])),
      );
      const fields = await program.run([...leaf.words, '--json=']);
      JSON.parse(all[0]?.stdout ?? '');
      for (const line of all[1]?.stdout.trim().split('\n') ?? []) JSON.parse(line);
      return [
        ...all.flatMap((ended) => wrong(leaf.path, ended, { code: 0, stdout: /\S/ })),
        ...wrong(leaf.path, fields, { code: 0, stdout: /^\w+\n/ }),
      ];
    });
    expect(found).toEqual([]);
    expect(showing.length).toBeGreaterThan(10);
  });
});
