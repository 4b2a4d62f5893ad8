import { wordless } from '../search-leg.js';
import type { LegHit } from '../search-leg.js';
import { DEFAULT_WEIGHTS, fuse } from './fusion.js';
import type { Candidate, FusionOptions } from './fusion.js';

const hit = (id: string, score: number, tier: LegHit['tier'] = 'match'): LegHit => wordless(id, { score, tier });
const options = (change: Partial<FusionOptions> = {}): FusionOptions => ({
  fusion: 'weighted',
  weights: DEFAULT_WEIGHTS,
  floor: 0.3,
  ...change,
});
const order = (candidates: Candidate[], change?: Partial<FusionOptions>): string[] =>
  fuse(candidates, options(change)).map(({ candidate }) => candidate.id);

const words: Candidate = { id: '1', hit: hit('1', 0.8), similarity: 0.1, popularity: 0 };
const meaning: Candidate = { id: '2', similarity: 0.9, popularity: 0 };
const both: Candidate = { id: '3', hit: hit('3', 0.7), similarity: 0.8, popularity: 0 };
const popular: Candidate = { id: '4', hit: hit('4', 0.1, 'loose'), similarity: 0.35, popularity: 9 };
const all = [popular, words, meaning, both];

describe('the legs of a search put together', () => {
  it('put what both find first, in either way', () => {
    const weights = { vector: 0.5, text: 0.3, filters: 0.01 };
    for (const fusion of ['weighted', 'rrf'] as const) expect(order(all, { fusion, weights })[0]).toBe('3');
    expect(order(all)[0]).toBe('3');
  });

  it('follow the weights', () => {
    expect(order(all, { weights: { vector: 1, text: 0, filters: 0 } })[0]).toBe('2');
    expect(order(all, { weights: { vector: 0, text: 1, filters: 0 } })[0]).toBe('1');
    expect(order(all, { weights: { vector: 0, text: 0, filters: 1 } })[0]).toBe('4');
    expect(fuse(all, options({ weights: { vector: 5, text: 3, filters: 2 } }))).toEqual(fuse(all, options()));
  });

  it('put what is named as the query reads before everything', () => {
    const named: Candidate = { id: '9', hit: hit('9', 1, 'exact'), popularity: 0 };
    const [first, ...rest] = fuse([...all, named], options());
    expect([first.candidate.id, first.score]).toEqual(['9', 1]);
    for (const { score } of rest) expect(score).toBeLessThan(1);
  });

  it('count nothing for cosines that say nothing', () => {
    const [found] = fuse([{ id: '1', similarity: 0.25, popularity: 0 }], options());
    expect(found.score).toBe(0);
  });

  it('break ties by age', () => {
    const same = (id: string): Candidate => ({ id, similarity: 0.5, popularity: 1 });
    expect(order([same('10'), same('9'), same('11')])).toEqual(['9', '10', '11']);
  });
});
