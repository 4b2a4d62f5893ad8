import type { EvaluationContext } from '../evaluation.js';
import type { ImportedFlagdFlag } from '../flag-definition.js';
import type { JsonValue } from '../json-value.js';
import { LIMITS } from '../limits.js';
import { compileRuleset, evaluate, explain } from '../ruleset.js';
import { importFlagd } from './flagd-import.js';

const variants = { red: '#F00', green: '#0F0', blue: '#00F', grey: '#888' };
const flagOf = (targeting: JsonValue, more: object = {}): ImportedFlagdFlag => ({
  dialect: 'flagd',
  key: 'headerColor',
  enabled: true,
  flagd: { variants, defaultVariant: 'grey', targeting, ...more },
});
const rulesetOf = (targeting: unknown, more: object = {}) =>
  compileRuleset('test', 1, [flagOf(targeting as JsonValue, more)], []);

function ask(targeting: unknown, context: EvaluationContext = {}, more: object = {}) {
  const ruleset = rulesetOf(targeting, more);
  expect(ruleset.problems).toEqual([]);
  return evaluate(ruleset, 'headerColor', context, 0);
}
const variant = (targeting: unknown, context: EvaluationContext = {}) => ask(targeting, context).variant;

describe('a flag of flagd', () => {
  it('answers its default variant without targeting, and the one that targeting names', () => {
    expect(ask(undefined)).toMatchObject({ enabled: true, value: '#888', variant: 'grey', reason: 'STATIC' });
    expect(ask({})).toMatchObject({ variant: 'grey', reason: 'STATIC' });
    const staff = { if: [{ ends_with: [{ var: 'email' }, '@faas.com'] }, 'red', null] };
    expect(ask(staff, { email: 'a@faas.com' })).toMatchObject({ value: '#F00', reason: 'TARGETING_MATCH' });
    expect(ask(staff, { email: 'a@example.com' })).toMatchObject({ value: '#888', reason: 'DEFAULT' });
  });

  it('leaves the value to the caller when it has none: disabled, or without a default variant', () => {
    const disabled = compileRuleset('test', 1, [{ ...flagOf(null), enabled: false }], []);
    expect(evaluate(disabled, 'headerColor', {})).toMatchObject({ value: undefined, reason: 'DISABLED' });
    for (const defaultVariant of [null, undefined, ''])
      expect(ask(null, {}, { defaultVariant })).toMatchObject({
        value: undefined,
        variant: undefined,
        reason: 'DEFAULT',
      });
  });

  it('is an error when targeting names no variant, and takes booleans for the variants true and false', () => {
    expect(ask('purple')).toMatchObject({ reason: 'ERROR', errorCode: 'GENERAL', value: undefined });
    const boolean = { variants: { true: 1, false: 0 }, defaultVariant: 'false' };
    expect(ask({ '==': [{ var: 'a' }, 1] }, { a: 1 }, boolean)).toMatchObject({ value: 1, variant: 'true' });
  });

  it('keeps zero values', () => {
    for (const value of [false, 0, '', {}])
      expect(ask('zero', {}, { variants: { zero: value, one: 1 }, defaultVariant: 'one' }).value).toEqual(value);
  });

  it('knows its key, the time and the targeting key', () => {
    expect(variant({ if: [{ '==': [{ var: '$flagd.flagKey' }, 'headerColor'] }, 'red'] })).toBe('red');
    expect(variant({ if: [{ '==': [{ var: ['targetingKey'] }, 'u1'] }, 'red'] }, { targeting_key: 'u1' })).toBe('red');
    const dated = rulesetOf({ if: [{ '>=': [{ var: '$flagd.timestamp' }, 1000] }, 'red', 'blue'] });
    expect([999_999, 1_000_000].map((now) => evaluate(dated, 'headerColor', {}, now).variant)).toEqual(['blue', 'red']);
    expect(evaluate(dated, 'headerColor', {}, 5000).validUntil).toBe(1_000_000);
    const odd = rulesetOf({ if: [{ '%': [{ var: '$flagd.timestamp' }, 2] }, 'red', 'blue'] });
    expect(evaluate(odd, 'headerColor', {}, 5300)).toMatchObject({ variant: 'red', validUntil: 6000 });
  });
});

