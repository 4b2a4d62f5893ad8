import { scoreOf, scoreSql } from './score.js';
import type { Tier } from './score.js';
import type { TextQuery } from '../query/text-query.js';

describe('scores', () => {
  it('put every better way of answering before every worse one', () => {
    const tiers: Tier[] = ['exact', 'prefix', 'match', 'meant-exact', 'meant-prefix', 'meant', 'widened', 'loose'];
    for (let i = 1; i < tiers.length; i++)
      expect(scoreOf(tiers[i - 1], 0)).toBeGreaterThanOrEqual(scoreOf(tiers[i], 1));
  });

  it('stay within 0 and 1 and follow the rank', () => {
    expect(scoreOf('match', 0.5)).toBe(0.65);
    expect([scoreOf('match', -1), scoreOf('match', 2), scoreOf('exact', 0), scoreOf('loose', 0)]).toEqual([
      0.4, 0.9, 1, 0,
    ]);
  });

  it('hold no word of the query in the statement', () => {
    const query: TextQuery = {
      match: `'robert'`,
      negates: false,
      about: null,
      terms: [{ alternatives: [{ query: `'robert''); drop'`, worth: 1 }], idf: 2 }],
    };
    const values: unknown[] = [];
    const { inner, words } = scoreSql(query, { docs: 10, docLength: 20 }, values);
    expect(`${inner} ${words}`).not.toMatch(/robert|drop/);
    expect(values).toEqual([expect.closeTo(0.0465, 3), `'robert''); drop'`, 1]);
  });
});
