import type { Clause, Condition, Operator } from '../flag-definition.js';
import { OPERATORS } from '../flag-definition.js';
import { LIMITS } from '../limits.js';
import { compileRuleset, evaluate } from '../ruleset.js';

const flagWith = (clause: Clause) => ({ key: 'f', enabled: true, rules: [clause] });
const problemsOf = (clause: unknown) => compileRuleset('test', 1, [flagWith(clause as Clause)], []).problems;

function matches(clause: Clause, context: object, now?: number): boolean {
  const ruleset = compileRuleset('test', 1, [flagWith(clause)], []);
  expect(ruleset.problems).toEqual([]);
  const { enabled, errorCode } = evaluate(ruleset, 'f', { ...context }, now);
  expect(errorCode).toBeUndefined();
  return enabled;
}

type Values = NonNullable<Condition['values']>;
const MISSING = undefined;
const cases: [Operator, Values, yes: unknown[], no: unknown[]][] = [
  ['eq', ['de', 42], ['de', 42, '42', ['at', 'de']], ['DE', 'at', 4, MISSING, null, {}, [], ['at']]],
  ['eq', [true], [true, 'true'], [false, 1, MISSING]],
  ['ne', ['de'], ['at', MISSING, null, 42, {}], ['de', ['de', 'at']]],
  ['in', ['de', 'at', 7], ['de', 'at', 7, ['x', '7']], ['d', MISSING, true, 'constructor']],
  ['not_in', ['de', 'at'], ['fr', MISSING, 1], ['de', 'at']],
  ['contains', ['foo', 'ba'], ['a foo', 'bar', ['foo', 'x']], ['fo', ['a foo'], MISSING, {}]],
  ['starts_with', ['foo', 'b'], ['foot', 'b', 'bar'], ['a foo', '', MISSING, ['foo']]],
  ['ends_with', ['@example.com'], ['a@example.com'], ['a@example.org', MISSING]],
  ['gt', [10], [10.5, '11', 1e9, '1e3'], [10, 9, 'ten', '', ' ', MISSING, null, Number.NaN, [11], true]],
  ['gte', [10], [10, '10.0'], [9.99, MISSING]],
  ['lt', ['10'], [9, '-3'], [10, 11, 'x', '', MISSING]],
  ['lte', [10], [10, 0], [10.01]],
  ['matches', ['^user-\\d+$', 'x{3}'], ['user-12', 'axxxb'], ['user-', 'xx', MISSING, {}]],
  ['semver_eq', ['1.2.3'], ['1.2.3', '1.2.3+build'], ['1.2.4', 'v1.2.3', '1.2', 1.2, MISSING]],
  ['semver_gt', ['1.2.3'], ['1.2.4', '1.10.0', '2.0.0-rc.1'], ['1.2.3', '1.2.3-rc.1', 'v2.0.0', 'new', '2', MISSING]],
  ['semver_gte', ['1.2.3'], ['1.2.3', '1.2.4'], ['1.2.3-rc.1', '1.2.2']],
  ['semver_lt', ['2.0.0'], ['1.9.9', '2.0.0-alpha'], ['2.0.0', '2.0.1', '', MISSING]],
  ['semver_lte', ['2.0.0'], ['2.0.0', '1.0.0'], ['2.0.1']],
  ['in_cidr', ['10.0.0.0/8', '::1'], ['10.9.8.7', '::1'], ['11.0.0.1', '10.0.0', 'fe80::1%eth0', MISSING, 10]],
  ['in_cidr', ['2001:db8::/32'], ['2001:db8:1::2'], ['2001:db9::1', '32.1.13.184']],
  ['before', ['2026-01-01T00:00:00Z'], ['2025-12-31T23:59:59.999Z', '2025-06-01', 0], ['2026-01-01', 'soon', MISSING]],
  ['after', ['2026-01-01T00:00:00+01:00'], ['2025-12-31T23:00:01Z', '2026-01-02 10:00'], ['2025-12-31T23:00:00Z', '']],
  ['exists', [], ['', 0, false, []], [MISSING, null]],
  ['exists', [false], [MISSING, null], ['', 0, false]],
];

