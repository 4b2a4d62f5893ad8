import { prerequisiteCycle, segmentCycle } from './dependencies.js';
import type { FlagDefinition, NativeFlag, Prerequisite, SegmentDefinition } from './flag-definition.js';
import { LIMITS } from './limits.js';
import { compileRuleset, evaluate, evaluateAll, explain, nextChange } from './ruleset.js';

const flag = (key: string, more: Partial<NativeFlag> = {}): NativeFlag => ({ key, enabled: true, ...more });
const needing = (key: string, ...prerequisites: Prerequisite[]): NativeFlag => flag(key, { prerequisites });
const rulesOf = (flags: FlagDefinition[], segments: SegmentDefinition[] = []) =>
  compileRuleset('test', 7, flags, segments);
const germans = { attribute: 'country', operator: 'eq', values: ['de'] } as const;

describe('a ruleset', () => {
  it('answers for every flag in order, and says which it does not know', () => {
    const ruleset = rulesOf([flag('b'), flag('a'), flag('c', { enabled: false })]);
    expect(evaluateAll(ruleset, {}).map(({ key, enabled }) => [key, enabled])).toEqual([
      ['a', true],
      ['b', true],
      ['c', false],
    ]);
    expect(evaluateAll(ruleset, {}, 0, (key) => key === 'b').map(({ key }) => key)).toEqual(['b']);
    for (const key of ['d', '__proto__', 'constructor', ''])
      expect(evaluate(ruleset, key, {})).toMatchObject({ key, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' });
  });

  it('gives metadata back', () => {
    const metadata = { team: 'checkout', version: 3 };
    expect(evaluate(rulesOf([flag('a', { metadata })]), 'a', {}).metadata).toEqual(metadata);
  });

  it('never throws, whatever the context and however wrong the definitions', () => {
    const odd = [null, undefined, 3, 'x', [], { targetingKey: { toString: 1 } }, Object.create(null), new Map()];
    const wrong = [
      {},
      { key: 3 },
      { key: 'x', rules: [null] },
      { key: 'y', dialect: 'unleash' },
      { key: 'z', dialect: 'flagd' },
    ];
    const everything = flag('f', { strategy: 'gradual', percentage: 50, rules: [germans], segments: ['s'] });
    const ruleset = rulesOf([everything, ...(wrong as NativeFlag[])], [{ key: 's', clause: germans }]);
    for (const context of odd) {
      expect(evaluateAll(ruleset, context as never)).toHaveLength(ruleset.keys.length);
      expect(explain(ruleset, 'f', context as never).key).toBe('f');
    }
  });
});

describe('prerequisites', () => {
  const chain = [
    needing('a', { flag: 'b' }),
    needing('b', { flag: 'c', variants: ['x', 'y'] }),
    flag('c', { rules: [germans], variants: [{ key: 'x', value: 1 }] }),
  ];

  it('are nested', () => {
    expect(evaluate(rulesOf(chain), 'a', { country: 'de' }).enabled).toBe(true);
    expect(evaluate(rulesOf(chain), 'a', { country: 'at' })).toMatchObject({
      enabled: false,
      value: false,
      reason: 'DEFAULT',
      rule: 'prerequisite b',
    });
  });

  it('may ask for a flag to be off, and for a variant', () => {
    const ruleset = rulesOf([
      ...chain,
      needing('d', { flag: 'c', enabled: false }),
      needing('e', { flag: 'c', variants: ['z'] }),
    ]);
    expect(evaluate(ruleset, 'd', { country: 'at' }).enabled).toBe(true);
    expect(evaluate(ruleset, 'd', { country: 'de' }).enabled).toBe(false);
    expect(evaluate(ruleset, 'e', { country: 'de' }).enabled).toBe(false);
  });

  it('do not hold when the flag is missing or wrong, not even when it is to be off', () => {
    const ruleset = rulesOf([
      needing('a', { flag: 'gone', enabled: false }),
      needing('b', { flag: 'wrong', enabled: false }),
      flag('wrong', { percentage: -1 }),
    ]);
    expect(['a', 'b'].map((key) => evaluate(ruleset, key, {}).enabled)).toEqual([false, false]);
  });

  it('in a cycle are found for the writer, and answer an error instead of for ever', () => {
    const flags = [
      needing('a', { flag: 'b' }),
      needing('b', { flag: 'c' }),
      needing('c', { flag: 'a' }),
      needing('d', { flag: 'a' }),
      flag('e'),
    ];
    expect(prerequisiteCycle(flags)).toEqual(['a', 'b', 'c', 'a']);
    expect(prerequisiteCycle(chain)).toBeUndefined();
    expect(prerequisiteCycle([needing('a', { flag: 'a' })])).toEqual(['a', 'a']);
    const ruleset = rulesOf(flags);
    expect(ruleset.problems.map(({ key, field }) => `${key} ${field}`).sort()).toEqual([
      'a prerequisites',
      'b prerequisites',
      'c prerequisites',
    ]);
    expect(evaluateAll(ruleset, {}).map(({ reason }) => reason)).toEqual([
      'ERROR',
      'ERROR',
      'ERROR',
      'DEFAULT',
      'STATIC',
    ]);
  });

  it('that all need each other are found quickly', () => {
    const keys = Array.from({ length: 400 }, (_, i) => `f${i}`);
    const flags = keys.map((key, i) =>
      needing(
        key,
        ...keys
          .slice(i + 1)
          .concat(keys.slice(0, i))
          .slice(0, LIMITS.references)
          .map((other) => ({ flag: other })),
      ),
    );
    const ruleset = rulesOf(flags);
    expect(evaluateAll(ruleset, {}).filter(({ enabled }) => enabled)).toEqual([]);
    expect(new Set(ruleset.problems.map(({ key }) => key)).size).toBe(ruleset.problems.length);
  });

  it('are refused beyond the depth allowed, however deep', () => {
    const flags = Array.from({ length: 5000 }, (_, i) => needing(`f${i}`, { flag: `f${i + 1}` }));
    const ruleset = rulesOf([...flags, flag('f5000')]);
    expect(evaluate(ruleset, `f${5001 - LIMITS.prerequisiteDepth}`, {}).enabled).toBe(true);
    expect(evaluate(ruleset, `f${5000 - LIMITS.prerequisiteDepth}`, {}).errorCode).toBe('PARSE_ERROR');
    expect(prerequisiteCycle(flags)).toBeUndefined();
  });

  it('that fan out and meet again are asked once each', () => {
    const layers = Array.from({ length: LIMITS.prerequisiteDepth - 1 }, (_, i) => i);
    const flags = layers.flatMap((i) =>
      ['x', 'y', 'z'].map((name) =>
        needing(`${name}${i}`, ...['x', 'y', 'z'].map((other) => ({ flag: `${other}${i + 1}` }))),
      ),
    );
    const last = ['x', 'y', 'z'].map((name) => flag(`${name}${layers.length}`));
    const started = performance.now();
    expect(evaluate(rulesOf([...flags, ...last]), 'x0', {}).enabled).toBe(true);
    expect(explain(rulesOf([...flags, ...last]), 'x0', {}).enabled).toBe(true);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('segments', () => {
  const segments: SegmentDefinition[] = [
    { key: 'germans', clause: germans },
    {
      key: 'beta',
      included: ['u1'],
      excluded: ['u2'],
      clause: { all: [{ segment: 'germans' }, { attribute: 'beta', operator: 'eq', values: [true] }] },
    },
  ];
  const member = (context: object) =>
    evaluate(rulesOf([flag('f', { segments: ['beta'] })], segments), 'f', { ...context }).enabled;

  it('are nested, and name members one by one', () => {
    expect(member({ country: 'de', beta: true })).toBe(true);
    expect(member({ country: 'at', beta: true })).toBe(false);
    expect(member({ targetingKey: 'u1' })).toBe(true);
    expect(member({ targetingKey: 'u2', country: 'de', beta: true })).toBe(false);
  });

  it('of which one is enough choose who is looked at; rules may name them too', () => {
    const ruleset = rulesOf(
      [flag('any', { segments: ['beta', 'germans'] }), flag('rule', { rules: [{ not: { segment: 'germans' } }] })],
      segments,
    );
    expect(evaluate(ruleset, 'any', { country: 'de' })).toMatchObject({ enabled: true, reason: 'TARGETING_MATCH' });
    expect(evaluate(ruleset, 'any', {})).toMatchObject({ enabled: false, reason: 'DEFAULT', rule: 'segments' });
    expect(evaluate(ruleset, 'rule', { country: 'de' }).enabled).toBe(false);
  });

  it('in a cycle, or with one that is missing, are wrong, and so are the flags that use them', () => {
    const bad: SegmentDefinition[] = [
      { key: 'a', clause: { segment: 'b' } },
      { key: 'b', clause: { not: { segment: 'a' } } },
      { key: 'c', clause: { any: [{ segment: 'gone' }] } },
      { key: 'd', clause: { segment: 'c' } },
    ];
    expect(segmentCycle(bad)).toEqual(['a', 'b', 'a']);
    expect(segmentCycle(segments)).toBeUndefined();
    const ruleset = rulesOf([flag('f', { rules: [{ not: { segment: 'd' } }] })], bad);
    expect(ruleset.problems.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
      'segment a',
      'segment b',
      'segment c',
      'segment d',
      'flag f',
    ]);
    expect(evaluate(ruleset, 'f', {}).errorCode).toBe('PARSE_ERROR');
  });
});

describe('time', () => {
  const at = (time: string): number => Date.parse(time);
  const expiring = flag('expiring', { expiresAt: '2026-03-01T00:00:00Z' });
  const dated = flag('dated', {
    rules: [
      {
        all: [
          { attribute: 'now', operator: 'after', values: ['2026-01-01'] },
          { attribute: 'now', operator: 'before', values: ['2026-02-01'] },
        ],
      },
    ],
  });
  const ruleset = rulesOf([
    expiring,
    dated,
    needing('child', { flag: 'dated' }, { flag: 'expiring' }),
    flag('timeless'),
  ]);

  it('ends what expires', () => {
    expect(evaluate(ruleset, 'expiring', {}, at('2026-02-28T23:59:59.999Z')).enabled).toBe(true);
    expect(evaluate(ruleset, 'expiring', {}, at('2026-03-01'))).toMatchObject({
      enabled: false,
      reason: 'DISABLED',
      rule: 'expired',
    });
  });

  it('an answer says until when it holds, and what depends on it does too', () => {
    const until = (key: string, now: string) => evaluate(ruleset, key, {}, at(now)).validUntil;
    expect(until('dated', '2025-01-01')).toBe(at('2026-01-01') + 1);
    expect(until('dated', '2026-01-15')).toBe(at('2026-02-01'));
    expect(until('dated', '2026-02-01')).toBeUndefined();
    expect(until('child', '2026-02-01')).toBe(at('2026-03-01'));
    expect(until('child', '2026-01-01')).toBe(at('2026-01-01') + 1);
    expect(until('timeless', '2026-01-01')).toBeUndefined();
    expect(nextChange(ruleset, at('2026-01-15'))).toBe(at('2026-02-01'));
    expect(nextChange(ruleset, at('2026-03-01'))).toBeUndefined();
  });

  it('changes an answer at no other instant', () => {
    const answers = (now: number) =>
      JSON.stringify(evaluateAll(ruleset, {}, now).map(({ enabled, reason }) => [enabled, reason]));
    let now = at('2025-12-01');
    for (let change = nextChange(ruleset, now); change !== undefined; change = nextChange(ruleset, now)) {
      expect(answers(change - 1)).toBe(answers(now));
      expect(answers(change)).not.toBe(answers(now));
      now = change;
    }
    expect(answers(at('2036-01-01'))).toBe(answers(now));
  });
});
