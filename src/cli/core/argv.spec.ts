import { commandWords, formatInArgv, placeInArgv, prepareArgv, withoutNextWords } from './argv.js';

describe('the command line before it is parsed', () => {
  it('takes the fields of --json=a,b apart', () => {
    expect(prepareArgv(['get', '--json=id,key', 'x']).args).toEqual(['get', '--json', '--fields', 'id,key', 'x']);
  });

  it('leaves --json a flag that takes no word', () => {
    expect(prepareArgv(['get', '--json', 'abc']).args).toEqual(['get', '--json', 'abc']);
  });

  it('hints at --json= when a list of fields follows', () => {
    expect(() => prepareArgv(['list', '--json', 'id,name'])).toThrow('--json takes its fields after "="');
  });

  it('knows --json=, --help-all and --version, and nothing after --', () => {
    expect(prepareArgv(['list', '--json='])).toMatchObject({ args: ['list'], listFields: true });
    expect(prepareArgv(['list', '--help-all'])).toMatchObject({ args: ['list', '--help'], helpAll: true });
    expect(prepareArgv(['-V'])).toMatchObject({ version: true });
    expect(prepareArgv(['search', '--', '--version', '--json=a'])).toMatchObject({
      args: ['search', '--', '--version', '--json=a'],
      version: false,
    });
  });

  it('finds the command among global flags and their values', () => {
    const words = (...args: string[]): string[] => commandWords(args, 3).map(({ word }) => word);
    expect(words('--server', 'http://x', '-o', 'json', '--no-input', 'graph', '--debug', 'impact', 'a')).toEqual([
      'graph',
      'impact',
      'a',
    ]);
    expect(words('-ojson', '--server=http://x', 'import', '-')).toEqual(['import', '-']);
    expect(words('graph', '--depth', '3', 'a')).toEqual(['graph']);
    expect(words('--', 'list')).toEqual([]);
  });

  it.each([
    [['list', '-o', 'yaml'], 'yaml'],
    [['list', '-ojson'], 'json'],
    [['list', '--output=csv'], 'csv'],
    [['list', '--json'], 'json'],
    [['list', '--json=a'], 'json'],
    [['list', '--', '--json'], undefined],
  ])('of %j knows the format %s', (argv, format) => {
    expect(formatInArgv(argv)).toBe(format);
  });

  it('knows the server and the profile as they are typed last', () => {
    expect(placeInArgv(['--server', 'a', '--server=b', '--profile', 'p', '-V'])).toEqual({ server: 'b', profile: 'p' });
    expect(placeInArgv(['--api=c', '--', '--server', 'a'])).toEqual({ api: 'c' });
    expect(placeInArgv(['-V', '--server'])).toEqual({});
  });

  it('leaves a flag with a value of its own the word that follows', () => {
    const wait = (...args: string[]): string[] => withoutNextWords(args, ['--wait']);
    expect(wait('get', '--wait', 'abc')).toEqual(['get', '--wait=', 'abc']);
    expect(wait('get', '--wait=running', 'abc')).toEqual(['get', '--wait=running', 'abc']);
    expect(wait('get', '--waiting', '--', '--wait', '--wait=')).toEqual([
      'get',
      '--waiting',
      '--',
      '--wait',
      '--wait=',
    ]);
    expect(withoutNextWords(['--wait', 'abc'], [])).toEqual(['--wait', 'abc']);
    expect(() => wait('get', '--wait=', 'abc')).toThrow('--wait= says nothing after "="');
  });
});
