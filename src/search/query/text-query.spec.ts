import { parseQuery } from './query-syntax.js';
import { looseQuery, queryTerms, strictQuery, widenedQuery } from './text-query.js';
import type { AnalysedTerm, QueryTerm } from './text-query.js';

const CORPUS = { docs: 1000, docLength: 30 };
const STOP = new Set(['the', 'of']);

/** As PostgreSQL would: a word and its stem, with made-up statistics. */
const analysis = (text: string, ndoc = 10): AnalysedTerm => {
  const quoted = text
    .split(' ')
    .map((word) => `'${word}'`)
    .join(' <-> ');
  return { stemmed: STOP.has(text) ? '' : quoted.replace(/ing'/g, `'`), plain: quoted, ndoc, known: true };
};

const termsOf = (text: string, ndoc?: number): QueryTerm[][] => {
  const groups = parseQuery(text);
  return queryTerms(
    groups,
    groups.flat().map((term) => analysis(term.text, ndoc)),
  );
};

describe('a query in tsquery', () => {
  it('asks for every word, stemmed or as it stands', () => {
    expect(strictQuery(termsOf('image processing'), CORPUS)).toMatchObject({
      match: `( ( 'image' ) & ( ( 'process' | 'processing' ) ) )`,
      negates: false,
      most: 10,
    });
  });

  it('leaves out and offers choices', () => {
    const query = strictQuery(termsOf('web -proxy or cache'), CORPUS);
    expect(query.match).toBe(`( ( ( 'web' ) ) & ( ! 'proxy' ) ) | ( ( ( 'cache' ) ) )`);
    expect(query).toMatchObject({ negates: true, most: 20, near: undefined });
  });

  it('asks for no stop word beside other words', () => {
    expect(strictQuery(termsOf('the cache'), CORPUS).match).toBe(`( ( 'cache' ) )`);
    expect(strictQuery(termsOf('the of'), CORPUS).match).toBe(`( ( 'the' ) & ( 'of' ) )`);
  });

  it('tells no bound that it does not know', () => {
    expect(strictQuery(termsOf('-web'), CORPUS).most).toBeUndefined();
    expect(strictQuery(termsOf('web'), { ...CORPUS, docs: 0 }).most).toBeUndefined();
  });

  it('weighs a rare word more than a common one', () => {
    const [rare] = strictQuery(termsOf('web', 1), CORPUS).terms;
    const [common] = strictQuery(termsOf('web', 900), CORPUS).terms;
    expect(rare.idf).toBeGreaterThan(6);
    expect(common.idf).toBeLessThan(0.2);
  });
});

describe('a query that asks for less', () => {
  it('takes words that begin so, and likely spellings, for less', () => {
    const [[term]] = termsOf('kuber');
    term.correction = { ...analysis('kubernetes', 7), text: 'kubernetes' };
    const query = widenedQuery([[term]], CORPUS);
    expect(query.match).toBe(`( ( ( 'kuber' | 'kuber':* | 'kubernetes' ) ) )`);
    expect(query.terms[0].alternatives.map(({ worth }) => worth)).toEqual([1, 0.7, 0.9]);
  });

  it('keeps quoted words as they are', () => {
    const groups = termsOf('"web server"');
    expect(widenedQuery(groups, CORPUS).match).toBe(strictQuery(groups, CORPUS).match);
  });

  it('does not begin words with one or two letters', () => {
    expect(widenedQuery(termsOf('go'), CORPUS).match).not.toContain(':*');
  });

  it('takes any of the words, but every phrase and nothing left out', () => {
    expect(looseQuery(termsOf('web "load balancer" proxy -nginx'), CORPUS)?.match).toBe(
      `( ( 'load' <-> 'balancer' ) & ( ( 'web' | 'proxy' ) ) ) & ( ! 'nginx' )`,
    );
  });

  it('is none with a single word', () => {
    expect(looseQuery(termsOf('web'), CORPUS)).toBeUndefined();
    expect(looseQuery(termsOf('web or proxy'), CORPUS)).toBeUndefined();
    expect(looseQuery(termsOf('the web'), CORPUS)).toBeUndefined();
  });
});
