import { filterQuery, pageSize, pageWish } from './list-options.js';

describe('pages of a list', () => {
  it('are as large as what is still wanted, at most a thousand', () => {
    expect(pageSize(pageWish({}), 0)).toBe(50);
    expect(pageSize(pageWish({ limit: '2500' }), 0)).toBe(1000);
    expect(pageSize(pageWish({ limit: '2500' }), 2000)).toBe(500);
    expect(pageSize(pageWish({ all: true }), 5000)).toBe(1000);
  });

  it.each(['0', '-1', 'x', '1.5', '2000000'])('cannot be limited to %s', (limit) => {
    expect(() => pageWish({ limit })).toThrow('--limit');
  });
});

describe('filters of a list', () => {
  it('are the parameters of the API', () => {
    const options = { type: 'plugin', tag: ['a', 'b'], query: 'text', filter: ['version=1.0', 'x=a=b'] };
    expect(filterQuery(options)).toMatchObject({
      type: 'plugin',
      tag: ['a', 'b'],
      q: 'text',
      version: '1.0',
      x: 'a=b',
    });
  });

  it('need a field and a value', () => {
    expect(() => filterQuery({ filter: ['version'] })).toThrow('--filter "version" is not field=value');
  });
});
