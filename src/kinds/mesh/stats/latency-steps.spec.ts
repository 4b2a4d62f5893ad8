import { STEPS, percentileOf, stepOf } from './latency-steps.js';

describe('steps of latency', () => {
  it('give percentiles that are right to an eighth, from a millisecond to minutes', () => {
    for (const scale of [1, 40, 2500]) {
      const steps = Array.from({ length: STEPS }, () => 0);
      for (let i = 1; i <= 10_000; i++) steps[stepOf((i / 10_000) * 100 * scale)]++;
      for (const share of [0.5, 0.95, 0.99]) {
        const exact = share * 100 * scale;
        expect(Math.abs(percentileOf(steps, share)! - exact) / exact).toBeLessThan(0.125);
      }
    }
  });

  it('tell nothing of nothing, and hold what is longer than all of them', () => {
    expect(percentileOf([], 0.5)).toBeNull();
    expect(stepOf(1e12)).toBe(STEPS - 1);
    expect(stepOf(0)).toBe(0);
  });
});
