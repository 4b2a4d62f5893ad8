import type { EvaluationContext } from '../evaluation.js';
import type { NativeFlag } from '../flag-definition.js';
import { compileRuleset, evaluate } from '../ruleset.js';
import { bucketOf } from './bucket.js';

const ask = (flag: Partial<NativeFlag>, context: EvaluationContext = {}) => {
  const ruleset = compileRuleset('test', 1, [{ key: 'f', enabled: true, ...flag }], []);
  expect(ruleset.problems).toEqual([]);
  return evaluate(ruleset, 'f', context);
};
const problemOf = (flag: object) =>
  compileRuleset('test', 1, [{ key: 'f', enabled: true, ...flag }], []).problems[0]?.field;

const users = Array.from({ length: 300 }, (_, i) => ({ targetingKey: `user-${i}` }));
const within = (percentage: number) =>
  users.filter(({ targetingKey }) => bucketOf(`f:${targetingKey}`) <= percentage * 100);
const enabled = (flag: Partial<NativeFlag>) => users.filter((user) => ask(flag, user).enabled);
const ab = [
  { key: 'a', value: 'red' },
  { key: 'b', value: 'blue' },
];
const germans = { attribute: 'country', operator: 'eq', values: ['de'] } as const;

describe('a flag', () => {
  it('that is on answers true, and its default while it is off', () => {
    expect(ask({})).toMatchObject({ enabled: true, value: true, reason: 'STATIC', variant: undefined });
    expect(ask({ enabled: false })).toMatchObject({ enabled: false, value: false, reason: 'DISABLED' });
    expect(ask({ defaultValue: 'grey' })).toMatchObject({ enabled: true, value: 'grey' });
    expect(ask({ defaultValue: { a: [1] }, enabled: false })).toMatchObject({ value: { a: [1] }, reason: 'DISABLED' });
  });

  it('with rules is on for whom one matches', () => {
    expect(ask({ rules: [germans] }, { country: 'de' })).toMatchObject({
      enabled: true,
      reason: 'TARGETING_MATCH',
      rule: 'rule 1',
    });
    expect(ask({ rules: [germans] }, { country: 'at' })).toMatchObject({
      enabled: false,
      reason: 'DEFAULT',
      rule: undefined,
    });
  });

  it('takes the first rule that matches and whose percentage takes the asker', () => {
    const rules = [
      { ...germans, percentage: 0, variant: 'a' },
      { ...germans, name: 'second', variant: 'b' },
      { ...germans, variant: 'a' },
    ];
    expect(ask({ rules, variants: ab }, { country: 'de' })).toMatchObject({
      value: 'blue',
      variant: 'b',
      rule: 'second',
    });
  });

  it('asks for a targeting key only where it decides', () => {
    const rules = [{ ...germans, percentage: 50 }];
    expect(ask({ strategy: 'gradual', percentage: 100 })).toMatchObject({ enabled: true, reason: 'STATIC' });
    expect(ask({ rules }, { country: 'at' })).toMatchObject({ enabled: false, reason: 'DEFAULT' });
    expect(ask({ rules }, { country: 'de' })).toMatchObject({
      enabled: false,
      value: false,
      errorCode: 'TARGETING_KEY_MISSING',
    });
    expect(ask({ variants: ab })).toMatchObject({ reason: 'ERROR', errorCode: 'TARGETING_KEY_MISSING' });
    expect(ask({ variants: [ab[0], { ...ab[1], weight: 0 }] })).toMatchObject({ value: 'red', reason: 'STATIC' });
  });

  it('sticks to another attribute when told to, whatever its type', () => {
    const flag = { strategy: 'gradual', percentage: 50, stickiness: 'account.id' } as const;
    expect(ask(flag, { targetingKey: 'u' }).errorDetails).toContain('account.id');
    const given = ask(flag, { account: { id: 7 } });
    expect(given).toMatchObject({ reason: 'SPLIT', enabled: bucketOf('f:7') <= 5000 });
    expect(ask(flag, { account: { id: '7' }, targetingKey: 'other' })).toEqual(given);
    expect(ask(flag, { account: { id: 'x'.repeat(100_000) } }).errorCode).toBe('TARGETING_KEY_MISSING');
  });

  it('survives values of any kind where texts are expected', () => {
    const flag = { strategy: 'gradual', percentage: 50 } as const;
    for (const targetingKey of [null, {}, [], '', undefined])
      expect(ask(flag, { targetingKey }).errorCode).toBe('TARGETING_KEY_MISSING');
  });
});