describe('operators', () => {
  it.each(cases)('%s %j', (operator, values, yes, no) => {
    const clause = { attribute: 'a', operator, values };
    expect(yes.filter((a) => !matches(clause, { a }))).toEqual([]);
    expect(no.filter((a) => matches(clause, { a }))).toEqual([]);
  });

  it('all have a case', () => {
    expect(OPERATORS.filter((operator) => !cases.some(([one]) => one === operator))).toEqual([]);
  });

  it.each(['eq', 'in', 'contains', 'starts_with', 'ends_with', 'matches'] as const)(
    '%s ignores case when asked',
    (operator) => {
      const clause = { attribute: 'a', operator, values: ['Straße'] };
      expect(matches(clause, { a: 'STRAßE' })).toBe(false);
      expect(matches({ ...clause, caseInsensitive: true }, { a: 'straße' })).toBe(true);
    },
  );

  it('read inside objects, whole names first, and never what the context inherits', () => {
    const clause = { attribute: 'user.plan', operator: 'eq', values: ['pro'] } as const;
    expect(matches(clause, { user: { plan: 'pro' } })).toBe(true);
    expect(matches(clause, { 'user.plan': 'pro', user: { plan: 'free' } })).toBe(true);
    expect(matches(clause, { user: 'pro' })).toBe(false);
    expect(matches({ attribute: 'constructor', operator: 'exists' }, {})).toBe(false);
    expect(matches({ attribute: 'a.__proto__', operator: 'exists' }, { a: {} })).toBe(false);
  });

  it('know the targeting key under both its names', () => {
    const clause = { attribute: 'targeting_key', operator: 'eq', values: ['u1'] } as const;
    expect(matches(clause, { targetingKey: 'u1' })).toBe(true);
    expect(matches({ ...clause, attribute: 'targetingKey' }, { targeting_key: 'u1' })).toBe(true);
  });

  it('compare the time of the evaluation as `now`, unless the context has one', () => {
    const clause = { attribute: 'now', operator: 'after', values: ['2026-01-01'] } as const;
    const newYear = Date.UTC(2026, 0, 1);
    expect(matches(clause, {}, newYear)).toBe(false);
    expect(matches(clause, {}, newYear + 1)).toBe(true);
    expect(matches(clause, { now: '2020-01-01' }, newYear + 1)).toBe(false);
  });

  it('are joined by all, any and not, as deep as allowed', () => {
    const is = (value: string): Clause => ({ attribute: 'a', operator: 'eq', values: [value] });
    expect(matches({ all: [] }, {})).toBe(true);
    expect(matches({ any: [] }, {})).toBe(false);
    const clause: Clause = { all: [{ any: [is('x'), is('y')] }, { not: is('y') }] };
    expect(['x', 'y', 'z'].map((a) => matches(clause, { a }))).toEqual([true, false, false]);
  });

  it.each([
    [{ attribute: 'a', operator: 'like', values: ['x'] }, 'rules[0].operator'],
    [{ attribute: 'a', operator: 'constructor', values: ['x'] }, 'rules[0].operator'],
    [{ attribute: '', operator: 'eq', values: ['x'] }, 'rules[0].attribute'],
    [{ attribute: 'a', operator: 'eq' }, 'rules[0].values'],
    [{ attribute: 'a', operator: 'eq', values: [{}] }, 'rules[0].values[0]'],
    [{ attribute: 'a', operator: 'gt', values: [1, 'ten'] }, 'rules[0].values[1]'],
    [{ attribute: 'a', operator: 'semver_gt', values: ['v1.0.0'] }, 'rules[0].values[0]'],
    [{ attribute: 'a', operator: 'before', values: ['tomorrow'] }, 'rules[0].values[0]'],
    [{ attribute: 'a', operator: 'in_cidr', values: ['10.0.0.0/33'] }, 'rules[0].values[0]'],
    [{ attribute: 'a', operator: 'matches', values: ['(?=a)b'] }, 'rules[0].values[0]'],
    [{ attribute: 'a', operator: 'matches', values: ['(a)\\1'] }, 'rules[0].values[0]'],
    [{ attribute: 'a', operator: 'matches', values: ['(?:a{1000}){1000}'] }, 'rules[0].values[0]'],
    [{ attribute: 'a', operator: 'matches', values: ['a'.repeat(LIMITS.pattern + 1)] }, 'rules[0].values[0]'],
    [{ attribute: 'a', operator: 'eq', values: ['x'.repeat(LIMITS.value + 1)] }, 'rules[0].values[0]'],
    [{ attribute: 'a', operator: 'in', values: Array(LIMITS.values + 1).fill('x') }, 'rules[0].values'],
    [{ attribute: 'a', operator: 'contains', values: Array(LIMITS.triedValues + 1).fill('x') }, 'rules[0].values'],
    [{ all: Array.from({ length: LIMITS.conditions + 1 }, () => ({ all: [] })) }, 'rules[0].all'],
    [{ all: [{ any: [null] }] }, 'rules[0].all[0].any[0]'],
    [{ all: 'x' }, 'rules[0].all'],
    [{ percentage: 10 }, 'rules[0]'],
    [{ all: [], attribute: 'a', operator: 'exists' }, 'rules[0]'],
    [{ not: { segment: '' } }, 'rules[0].not.segment'],
    [{ segment: 'nobody' }, 'segments'],
  ])('refuse %j, naming the field', (clause, field) => {
    const [problem] = problemsOf(clause);
    expect(problem).toMatchObject({ kind: 'flag', key: 'f' });
    expect(problem.field.slice(0, field.length)).toBe(field);
  });

  it('refuse clauses that are nested too deep, without running out of stack', () => {
    let clause: Clause = { all: [] };
    for (let i = 0; i < 100_000; i++) clause = { not: clause };
    expect(problemsOf(clause)[0].message).toContain('nested deeper');
  });

  it('search by patterns in time linear in the text', () => {
    const clause = { attribute: 'a', operator: 'matches', values: ['^(a+)+$', '(.*)*b', '(x|x|x)*y'] } as const;
    const started = performance.now();
    expect(matches(clause, { a: `${'a'.repeat(2000)}!` })).toBe(false);
    expect(matches(clause, { a: 'a'.repeat(1_000_000) })).toBe(false);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
