import { SMALL, items, member, opened } from './json-parts.js';

const FILLER = 'x"\\{[,:]}'.repeat(SMALL / 9);
const large = (rest: object, before: object = {}): Buffer =>
  Buffer.from(JSON.stringify({ ...before, filler: FILLER, nested: [{ a: [[], {}, '"]}'] }], ...rest }, null, 1));
const all = (bytes: Buffer, name = 'list'): unknown[] => [...items(opened(bytes), name, name)];

describe('a large JSON text', () => {
  it('gives its members and items as a parser would, without being parsed whole', () => {
    const list = [1, -2.5e3, true, null, 'a"b', [], {}, [[1]], { a: { b: '}' } }];
    const bytes = large({ list, last: { name: 'é' } }, { first: 7 });
    expect(opened(bytes)).toBe(bytes);
    expect(all(bytes)).toEqual(list);
    expect(member(bytes, 'first')).toBe(7);
    expect(member(bytes, 'last')).toEqual({ name: 'é' });
    expect(member(bytes, 'none')).toBeUndefined();
    expect(member(bytes, 'filler')).toBeUndefined();
    expect(all(large({ list: [] }))).toEqual([]);
    expect(all(large({}))).toEqual([]);
  });

  it.each([
    ['is cut', (text: string) => text.slice(0, -1)],
    ['is cut in a text', (text: string) => text.slice(0, -2) + '"'],
    ['has something behind it', (text: string) => `${text}x`],
    ['lacks a comma', (text: string) => text.replace('[1,', '[1 ')],
    ['lacks a value', (text: string) => text.replace('[1,', '[,')],
    ['lacks a colon', (text: string) => text.replace('"list":', '"list" ')],
    ['has a broken item', (text: string) => text.replace('[1,', '[tru,')],
    ['is a list', (text: string) => `[${text}]`],
  ])('that %s is refused', (_, broken) => {
    const text = large({}, { list: [1, 2] })
      .toString('utf8')
      .replace(/\n\s*/g, '');
    expect(() => all(Buffer.from(broken(text)))).toThrow(/^body (is not valid JSON|must be an object)/);
  });

  it('whose list is none is refused by its name', () => {
    expect(() => all(large({ list: 5 }))).toThrow('list must be a list');
    expect(() => all(Buffer.from('{"list":{}}'))).toThrow('list must be a list');
  });
});
