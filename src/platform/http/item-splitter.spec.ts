import { InvalidError, TooLargeError } from '../errors/registry-error.js';
import { ArraySplitter, LineSplitter } from './item-splitter.js';
import type { ItemSplitter } from './item-splitter.js';

/** The items of a body that arrives in pieces of `size` bytes. */
function split(splitter: ItemSplitter, body: string, size: number): string[] {
  const bytes = Buffer.from(body);
  const items = [];
  for (let at = 0; at < bytes.length; at += size) items.push(...splitter.push(bytes.subarray(at, at + size)));
  items.push(...splitter.end());
  return items.map(({ text, list }) => `${list ? `${list}:` : ''}${text.toString().trim()}`);
}

describe.each([1, 2, 3, 7, 1000])('bodies in pieces of %d bytes', (size) => {
  it('are cut at newlines', () => {
    expect(split(new LineSplitter(100), '{"a":1}\n\r\n  \n{"b":"ü\\n"}\r\n[1]', size)).toEqual([
      '{"a":1}',
      '{"b":"ü\\n"}',
      '[1]',
    ]);
  });

  it('are cut at the commas of their array', () => {
    const body = ' [ {"a":"],[\\"}{,"} , [1,[2]],"x\\\\", 5 ,\n{"ü":{"b":[{}]}} ]\n ';
    expect(split(new ArraySplitter(100), body, size)).toEqual([
      '{"a":"],[\\"}{,"}',
      '[1,[2]]',
      '"x\\\\"',
      '5',
      '{"ü":{"b":[{}]}}',
    ]);
  });

  it('may be empty arrays', () => {
    expect(split(new ArraySplitter(100), ' [ \n ] ', size)).toEqual([]);
  });

  it('may be an object of lists', () => {
    const lists = ['entries', 'relationships'];
    const body = '{ "entries": [1, {"a":[2]}], "relationships" : [] , "entries":[3]}';
    expect(split(new ArraySplitter(100, lists), body, size)).toEqual(['entries:1', 'entries:{"a":[2]}', 'entries:3']);
    expect(split(new ArraySplitter(100, lists), '[4]', size)).toEqual(['4']);
    expect(split(new ArraySplitter(100, lists), '{}', size)).toEqual([]);
  });

  it.each([
    ['an object where a list is needed', '{"a":1}'],
    ['a number', '5'],
    ['nothing', ''],
    ['only blanks', '  \n'],
    ['an array without end', '[1,2'],
    ['a string without end', '["a]'],
    ['a comma too many', '[1,]'],
    ['a comma in front', '[,1]'],
    ['something after the end', '[1] x'],
    ['two arrays', '[1][2]'],
  ])('are refused: %s', (_, body) => {
    expect(() => split(new ArraySplitter(100), body, size)).toThrow(InvalidError);
  });

  it.each([
    '{"other":[1]}',
    '{"entries":{}}',
    '{"entries":[1],}',
    '{"entries":[1] "relationships":[]}',
    '{,}',
    '{"entries"[1]}',
    '{"entries":[1]',
  ])('are refused as an object of lists: %s', (body) => {
    expect(() => split(new ArraySplitter(100, ['entries', 'relationships']), body, size)).toThrow(InvalidError);
  });

  it('may not hold an item over the limit', () => {
    expect(() => split(new LineSplitter(10), `1\n${'x'.repeat(11)}`, size)).toThrow(TooLargeError);
    expect(() => split(new ArraySplitter(10), `[1,"${'x'.repeat(11)}"]`, size)).toThrow(TooLargeError);
    expect(() => split(new ArraySplitter(10, ['a']), `{"${'x'.repeat(11)}":[]}`, size)).toThrow(TooLargeError);
  });
});
