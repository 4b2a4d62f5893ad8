import { MOST_QUERY_LENGTH, nameTexts, parseQuery } from './query-syntax.js';

const shape = (text: string) =>
  parseQuery(text).map((group) =>
    group.map(({ text: word, phrase, negated }) => `${negated ? '-' : ''}${phrase ? `"${word}"` : word}`),
  );

describe('the syntax of queries', () => {
  it('joins words by and, groups by or', () => {
    expect(shape('web server')).toEqual([['web', 'server']]);
    expect(shape('web server OR proxy')).toEqual([['web', 'server'], ['proxy']]);
  });

  it('keeps quoted words together, also to the end when the quote stays open', () => {
    expect(shape('"web server" fast')).toEqual([['"web server"', 'fast']]);
    expect(shape('fast "web server')).toEqual([['fast', '"web server"']]);
    expect(shape('fast"web server"')).toEqual([['fast', '"web server"']]);
  });

  it('leaves out what begins with a minus, not what has one inside', () => {
    expect(shape('web -proxy -"load balancer" libc6-dev')).toEqual([
      ['web', '-proxy', '-"load balancer"', 'libc6-dev'],
    ]);
    expect(shape('- web')).toEqual([['web']]);
  });

  it('takes an or that joins nothing for nothing', () => {
    expect(shape('or web or or server or')).toEqual([['web'], ['server']]);
    expect(shape('"or" web')).toEqual([['"or"', 'web']]);
    expect(shape('or')).toEqual([]);
  });

  it('passes over what holds no letter or digit', () => {
    expect(shape('!!! "" - -- () 😀 "…"')).toEqual([]);
    expect(shape('c++ !! 東京 مرحبا')).toEqual([['c++', '東京', 'مرحبا']]);
  });

  it('refuses what is over a limit, naming it', () => {
    expect(() => parseQuery('a'.repeat(MOST_QUERY_LENGTH + 1))).toThrow(
      'query must not be longer than 1000 characters',
    );
    expect(() => parseQuery('a-'.repeat(65))).toThrow('query must not hold more than 64 words');
    expect(() => parseQuery(`"${'a '.repeat(65)}"`)).toThrow('query must not hold more than 64 words');
    expect(() => parseQuery('w '.repeat(33), 'q')).toThrow('q must not hold more than 32 words or phrases');
    expect(shape('w '.repeat(32))).toEqual([Array.from({ length: 32 }, () => 'w')]);
    expect(shape('. '.repeat(500))).toEqual([]);
  });

  it('reads in time that grows with the length alone', () => {
    const begun = performance.now();
    for (const text of ['"', '-', '"-', ' "" ', '-"']) parseQuery(text.repeat(MOST_QUERY_LENGTH / text.length));
    expect(performance.now() - begun).toBeLessThan(200);
  });
});

describe('the query as a name', () => {
  it('is its words, for each alternative that leaves nothing out', () => {
    expect(nameTexts(parseQuery(' Web   Server '))).toEqual(['web server']);
    expect(nameTexts(parseQuery('"web server"'))).toEqual(['web server']);
    expect(nameTexts(parseQuery('web -server'))).toEqual([]);
    expect(nameTexts(parseQuery('web or Big server or -x'))).toEqual(['web', 'big server']);
  });
});
