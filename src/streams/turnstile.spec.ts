import { Turnstile } from './turnstile.js';

describe('Turnstile', () => {
  it('lets only so many in at a time, in the order they came, and hands on the place of one that failed', async () => {
    const turnstile = new Turnstile(2);
    const begun: number[] = [];
    let inside = 0;
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((n) =>
        turnstile.pass(async () => {
          begun.push(n);
          expect(++inside).toBeLessThanOrEqual(2);
          await new Promise((resolve) => setTimeout(resolve, 5));
          inside--;
          if (n % 2 === 0) throw new Error(`no ${n}`);
          return n;
        }),
      ),
    );
    expect(begun).toEqual([1, 2, 3, 4, 5]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });
});
