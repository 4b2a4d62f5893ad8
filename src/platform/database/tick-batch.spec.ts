import { TickBatch } from './tick-batch.js';

describe('TickBatch', () => {
  const asked: string[][] = [];
  const batch = (most = 10): TickBatch<string> =>
    new TickBatch<string>(async (keys) => {
      asked.push([...keys]);
      if (keys.includes('broken')) throw new Error('no answer');
      return new Map(keys.filter((key) => key !== 'missing').map((key) => [key, key.toUpperCase()]));
    }, most);

  beforeEach(() => void (asked.length = 0));

  it('asks together what is asked for in one turn, each key once, and apart what comes later', async () => {
    const lookups = batch();
    const first = ['a', 'b', 'a', 'missing'].map((key) => lookups.find(key, ''));
    expect(await Promise.all(first)).toEqual(['A', 'B', 'A', undefined]);
    expect(await lookups.find('a', '')).toBe('A');
    expect(asked).toEqual([['a', 'b', 'missing'], ['a']]);
  });

  it('keeps groups apart, and batches small', async () => {
    const lookups = batch(2);
    await Promise.all(['a', 'b', 'c'].flatMap((key) => [lookups.find(key, 'x'), lookups.find(key, 'y')]));
    expect(asked.map((keys) => keys.join('')).toSorted()).toEqual(['ab', 'ab', 'c', 'c']);
  });

  it('tells everyone of a failure, and goes on afterwards', async () => {
    const lookups = batch();
    const both = await Promise.allSettled([lookups.find('broken', ''), lookups.find('a', '')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await lookups.find('a', '')).toBe('A');
  });
});
