import { quietLogger } from '../../../test/support/quiet-logger.js';
import { RemoteKeys } from './remote-keys.js';

describe('keys that somebody else publishes', () => {
  let clock: number;
  let asked: number;
  let published: string[];
  let down: boolean;
  let keys: RemoteKeys<string>;

  beforeEach(() => {
    [clock, asked, published, down] = [0, 0, ['a', 'b'], false];
    const read = async (): Promise<string[]> => {
      asked++;
      if (down) throw new Error('nobody there');
      return [...published];
    };
    const times = { freshMs: 600, gapMs: 5, keepMs: 10_000 };
    keys = new RemoteKeys({ whose: 'somebody', code: 'them.unavailable', read, logger: quietLogger(), ...times });
    keys.now = () => clock;
  });

  const find = (name: string): Promise<string[]> => keys.find((key) => key === name);
  const failure = (name: string): Promise<unknown> => find(name).catch((error: unknown) => error);

  it('are read once for all who ask, and remembered', async () => {
    expect(await Promise.all([find('a'), find('b'), find('a')])).toEqual([['a'], ['b'], ['a']]);
    expect(await find('a')).toEqual(['a']);
    expect(asked).toBe(1);
  });

  it('are read again for an unknown one, after a gap, whatever is asked for', async () => {
    await find('a');
    for (let i = 0; i < 1000; i++) expect(await find(`invented-${i}`)).toEqual([]);
    expect(asked).toBe(1);
    published = ['c'];
    clock = 5;
    expect(await find('c')).toEqual(['c']);
    expect(await find('a')).toEqual([]);
    expect(asked).toBe(2);
  });

  it('are read anew when they have aged, without anyone waiting', async () => {
    await find('a');
    published = ['b'];
    clock = 601;
    expect(await find('a')).toEqual(['a']);
    await keys.refresh();
    expect(await find('a')).toEqual([]);
  });

  it('go on holding while the other side is down, for a while', async () => {
    await find('a');
    down = true;
    clock = 9_000;
    expect(await find('a')).toEqual(['a']);
    await keys.refresh();
    expect(await find('a')).toEqual(['a']);
    expect(await failure('c')).toMatchObject({ status: 503, code: 'them.unavailable' });
    clock = 10_001;
    expect(await failure('a')).toMatchObject({ status: 503, code: 'them.unavailable' });
  });

  it('of a side that was never there are asked for once a gap', async () => {
    down = true;
    for (let i = 0; i < 100; i++) expect(await failure('a')).toMatchObject({ status: 503 });
    expect(asked).toBe(1);
    down = false;
    clock = 5;
    expect(await find('a')).toEqual(['a']);
    expect(asked).toBe(2);
  });
});
