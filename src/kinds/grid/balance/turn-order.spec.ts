import { LONGEST_CYCLE, turnOrder } from './turn-order.js';

/** The most that any node ever is ahead of or behind its share. */
function worst(weights: readonly number[], turns: number): number {
  const order = turnOrder(weights);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const counts = weights.map(() => 0);
  let most = 0;
  for (let turn = 0; turn < turns; turn++) {
    counts[order[turn % order.length]]++;
    for (const [place, count] of counts.entries())
      most = Math.max(most, Math.abs(count - ((turn + 1) * weights[place]) / sum));
  }
  return most;
}

describe('the order of turns', () => {
  it.each([
    ['equal weights', Array.from({ length: 10 }, () => 10)],
    ['one weight', [3]],
    ['a heavy one among light ones', [5, 1, 1]],
    ['all weights there are', Array.from({ length: 40 }, (_, n) => n + 1)],
    ['primes', [2, 3, 5, 7, 11, 13, 101]],
  ])('gives each its share to less than a turn at any time: %s', (_, weights) => {
    expect(worst(weights, 2500)).toBeLessThan(1);
  });

  it('spreads the turns of a heavy one', () => {
    expect([...turnOrder([5, 1, 1])].join('')).not.toContain('0000');
  });

  it('keeps a cycle short, and shares with it', () => {
    const weights = Array.from({ length: 50 }, (_, n) => 65_535 - n * 1009);
    expect(turnOrder(weights).length).toBeLessThan(LONGEST_CYCLE * 1.01);
    expect(worst(weights, 1000)).toBeLessThan(1.1);
  });
});
