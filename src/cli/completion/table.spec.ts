import { PROGRAM_NAMES } from '../aliases.js';
import { topCommandsOf } from '../groups.js';
import { flagWords } from '../spec/global-options.js';
import { optionsOf } from '../spec/help.js';
import { leavesOf, type LeafSpec } from '../spec/types.js';
import { tableOf, type Row, type Table } from './table.js';
import { completions, type Completion } from './words.js';

/** Arguments where anything may stand; of any other the shell must have something to offer. */
const FREE = /^(address|capacity|connections|depth|fact|match|message|metric|name|pair|path|percentage|query|rule|step|task|text|url|value|version)$/; // prettier-ignore
/** Values whose names say that anything may stand: numbers, times, texts, … */
const CLOSED = /<(type|types|status|statuses|health|format|mode|strategy|direction|policy|state|outcome|scope|priority|priorities|level|levels|provider|driver|method|fusion|window|dialect|channel)>/; // prettier-ignore

let all: Completion[];
let table: Table;
let leaves: { path: string; leaf: LeafSpec }[];
beforeAll(async () => {
  all = await completions('ureg');
  table = tableOf(all);
  const tops = await Promise.all(topCommandsOf('ureg').flatMap((top) => (top.hidden ? [] : [top.load()])));
  leaves = tops.flatMap((top) => [...leavesOf(top)].map(({ words, leaf }) => ({ path: words.join(' '), leaf })));
});
const rowOf = (path: string): Row => table.rows.find(({ paths }) => paths.includes(path))!;
/** What stands for the value of a flag in the table: the words, or how names are got. */
const valueOf = (path: string, flag: string): string | undefined => {
  const flags = `${rowOf(path).flags} ${table.global}`.split(' ');
  const value = flags.find((one) => one.startsWith(`${flag}=`))?.slice(flag.length + 1);
  const [, number, list = ''] = /^(\d+)(,?)$/.exec(value ?? '') ?? [];
  return number === undefined ? value : `${table.sets[Number(number)]}${list}`;
};

describe('the table of the completion scripts', () => {
  it('has every command once, and every flag of it', () => {
    const paths = table.rows.flatMap((row) => row.paths);
    expect(new Set(paths).size).toBe(paths.length);
    for (const { path, leaf } of leaves) {
      const flags = rowOf(path)
        .flags.split(' ')
        .map((flag) => flag.replace(/[=~].*/, ''));
      expect(flags).toEqual(expect.arrayContaining(optionsOf(leaf).map(({ flags: text }) => flagWords(text).long)));
    }
  });

  it('has the choices of every flag that has any, of its short form too', () => {
    for (const { path, leaf } of leaves)
      for (const { flags, choices, list } of optionsOf(leaf)) {
        if (!choices) continue;
        const { long, short } = flagWords(flags);
        for (const flag of [long, ...(short ? [short] : [])])
          expect([path, flag, valueOf(path, flag)]).toEqual([path, flag, `${choices.join(' ')}${list ? ',' : ''}`]);
      }
  });

  it('takes the words of a field from the API’s description', () => {
    expect(valueOf('service list', '--status')).toBe(
      'created installed running stopped enabled disabled degraded failed',
    );
    expect(valueOf('mesh create', '--path-type')).toBe('prefix exact regex');
    expect(valueOf('registry entries list', '--status')).toBe(valueOf('list', '--status'));
    expect(valueOf('registry logs show', '--level')).toBe('trace debug info warn error fatal,');
    expect(valueOf('list', '-o')).toBe('table wide json jsonl yaml csv name template=');
    expect(valueOf('list', '--profile')).toBe('@profile');
    expect(valueOf('list', '--color')).toBe('always auto never');
    expect(valueOf('key create', '--permission')).toBe('@permission,');
    expect(valueOf('list', '--token-file')).toBe('/file');
    expect(valueOf('list', '--owner')).toBe('');
    expect(valueOf('key update', '--unset')).toBe('permissions role expires_at rate_limit allowed_ips metadata');
    expect(valueOf('service update', '--unset')).toMatch(/\bowner\b.*\btags\b/);
    expect(valueOf('mesh config set', '--unset')).toBe('');
  });

  it('has something to offer for every argument and flag but those that take anything', () => {
    const bare = leaves.flatMap(({ path, leaf }) => [
      ...(leaf.arguments ?? [])
        .filter(({ name, completes }) => completes === undefined && !FREE.test(name))
        .map(({ name }) => `${path} ${name}`),
      ...optionsOf(leaf)
        .filter(({ flags }) => CLOSED.test(flags) && valueOf(path, flagWords(flags).long) === '')
        .map(({ flags }) => `${path} ${flags}`),
    ]);
    // Patterns, entity_*, and words of the database's own.
    expect(bare.filter((one) => !/ --(events|types) <types>$| --replication <mode>$/.test(one))).toEqual([]);
  });

  it.each(PROGRAM_NAMES)('of %s holds nothing that a shell would read as more than words', async (program) => {
    const { rows, global, sets } = tableOf(await completions(program));
    for (const text of [...rows.flatMap(({ paths, words }) => [...paths, words]), ...sets]) {
      expect(text).toMatch(/^[\w .=-]*$/);
    }
    for (const { flags, args, fields } of [...rows, { flags: global, args: '', fields: '' }]) {
      expect(flags).toMatch(/^(?:(?:^| )--?[\w-]+(?:[=~](?:\d+|F|@[a-z-]+|\/[a-z]+)?,?)?)*$/);
      expect(args).toMatch(/^(?:(?:^| )(?:\d+|@[a-z-]+|\/[a-z]+|-|\+))*$/);
      expect(fields).toMatch(/^\d*$/);
      for (const [number] of `${flags} ${args} ${fields}`.matchAll(/(?<=[= ])\d+(?=,? |,?$)/g))
        expect(sets[Number(number)]).toBeDefined();
    }
  });
});
