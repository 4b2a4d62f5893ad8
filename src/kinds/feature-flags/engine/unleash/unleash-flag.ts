import type { Decider, Decision } from '../decision.js';
import { listed, named } from '../definition-error.js';
import type { Reason } from '../evaluation.js';
import type { ImportedUnleashFlag } from '../flag-definition.js';
import type { JsonValue } from '../json-value.js';
import { LIMITS } from '../limits.js';
import type { Run } from '../run.js';
import type { UnleashDependency } from './unleash-format.js';
import { compileStrategy } from './unleash-strategy.js';
import type { CompiledStrategy } from './unleash-strategy.js';
import { UnleashVariants } from './unleash-variants.js';

/** Unleash's name for the variant of a feature that has none. */
const NO_VARIANT = 'disabled';

/** Decides as Unleash's clients do; its published specification is the reference. The constructor throws a DefinitionError. */
export class UnleashDecider implements Decider {
  readonly off: { readonly value?: JsonValue };
  readonly segments: readonly string[];
  readonly segmentsMayBeMissing = true;
  readonly changes: readonly number[];
  readonly needs: readonly string[];
  readonly hasUnleashParents: boolean;
  private readonly parents: readonly UnleashDependency[];
  private readonly strategies: readonly CompiledStrategy[];
  private readonly allDisabled: boolean;
  private readonly variants: UnleashVariants | undefined;

  constructor({ unleash }: ImportedUnleashFlag) {
    const name = named(unleash?.name, 'unleash.name', LIMITS.name);
    const strategies = listed(unleash.strategies, 'unleash.strategies', LIMITS.rules);
    const active = strategies.filter((strategy) => strategy?.disabled !== true);
    this.allDisabled = strategies.length > 0 && active.length === 0;
    this.strategies = active.map((strategy, i) => compileStrategy(strategy, name, i));
    const variants = listed(unleash.variants, 'unleash.variants', LIMITS.variants);
    this.variants =
      variants.length > 0 ? new UnleashVariants(variants, name, undefined, 'unleash.variants') : undefined;
    this.parents = listed(unleash.dependencies, 'unleash.dependencies', LIMITS.references);
    for (const [i, one] of this.parents.entries())
      named(one?.feature, `unleash.dependencies[${i}].feature`, LIMITS.name);
    this.needs = this.parents.map(({ feature }) => feature);
    this.hasUnleashParents = this.parents.length > 0;
    this.segments = this.strategies.flatMap((strategy) => strategy.segments);
    this.changes = this.strategies.flatMap((strategy) => strategy.changes);
    const payloads = [this.variants, ...this.strategies.map((strategy) => strategy.variants)];
    // A caller that asks for a text must get its own default, not `false`.
    this.off = payloads.some((one) => one?.hasPayloads) ? {} : { value: false };
  }

  decide(run: Run): Decision {
    for (const parent of this.parents)
      if (!this.parentHolds(parent, run))
        return { enabled: false, ...this.off, reason: 'DEFAULT', rule: `dependency ${parent.feature}` };
    if (this.allDisabled) return { enabled: false, ...this.off, reason: 'DEFAULT' };
    if (this.strategies.length === 0) return this.on(run, this.variants);
    for (const strategy of this.strategies) {
      run.trace?.begin('rule', strategy.name);
      const taken = strategy.test(run);
      run.trace?.end(taken, taken ? 'takes the asker' : 'does not take the asker');
      if (taken) return this.on(run, strategy.variants ?? this.variants, strategy);
    }
    const split = this.strategies.some(({ splits }) => splits);
    return { enabled: false, ...this.off, reason: split ? 'SPLIT' : 'DEFAULT' };
  }

  private on(run: Run, variants: UnleashVariants | undefined, strategy?: CompiledStrategy): Decision {
    // The feature's own variants stand in where a strategy's have no weight.
    const chosen = variants?.choose(run) ?? (variants === this.variants ? undefined : this.variants?.choose(run));
    const split = strategy?.splits === true || variants?.drawn === true;
    const targeted = this.parents.length > 0 || this.strategies.some(({ targets }) => targets);
    const reason: Reason = split ? 'SPLIT' : targeted ? 'TARGETING_MATCH' : 'STATIC';
    const rule = strategy?.name;
    return chosen
      ? { enabled: true, value: chosen.value, variant: chosen.name, payload: chosen.payload, reason, rule }
      : { enabled: true, value: true, reason, rule };
  }

  /** Unleash looks one level up only: a parent that has parents itself never holds. */
  private parentHolds({ feature, enabled = true, variants }: UnleashDependency, run: Run): boolean {
    run.trace?.begin('prerequisite', feature);
    const parent = run.flag(feature);
    const nested = parent?.hasUnleashParents === true;
    const answer = nested ? undefined : run.answer(feature);
    const holds =
      answer !== undefined &&
      answer.reason !== 'ERROR' &&
      answer.enabled === enabled &&
      (!enabled || !variants?.length || variants.includes(answer.variant ?? NO_VARIANT));
    const because = nested
      ? 'has dependencies itself'
      : answer
        ? `is ${answer.enabled ? 'on' : 'off'}`
        : 'is not there';
    run.trace?.end(holds, because);
    return holds;
  }
}
