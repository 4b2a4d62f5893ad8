import type { ExplanationStep } from './evaluation.js';
import type { NativeFlag } from './flag-definition.js';
import { compileRuleset, evaluate, explain } from './ruleset.js';

const flag = (key: string, more: Partial<NativeFlag> = {}): NativeFlag => ({ key, enabled: true, ...more });
const germans = { attribute: 'country', operator: 'eq', values: ['de'] } as const;

describe('an explanation', () => {
  const names = (steps: readonly ExplanationStep[]): unknown[] =>
    steps.map(({ kind, name, passed, steps: inner }) =>
      inner.length > 0 ? [kind, name, passed, names(inner)] : [kind, name, passed],
    );

  it('lists every step with what decided', () => {
    const target = flag('f', {
      strategy: 'gradual',
      percentage: 50,
      segments: ['germans'],
      prerequisites: [{ flag: 'p' }],
      rules: [{ attribute: 'plan', operator: 'in', values: ['pro'], name: 'paying' }, { all: [] }],
    });
    const ruleset = compileRuleset('test', 7, [target, flag('p')], [{ key: 'germans', clause: germans }]);
    const context = { targetingKey: 'u1', country: 'de', plan: 'free' };
    const explanation = explain(ruleset, 'f', context, 0);
    expect(explanation).toMatchObject({ environment: 'test', revision: 7, ...evaluate(ruleset, 'f', context, 0) });
    expect(names(explanation.steps)).toEqual([
      [
        'flag',
        'f',
        explanation.enabled,
        [
          ['prerequisite', 'p', true, [['flag', 'p', true, [['rollout', 'everybody else', true]]]]],
          ['segment', 'germans', true, [['condition', 'country eq ["de"]', true]]],
          ['rule', 'paying', false, [['condition', 'plan in ["pro"]', false]]],
          ['rule', 'rule 2', true],
          ['rollout', 'rule 2', explanation.enabled],
        ],
      ],
    ]);
    const rollout = explanation.steps[0].steps.at(-1)!;
    expect(rollout).toMatchObject({ limit: 5000, bucket: expect.any(Number) as number });
    expect(rollout.because).toMatch(/^bucket \d+ is (?:within|beyond) 50 %$/);
    expect(explanation.steps[0].steps[2].steps[0].because).toBe('plan is "free"');
  });

  it('of a huge context stays small', () => {
    const rules = Array.from({ length: 200 }, () => ({ attribute: 'a', operator: 'eq', values: ['x'] }) as const);
    const ruleset = compileRuleset('test', 7, [flag('f', { rules })], []);
    for (const a of ['y'.repeat(1_000_000), Array(100_000).fill('y'), { b: 'y'.repeat(1_000_000) }])
      expect(JSON.stringify(explain(ruleset, 'f', { a })).length).toBeLessThan(100_000);
  });
});
