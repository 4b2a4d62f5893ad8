import { InvalidError } from '../errors/registry-error.js';
import { parseJson } from './json-body.guard.js';
import { assertPlainData } from './plain-data.js';

function fieldsOf(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidError) return (error.errors ?? []).map(({ field }) => field);
    throw error;
  }
  return [];
}
const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('a body', () => {
  it.each([
    ['a NUL character', '{"a":{"b":["x","y\\u0000"]}}', ['a.b.1']],
    ['a NUL character in a name', '{"a\\u0000":1}', ['a\\u0000']],
    ['a lone surrogate', '{"name":"\\ud800"}', ['name']],
    ['a surrogate pair the wrong way round', '["\\udc00\\ud800"]', ['0']],
    ['__proto__', '{"metadata":{"__proto__":{"admin":true}}}', ['metadata.__proto__']],
    ['constructor', '{"constructor":{"prototype":{}}}', ['constructor']],
    ['prototype', '[{"prototype":1}]', ['0.prototype']],
    ['a number beyond a double', '{"weight":1e999}', ['weight']],
    ['a NUL character alone', '"\\u0000"', ['body']],
  ])('with %s is refused, and the field named', (_, text, fields) => {
    expect(fieldsOf(() => parseJson(text))).toEqual(fields);
  });

  it('with emoji, pairs and odd but whole text is taken as it is', () => {
    const text = '{"title":"\\ud83d\\ude00 \u202e ẞ\\u0001","empty":"","":{"a.b":null}}';
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it('may be nested 32 levels deep, and no deeper', () => {
    expect(parseJson(nested(32))).toEqual(JSON.parse(nested(32)));
    expect(fieldsOf(() => parseJson(nested(33)))).toHaveLength(1);
    expect(fieldsOf(() => parseJson(nested(200_000)))).toHaveLength(1);
  });

  it.each(['', '{', '{"a":1}{"b":2}', 'undefined', "{'a':1}", '{"a":NaN}', '\u0000'])('%j is no JSON', (text) => {
    expect(fieldsOf(() => parseJson(text))).toEqual(['body']);
  });

  it('names at most fifty wrong fields, under the name of the item', () => {
    const fields = fieldsOf(() =>
      assertPlainData(
        Array.from({ length: 80 }, () => '\0'),
        '7',
      ),
    );
    expect(fields).toHaveLength(50);
    expect(fields.slice(0, 2)).toEqual(['7.0', '7.1']);
  });
});