describe("flagd's operators", () => {
  it.each([
    ['=', '2.0.0', '2.0.0', true],
    ['!=', '2.0.0', '2.0.1', true],
    ['<', '2.0.0-alpha', '2.0.0', true],
    ['<=', '1.9.0', '2.0.0', true],
    ['>', '2.1.0', '2.0.0', true],
    ['>=', '2.0.0', '2.0.1', false],
    ['^', '3.1.0', '3.0.0', true],
    ['^', '4.0.0', '3.0.0', false],
    ['~', '3.0.9', '3.0.0', true],
    ['~', '3.1.0', '3.0.0', false],
    ['=', 'v1.0.0', '1.0.0', true],
    ['=', '1.0.0+other', '1.0.0+build', true],
    ['^', '1.5.0', '1', true],
  ])('sem_ver %s takes %s for %s: %s', (operator, version, other, holds) => {
    expect(variant({ if: [{ sem_ver: [{ var: 'version' }, operator, other] }, 'red', 'blue'] }, { version })).toBe(
      holds ? 'red' : 'blue',
    );
  });

  it.each([
    { sem_ver: [{ var: 'v' }, '=', '1.0.0'] },
    { sem_ver: ['2.0.0.0', '=', '2.0.0'] },
    { sem_ver: ['1.0.0', '===', '1.0.0'] },
    { sem_ver: ['1.0.0', '='] },
    { starts_with: [{ var: 'number' }, 'abc'] },
    { ends_with: ['abc'] },
    { fractional: [{ var: 'missing' }, ['red', 1]] },
    { fractional: ['key', ['red', 0], ['blue', 0]] },
    { fractional: ['key', ['red', 0.5], ['blue', 1]] },
    { fractional: ['key', ['red', 2_147_483_647], ['blue', 1]] },
    { fractional: ['key', 'red', 'blue'] },
    { fractional: [] },
  ])('%j is null: the default variant', (targeting) => {
    expect(ask(targeting, { v: 'new', number: 123 })).toMatchObject({ variant: 'grey', reason: 'DEFAULT' });
  });

  it('fractional is deterministic where the hash is at its edges', () => {
    const targeting = { fractional: [{ var: 'targetingKey' }, ['red', 50], ['blue', 50]] };
    const given = ['ejOoVL', 'bY9fO-', 'SI7p-', '6LvT0', 'ceQdGm'].map((targetingKey) =>
      variant(targeting, { targetingKey }),
    );
    expect(given).toEqual(['red', 'red', 'red', 'blue', 'blue']);
  });

  it('fractional hashes flag key and targeting key where nothing else is named', () => {
    const [short, long] = [
      { fractional: [['red'], ['blue', 1]] },
      { fractional: [{ cat: [{ var: '$flagd.flagKey' }, { var: 'targetingKey' }] }, ['red', 1], ['blue', 1]] },
    ];
    for (let i = 0; i < 50; i++)
      expect(variant(short, { targetingKey: `u${i}` })).toBe(variant(long, { targetingKey: `u${i}` }));
    expect(variant(short)).toBe('grey');
  });

  it('fractional gives shares by weight, up to the largest sum', () => {
    const count = (weights: number[]): number[] => {
      const [red, blue] = weights;
      const ruleset = rulesetOf({
        fractional: [
          ['red', red],
          ['blue', blue],
        ],
      });
      const given = Array.from(
        { length: 20_000 },
        (_, i) => evaluate(ruleset, 'headerColor', { targetingKey: `u${i}` }, 0).variant,
      );
      return ['red', 'blue'].map((name) => given.filter((one) => one === name).length);
    };
    expect(Math.abs(count([25, 75])[0] - 5000)).toBeLessThan(250);
    expect(Math.abs(count([1_000_000_000, 1_000_000_000])[0] - 10_000)).toBeLessThan(300);
  });

  it('fractional takes what is calculated: variants, weights below 0, conditions', () => {
    const nested = {
      fractional: [
        { var: 'targetingKey' },
        [{ if: [{ '==': [{ var: 'tier' }, 'premium'] }, 'red', 'green'] }, 50],
        ['blue', { '-': [1, 5] }],
      ],
    };
    expect(variant(nested, { targetingKey: 'x', tier: 'premium' })).toBe('red');
    expect(variant(nested, { targetingKey: 'x' })).toBe('green');
    expect(
      variant(
        {
          if: [
            {
              fractional: [
                [false, 0],
                [true, 100],
              ],
            },
            'red',
            'blue',
          ],
        },
        { targetingKey: 'x' },
      ),
    ).toBe('red');
  });

  it('explain where the asker falls', () => {
    const ruleset = rulesetOf({ fractional: ['ejOoVL', ['red', 50], ['blue', 50]] });
    const [{ steps }] = explain(ruleset, 'headerColor', {}).steps;
    expect(steps.map(({ kind, name }) => [kind, name])).toEqual([
      ['variant', 'red'],
      ['targeting', 'targeting'],
    ]);
    expect(steps[0]).toMatchObject({ bucket: 0, limit: 50 });
  });
});

