import { GUARD_SECONDS, OPEN_AGAIN, guardAfter, isHolding } from './mass-loss-guard.js';

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

describe('the guard against a loss of most instances', () => {
  it('holds when more than half are late, for its time and no longer', () => {
    const held = guardAfter(OPEN_AGAIN, { live: 100, late: 51 }, at(0));
    expect(isHolding(held, at(GUARD_SECONDS - 1))).toBe(true);
    expect(guardAfter(held, { live: 100, late: 100 }, at(GUARD_SECONDS - 1))).toBe(held);
    const spent = guardAfter(held, { live: 100, late: 100 }, at(GUARD_SECONDS));
    expect(isHolding(spent, at(GUARD_SECONDS))).toBe(false);
    expect(guardAfter(spent, { live: 60, late: 60 }, at(GUARD_SECONDS + 1))).toBe(spent);
  });

  it('ends as soon as half of them are heard again, and may hold another time', () => {
    const held = guardAfter(OPEN_AGAIN, { live: 100, late: 80 }, at(0));
    expect(guardAfter(held, { live: 100, late: 50 }, at(5))).toEqual(OPEN_AGAIN);
    const spent = { since: null, until: null, spent: true };
    expect(guardAfter(spent, { live: 100, late: 10 }, at(90))).toEqual(OPEN_AGAIN);
  });

  it('does not hold for half of them, nor for a few', () => {
    expect(guardAfter(OPEN_AGAIN, { live: 100, late: 50 }, at(0))).toBe(OPEN_AGAIN);
    expect(guardAfter(OPEN_AGAIN, { live: 9, late: 9 }, at(0))).toBe(OPEN_AGAIN);
  });
});
