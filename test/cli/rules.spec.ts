import { readFileSync } from 'node:fs';
import { EXIT_CODE_MEANINGS, ExitCode } from '../../src/cli/core/exit-codes.js';
import { flagWords, GLOBAL_OPTIONS } from '../../src/cli/spec/global-options.js';
import { optionsOf } from '../../src/cli/spec/help.js';
import { everyLeaf, type Leaf } from './support/leaves.js';
import { runHere } from './support/run-here.js';

let every: Leaf[];
beforeAll(async () => (every = await everyLeaf()));

const has = ({ spec }: Leaf, flag: string): boolean =>
  optionsOf(spec).some(({ flags }) => flagWords(flags).long === flag);

interface Parameter {
  name: string;
}
const { paths } = JSON.parse(readFileSync('openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, { parameters?: Parameter[] }>>;
};

/** Whether an operation that a command covers takes a parameter. */
function takes({ spec }: Leaf, method: string, parameter: string): boolean {
  return (spec.operations ?? []).some((operation) => {
    const [verb = '', path = ''] = operation.split(' ');
    const parameters = paths[path]?.[verb.toLowerCase()]?.parameters ?? [];
    return verb === method && parameters.some(({ name }) => name.toLowerCase() === parameter);
  });
}

/** The commands of which a rule does not hold. */
const breaking = (rule: (leaf: Leaf) => boolean): string[] =>
  every.filter((leaf) => !rule(leaf)).map(({ path }) => path);

describe('every command', () => {
  it('has a long form of each flag, and one meaning of each letter in each group of commands', () => {
    const flags = every.flatMap((leaf) =>
      [...GLOBAL_OPTIONS, ...optionsOf(leaf.spec)].map((option) => ({
        group: leaf.words[0],
        ...flagWords(option.flags),
      })),
    );
    expect(flags.filter(({ long }) => !/^--[a-z][a-z-]*$/.test(long))).toEqual([]);
    // As in tail -f: logs follow.
    const meanings = flags.filter(({ short, long }) => short !== undefined && long !== '--follow');
    const several = meanings.filter((one) =>
      meanings.some(({ group, short, long }) => group === one.group && short === one.short && long !== one.long),
    );
    expect(several).toEqual([]);
  });

  it('that lists page by page has --limit, --all and --page-token, and --sort where the API sorts', () => {
    const other: Record<string, string> = {
      'features list': 'shows them all',
      'plugin mesh': 'reads them all: a table of what they offer',
      'graph neighbors': 'goes on by the type of relationship',
    };
    const lists = (leaf: Leaf): boolean =>
      leaf.spec.view !== undefined && takes(leaf, 'GET', 'cursor') && !(leaf.path in other);
    expect(
      breaking((leaf) => !lists(leaf) || ['--limit', '--all', '--page-token'].every((flag) => has(leaf, flag))),
    ).toEqual([]);
    const newestFirst = [
      'service operations list',
      'engine workload list',
      'engine operations list',
      'mesh traces list',
    ];
    expect(breaking((leaf) => !lists(leaf) || !takes(leaf, 'GET', 'sort') || has(leaf, '--sort'))).toEqual(newestFirst);
  });

  it('that updates or deletes what has revisions takes --if-match', () => {
    const changes = (leaf: Leaf): boolean => ['update', 'delete', 'set'].includes(leaf.words.at(-1) ?? '');
    const guarded = (leaf: Leaf): boolean =>
      ['PUT', 'PATCH', 'DELETE'].some((method) => takes(leaf, method, 'if-match'));
    expect(breaking((leaf) => !changes(leaf) || !guarded(leaf) || has(leaf, '--if-match'))).toEqual([]);
  });

  it('that changes something has --dry-run, and --yes where it asks', () => {
    expect(breaking((leaf) => !/writes|deletes/.test(leaf.spec.effect) || has(leaf, '--dry-run'))).toEqual([]);
    expect(breaking((leaf) => leaf.spec.effect !== 'deletes' || has(leaf, '--yes'))).toEqual([]);
  });
});

describe('exit codes', () => {
  it('are each told once by help exit-codes', async () => {
    const { stdout } = await runHere(['help', 'exit-codes'], {});
    const told = [...stdout.matchAll(/^ {2}(\d+) {2,}\S/gm)].map(([, code]) => Number(code));
    expect(told).toEqual(Object.values(ExitCode).sort((a, b) => a - b));
    expect(told).toEqual(EXIT_CODE_MEANINGS.map(([code]) => code));
  });
});

describe('a mistyped word', () => {
  it.each([
    [['lisst'], "unknown command 'lisst'", 'list'],
    [['help', 'lisst'], "unknown command 'lisst'", 'list'],
    [['lisst', '--help'], "unknown command 'lisst'", 'list'],
    [['list', '--statuss', 'x'], "unknown option '--statuss'", '--status'],
    [['profile', 'shw'], "unknown command 'shw'", 'show'],
    [['feature-flag', 'schedul'], "unknown command 'schedul'", 'schedule'],
    [['list', '--lim', '5'], "unknown option '--lim'", '--limit'],
  ])('%j gets one suggestion, and is never run', async (args, message, meant) => {
    const { code, stdout, stderr } = await runHere(args, { env: { UREG_SERVER: 'http://127.0.0.1:9' } });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`error: ${message}\nreason: did you mean ${meant}?\n`);
  });
});
