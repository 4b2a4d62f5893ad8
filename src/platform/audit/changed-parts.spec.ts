import { changedParts } from './changed-parts.js';

describe('changed parts', () => {
  it('leaves out what is equal, at any depth', () => {
    const before = { title: 'a', tags: ['x', 'y'], metadata: { tier: 1, keep: { deep: true } }, owner: 'me' };
    const after = { title: 'b', tags: ['y'], metadata: { tier: 2, keep: { deep: true } }, owner: 'me' };
    expect(changedParts(before, after)).toEqual({
      before: { title: 'a', tags: ['x', 'y'], metadata: { tier: 1 } },
      after: { title: 'b', tags: ['y'], metadata: { tier: 2 } },
    });
  });

  it('what came or went stands on one side only', () => {
    expect(changedParts({ a: 1, m: { x: 1 } }, { b: 2, m: { x: 1, y: 2 } })).toEqual({
      before: { a: 1, m: {} },
      after: { b: 2, m: { y: 2 } },
    });
  });

  it('an object in the place of something else is told whole, and dates are compared by their time', () => {
    const [one, same, other] = ['2026-01-01', '2026-01-01', '2026-01-02'].map((day) => new Date(day));
    expect(changedParts({ a: [1], at: one, end: one }, { a: { b: 1 }, at: same, end: other })).toEqual({
      before: { a: [1], end: one },
      after: { a: { b: 1 }, end: other },
    });
    expect(changedParts({ a: null }, { a: {} })).toEqual({ before: { a: null }, after: { a: {} } });
  });

  it('a member called __proto__ is data like any other', () => {
    const changed = changedParts({}, JSON.parse('{"__proto__":{"x":1}}'));
    expect(JSON.stringify(changed.after)).toBe('{"__proto__":{"x":1}}');
  });
});
