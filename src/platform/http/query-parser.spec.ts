import { InvalidError } from '../errors/registry-error.js';
import { parseQuery } from './query-parser.js';

describe('a query', () => {
  it('is names and texts, and a repeated name is a list', () => {
    expect({ ...parseQuery('tag=a&tag=b&q=x%20y+z&empty=&bare&t%61g=c') }).toEqual({
      tag: ['a', 'b', 'c'],
      q: 'x y z',
      empty: '',
      bare: '',
    });
  });

  it('knows no brackets: a name is a name', () => {
    expect({ ...parseQuery('a[b]=1&a[]=2') }).toEqual({ 'a[b]': '1', 'a[]': '2' });
  });

  it.each([undefined, null, '', '&', '&&'])('%j has no parameters', (query) => {
    expect(Object.keys(parseQuery(query))).toEqual([]);
  });

  it.each([
    ['a malformed %-sequence', 'name=%E0%A4%A', 'name'],
    ['a malformed %-sequence in a name', '%=1', 'query'],
    ['a NUL character', 'name=a%00b', 'name'],
    ['__proto__', '__proto__=1', '__proto__'],
    ['constructor', 'constructor=1', 'constructor'],
    ['too many parameters', 'a&'.repeat(201), 'query'],
    ['too many characters', `q=${'a'.repeat(9000)}`, 'query'],
  ])('with %s is refused', (_, query, field) => {
    expect(() => parseQuery(query)).toThrow(InvalidError);
    expect(() => parseQuery(query)).toThrow(new RegExp(`^${field} `));
  });
});
