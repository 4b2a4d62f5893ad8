import { ClauseCompiler } from '../conditions/clause.js';
import type { Test } from '../conditions/clause.js';
import { DefinitionError, listed, named } from '../definition-error.js';
import type { NativeFlag, RolloutStrategy, Rule, Variant } from '../flag-definition.js';
import { ROLLOUT_STRATEGIES } from '../flag-definition.js';
import { LIMITS } from '../limits.js';
import { BUCKETS, limitOf } from './bucket.js';
import type { VariantDraw } from './variant-draw.js';

export interface CompiledRule {
  readonly name: string;
  readonly test: Test;
  /** The last bucket that is taken. */
  readonly limit: number;
  readonly variant?: Variant;
}

/** What a strategy makes of rules and percentage. */
export interface StrategyTraits {
  /** The percentage where the flag gives none. */
  readonly percentage: number;
  /**
   * Whether a rule opens the flag to all whom it matches (they are the canaries), and the percentage is of everybody else.
   * Otherwise rules choose the audience, and the percentage is of them.
   */
  readonly rulesComeFirst: boolean;
}

export const STRATEGY_TRAITS: Readonly<Record<RolloutStrategy, StrategyTraits>> = {
  instant: { percentage: 100, rulesComeFirst: false },
  gradual: { percentage: 0, rulesComeFirst: false },
  canary: { percentage: 0, rulesComeFirst: true },
  // The percentage is of those who get the second variant; everybody else gets the first.
  blue_green: { percentage: 0, rulesComeFirst: true },
  ab_test: { percentage: 100, rulesComeFirst: false },
};

export function strategyOf(flag: NativeFlag): RolloutStrategy {
  const strategy = flag.strategy ?? 'instant';
  if (!ROLLOUT_STRATEGIES.includes(strategy))
    throw new DefinitionError('strategy', `must be one of ${ROLLOUT_STRATEGIES.join(', ')}`);
  return strategy;
}

/** The last bucket of a percentage. Throws a DefinitionError. */
export function checkedLimit(percentage: number, field: string): number {
  if (typeof percentage !== 'number' || !(percentage >= 0 && percentage <= 100))
    throw new DefinitionError(field, 'must be a number from 0 to 100');
  return limitOf(percentage);
}

/** Throws a DefinitionError. */
export function compileRules(flag: NativeFlag, draw: VariantDraw, compiler: ClauseCompiler): CompiledRule[] {
  const traits = STRATEGY_TRAITS[strategyOf(flag)];
  const usual = traits.rulesComeFirst ? BUCKETS : checkedLimit(flag.percentage ?? traits.percentage, 'percentage');
  return listed(flag.rules, 'rules', LIMITS.rules).map((rule: Rule, i) => {
    const field = `rules[${i}]`;
    return {
      test: compiler.compile(rule, field),
      name: rule.name === undefined ? `rule ${i + 1}` : named(rule.name, `${field}.name`, LIMITS.name),
      limit: rule.percentage === undefined ? usual : checkedLimit(rule.percentage, `${field}.percentage`),
      variant: rule.variant === undefined ? undefined : draw.get(rule.variant, `${field}.variant`),
    };
  });
}
