import { TraceAllowance } from './trace-allowance.js';

const taken = (allowance: TraceAllowance, perSecond: number, from: number, to: number): number => {
  let count = 0;
  for (let now = from; now < to; now++) if (allowance.take(perSecond, now)) count++;
  return count;
};

describe('The allowance of traces', () => {
  it('lets all pass while few come', () => {
    const allowance = new TraceAllowance();
    for (let now = 0; now < 10_000; now += 100) expect(allowance.take(20, now)).toBe(true);
  });

  it('lets so many a second pass when more come', () => {
    const allowance = new TraceAllowance();
    expect(taken(allowance, 20, 0, 1000)).toBeLessThanOrEqual(40);
    for (let second = 1; second < 5; second++) {
      const count = taken(allowance, 20, second * 1000, (second + 1) * 1000);
      expect(Math.abs(count - 20)).toBeLessThanOrEqual(1);
    }
  });

  it('begins anew with another number, and lets nothing pass at none', () => {
    const allowance = new TraceAllowance();
    expect(allowance.take(1, 0)).toBe(true);
    expect(allowance.take(1, 1)).toBe(false);
    expect(allowance.take(2, 2)).toBe(true);
    expect(allowance.take(0, 3)).toBe(false);
  });
});
