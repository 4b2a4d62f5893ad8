import type { NativeFlag, RolloutStrategy, Rule } from './flag-definition.js';
import { ROLLOUT_STRATEGIES } from './flag-definition.js';
import { compileRuleset, evaluate } from './ruleset.js';

const USERS = 100_000;
const contexts = Array.from({ length: USERS }, (_, i) => ({ targetingKey: `user-${i}@example.com` }));

function taken(flag: Partial<NativeFlag>): Uint8Array {
  const key = flag.key ?? 'new-checkout';
  const ruleset = compileRuleset('test', 1, [{ enabled: true, strategy: 'gradual', ...flag, key }], []);
  return Uint8Array.from(contexts, (context) => (evaluate(ruleset, key, context, 0).enabled ? 1 : 0));
}
const count = (flags: Uint8Array): number => flags.reduce((sum, one) => sum + one, 0);

/** Four standard deviations of a binomial: wrong once in 16,000 if it were drawn anew. */
const error = (share: number): number => 4 * Math.sqrt(USERS * share * (1 - share));

describe('over 100,000 users', () => {
  it.each([1, 10, 50, 99.99])('%d %% of them are taken, within sampling error', (percentage) => {
    const expected = (USERS * percentage) / 100;
    expect(Math.abs(count(taken({ percentage })) - expected)).toBeLessThan(error(percentage / 100));
  });

  it('going up moves nobody out', () => {
    let before = taken({ percentage: 0.01 });
    for (const percentage of [7, 7.01, 50, 99.99]) {
      const after = taken({ percentage });
      expect(before.some((one, i) => one > after[i])).toBe(false);
      before = after;
    }
  });

  it('two flags are independent (χ²)', () => {
    const [a, b] = ['new-checkout', 'new-search'].map((key) => taken({ key, percentage: 50 }));
    const cells = [0, 0, 0, 0];
    for (let i = 0; i < USERS; i++) cells[a[i] * 2 + b[i]]++;
    const [pa, pb] = [count(a) / USERS, count(b) / USERS];
    const expected = [(1 - pa) * (1 - pb), (1 - pa) * pb, pa * (1 - pb), pa * pb].map((share) => share * USERS);
    const chi = cells.reduce((sum, cell, i) => sum + (cell - expected[i]) ** 2 / expected[i], 0);
    // One degree of freedom, p = 0.001.
    expect(chi).toBeLessThan(10.83);
  });

  it('variants are drawn by weight within a small rollout too, and stay when it grows', () => {
    const variants = [
      { key: 'a', value: 1, weight: 50 },
      { key: 'b', value: 2, weight: 30 },
      { key: 'c', value: 3, weight: 20 },
    ];
    const at = (percentage: number) => {
      const flag = { key: 'f', enabled: true, strategy: 'gradual', percentage, variants } as const;
      const ruleset = compileRuleset('test', 1, [flag], []);
      return contexts.map((context) => evaluate(ruleset, 'f', context, 0).variant);
    };
    const [few, many] = [at(10), at(60)];
    expect(few.some((variant, i) => variant !== undefined && variant !== many[i])).toBe(false);
    const all = few.filter((variant) => variant !== undefined).length;
    const chi = variants.reduce((sum, { key, weight }) => {
      const expected = (all * weight) / 100;
      return sum + (few.filter((variant) => variant === key).length - expected) ** 2 / expected;
    }, 0);
    // Two degrees of freedom, p = 0.001.
    expect(chi).toBeLessThan(13.82);
  });
});

/** Mulberry32: the same numbers in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

describe('whatever the rules', () => {
  it('raising any percentage of any flag switches nobody off', () => {
    const next = numbers(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)];
    const percentage = (): number => Math.round(next() * 10_000) / 100;
    const rule = (): Rule => ({
      attribute: pick(['country', 'plan']),
      operator: pick(['eq', 'ne'] as const),
      values: [pick(['de', 'at', 'pro', 'free'])],
      ...(next() < 0.6 ? { percentage: percentage() } : {}),
      ...(next() < 0.3 ? { variant: 'b' } : {}),
    });
    for (let round = 0; round < 300; round++) {
      const rules = Array.from({ length: Math.floor(next() * 4) }, rule);
      const variants = [
        { key: 'a', value: 1 },
        { key: 'b', value: 2 },
      ];
      const flag = {
        key: `f${round}`,
        enabled: true,
        rules,
        variants,
        strategy: pick<RolloutStrategy>(ROLLOUT_STRATEGIES),
        percentage: percentage(),
      };
      const up = (value: number): number => value + Math.round((100 - value) * next() * 100) / 100;
      const raised = {
        ...flag,
        percentage: up(flag.percentage),
        rules: rules.map((one) => (one.percentage === undefined ? one : { ...one, percentage: up(one.percentage) })),
      };
      const [before, after] = [flag, raised].map((one) => compileRuleset('test', 1, [one], []));
      for (let i = 0; i < 50; i++) {
        const context = { targetingKey: `u${i}`, country: pick(['de', 'at', undefined]), plan: pick(['pro', 'free']) };
        const was = evaluate(before, flag.key, context, 0).enabled;
        expect(was && !evaluate(after, flag.key, context, 0).enabled).toBe(false);
      }
    }
  });
});