describe('an import of flagd', () => {
  const document = {
    $evaluators: {
      staff: { or: [{ $ref: 'byEmail' }, { var: 'staff' }] },
      byEmail: { ends_with: [{ var: 'email' }, '@faas.com'] },
    },
    metadata: { team: 'web', version: 1 },
    flags: {
      one: {
        state: 'ENABLED',
        variants: { on: true, off: false },
        defaultVariant: 'off',
        targeting: { if: [{ $ref: 'staff' }, 'on'] },
        metadata: { version: 2 },
      },
      two: { state: 'DISABLED', variants: { on: true }, defaultVariant: 'on' },
      lost: { state: 'ENABLED', variants: { on: true }, targeting: { if: [{ $ref: 'nobody' }, 'on'] } },
    },
  };

  it('writes evaluators out where they are named, also inside each other', () => {
    const { flags, warnings } = importFlagd(document);
    const ruleset = compileRuleset('test', 1, flags, []);
    expect(evaluate(ruleset, 'one', { email: 'a@faas.com' })).toMatchObject({
      value: true,
      enabled: true,
      metadata: { team: 'web', version: 2 },
    });
    expect(evaluate(ruleset, 'one', { staff: true }).value).toBe(true);
    expect(evaluate(ruleset, 'one', {})).toMatchObject({ value: false, enabled: false, reason: 'DEFAULT' });
    expect(evaluate(ruleset, 'two', {}).reason).toBe('DISABLED');
    expect(evaluate(ruleset, 'lost', {}).errorCode).toBe('PARSE_ERROR');
    expect(warnings).toEqual(["lost refers to nobody, which is no evaluator: it can't be evaluated."]);
  });

  it.each([
    [{}, 'flags'],
    [{ flags: { a: { variants: {} } } }, 'flags.a.state'],
    [{ flags: { a: { state: 'ENABLED' } } }, 'flags.a.variants'],
    [{ flags: { a: { state: 'ENABLED', variants: {}, defaultVariant: 1 } } }, 'flags.a.defaultVariant'],
    [{ flags: {}, metadata: { a: [] } }, 'metadata.a'],
    [
      { flags: { a: { state: 'ENABLED', variants: {}, targeting: { $ref: 'x' } } }, $evaluators: { x: { $ref: 'x' } } },
      'flags.a.targeting',
    ],
  ])('refuses %j, naming the field', (wrong, field) => {
    expect(() => importFlagd(wrong)).toThrow(expect.objectContaining({ field }) as Error);
  });

  it('refuses references that double again and again', () => {
    const $evaluators = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`e${i}`, { and: [{ $ref: `e${i + 1}` }, { $ref: `e${i + 1}` }] }]),
    );
    const flags = { a: { state: 'ENABLED', variants: { on: true }, targeting: { $ref: 'e0' } } };
    expect(() => importFlagd({ $evaluators, flags })).toThrow(/too large/);
  });
});

describe('a targeting', () => {
  it.each([
    [{ unknown: [1] }, 'flagd.targeting.unknown'],
    [{ constructor: [1] }, 'flagd.targeting.constructor'],
    [{ if: [{ a: 1, b: 2 }, 'red'] }, 'flagd.targeting.if[0]'],
    [{ merge: Array(LIMITS.logicNodes + 1).fill(1) }, 'flagd.targeting.merge[4999]'],
  ])('that can not be understood is a problem: %#', (targeting, field) => {
    const ruleset = rulesetOf(targeting);
    expect(ruleset.problems).toMatchObject([{ kind: 'flag', key: 'headerColor', field }]);
    expect(evaluate(ruleset, 'headerColor', {})).toMatchObject({ errorCode: 'PARSE_ERROR', value: undefined });
  });

  it('that would run for ever, or fill the memory, is stopped', () => {
    const many = Array.from({ length: 200 }, (_, i) => i);
    const doubling = { reduce: [many, { cat: [{ var: 'accumulator' }, { var: 'accumulator' }] }, 'xx'] };
    const walking = { reduce: [many, { reduce: [many, { reduce: [many, 1, 0] }, 0] }, 0] };
    const growing = { reduce: [many, { merge: [{ var: 'accumulator' }, { var: 'accumulator' }] }, { merge: [1] }] };
    const started = performance.now();
    for (const targeting of [doubling, walking, growing])
      expect(ask(targeting)).toMatchObject({
        reason: 'ERROR',
        errorCode: 'GENERAL',
        errorDetails: expect.stringContaining('more than') as string,
      });
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('reads nothing that the context inherits', () => {
    for (const path of ['constructor', '__proto__', 'a.constructor', 'toString', 'a.length.x'])
      expect(ask({ if: [{ var: path }, 'red', 'blue'] }, { a: 'text' }).variant).toBe('blue');
  });
});