describe('strategies', () => {
  it('instant is for everybody at once, or the percentage it is given', () => {
    expect(enabled({ strategy: 'instant' })).toEqual(users);
    expect(enabled({ strategy: 'instant', percentage: 20 })).toEqual(within(20));
  });

  it('gradual takes a percentage of whom the rules choose', () => {
    expect(enabled({ strategy: 'gradual' })).toEqual([]);
    expect(enabled({ strategy: 'gradual', percentage: 33.33 })).toEqual(within(33.33));
    const flag = { strategy: 'gradual', percentage: 50, rules: [germans] } as const;
    const taken = users.filter((user) => ask(flag, { ...user, country: 'de' }).enabled);
    expect(taken).toEqual(within(50));
    expect(enabled(flag)).toEqual([]);
  });

  it('canary is open to whom a rule matches, and to a percentage of everybody else', () => {
    const flag = { strategy: 'canary', percentage: 10, rules: [germans] } as const;
    expect(users.every((user) => ask(flag, { ...user, country: 'de' }).enabled)).toBe(true);
    expect(enabled(flag)).toEqual(within(10));
    expect(ask(flag, users[0]).reason).toBe('SPLIT');
  });

  it('blue_green serves everybody one of two variants', () => {
    const variants = [
      { key: 'blue', value: 1 },
      { key: 'green', value: 2 },
    ];
    const flag = { strategy: 'blue_green', variants } as const;
    const green = (percentage?: number) =>
      users.filter((user) => ask({ ...flag, percentage }, user).variant === 'green');
    expect(green()).toEqual([]);
    expect(green(40)).toEqual(within(40));
    expect(green(100)).toEqual(users);
    expect(enabled({ ...flag, percentage: 40 })).toEqual(users);
    expect(ask({ ...flag, percentage: 0 })).toMatchObject({ value: 1, variant: 'blue', reason: 'STATIC' });
    expect(ask({ ...flag, rules: [germans] }, { country: 'de' })).toMatchObject({ variant: 'green' });
  });

  it('ab_test draws a variant by weight for everybody it enrols', () => {
    const variants = [
      { ...ab[0], weight: 9 },
      { ...ab[1], weight: 1 },
    ];
    const drawn = users.map((user) => ask({ strategy: 'ab_test', variants }, user));
    expect(drawn.every(({ enabled: on, reason }) => on && reason === 'SPLIT')).toBe(true);
    const blue = drawn.filter(({ variant }) => variant === 'b').length;
    expect(blue).toBeGreaterThan(10);
    expect(blue).toBeLessThan(60);
    expect(enabled({ strategy: 'ab_test', variants, percentage: 30 })).toEqual(within(30));
  });
});

describe('a definition', () => {
  it.each([
    [{ strategy: 'slow' }, 'strategy'],
    [{ percentage: 101 }, 'percentage'],
    [{ percentage: '50' }, 'percentage'],
    [{ rules: [{ ...germans, percentage: -1 }] }, 'rules[0].percentage'],
    [{ rules: [{ ...germans, variant: 'x' }] }, 'rules[0].variant'],
    [{ rules: {} }, 'rules'],
    [{ variants: [{ key: 'a', value: 1, weight: 0 }] }, 'variants'],
    [{ variants: [{ key: 'a', value: 1, weight: Number.NaN }] }, 'variants[0].weight'],
    [{ variants: [ab[0], ab[0]] }, 'variants[1].key'],
    [{ segments: ['nobody'] }, 'segments'],
    [{ expiresAt: 'soon' }, 'expiresAt'],
    [{ prerequisites: [{}] }, 'prerequisites[0].flag'],
    [{ stickiness: '' }, 'stickiness'],
    [{ key: 'x'.repeat(300) }, 'key'],
    [{ dialect: 'launch' }, 'dialect'],
  ])('%j is refused, naming the field', (flag, field) => {
    expect(problemOf(flag)).toBe(field);
  });

  it('that is wrong answers its default, and leaves the other flags alone', () => {
    const wrong = { key: 'wrong', enabled: true, percentage: 200, defaultValue: 'x' };
    const ruleset = compileRuleset('test', 1, [wrong, { key: 'right', enabled: true }], []);
    expect(evaluate(ruleset, 'wrong', {})).toMatchObject({
      enabled: false,
      value: 'x',
      reason: 'ERROR',
      errorCode: 'PARSE_ERROR',
    });
    expect(evaluate(ruleset, 'right', {}).enabled).toBe(true);
  });
});
