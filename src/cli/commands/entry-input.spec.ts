import { Readable } from 'node:stream';
import { assignments, entryBody } from './entry-input.js';

const stdin = (text: string): NodeJS.ReadStream =>
  Readable.from([Buffer.from(text)], { objectMode: false }) as NodeJS.ReadStream;

describe('field=value', () => {
  it('is JSON where it can be, text otherwise, and a dot reaches inside', () => {
    expect(assignments(['a=1', 'b.c=true', 'b.d=text', 'e=[1,2]', 'f="1"', 'g=a=b', 'h='], '--metadata')).toEqual({
      a: 1,
      b: { c: true, d: 'text' },
      e: [1, 2],
      f: '1',
      g: 'a=b',
      h: '',
    });
  });

  it.each(['novalue', '=1', '__proto__.x=1', 'a.constructor.prototype.x=1', 'a..b=1'])('is not %s', (pair) => {
    expect(() => assignments([pair], '--metadata')).toThrow('--metadata');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe('the body of an entry', () => {
  it('is --data with the flags over it', async () => {
    const options = { data: '{"title":"a","owner":"x","metadata":{"k":1}}', title: 'b', metadata: ['m=2'], tag: ['t'] };
    expect(await entryBody(options, stdin(''))).toEqual({
      title: 'b',
      owner: 'x',
      metadata: { k: 1, m: 2 },
      tags: ['t'],
    });
  });

  it('may be YAML from standard input', async () => {
    expect(await entryBody({ data: '-' }, stdin('title: a\ntags: [x]\n'))).toEqual({ title: 'a', tags: ['x'] });
  });

  it.each(['[1]', '"text"', '{"a":'])('cannot be %s', async (data) => {
    await expect(entryBody({ data }, stdin(''))).rejects.toMatchObject({ exitCode: 2 });
  });
});
