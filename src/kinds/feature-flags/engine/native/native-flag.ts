import { ClauseCompiler } from '../conditions/clause.js';
import { attributeReader, stickyText } from '../context.js';
import type { Decider, Decision } from '../decision.js';
import { listed, named } from '../definition-error.js';
import type { Reason } from '../evaluation.js';
import type { NativeFlag, Variant } from '../flag-definition.js';
import type { JsonValue } from '../json-value.js';
import { LIMITS } from '../limits.js';
import type { Run } from '../run.js';
import { BUCKETS, bucketOf } from './bucket.js';
import type { CompiledRule } from './native-rules.js';
import { checkedLimit, compileRules, STRATEGY_TRAITS, strategyOf } from './native-rules.js';
import { VariantDraw } from './variant-draw.js';

/** Decides for a flag of this registry's own making. The constructor throws a DefinitionError. */
export class NativeDecider implements Decider {
  readonly off: { readonly value: JsonValue };
  readonly segments: readonly string[];
  readonly changes: readonly number[];
  private readonly key: string;
  private readonly on: JsonValue;
  private readonly draw: VariantDraw;
  private readonly rules: readonly CompiledRule[];
  private readonly audience: readonly string[];
  /** The last bucket of those whom no rule has taken; undefined when rules choose the audience. */
  private readonly restLimit: number | undefined;
  /** blue_green: the first and the second variant. */
  private readonly sides: readonly [Variant, Variant] | undefined;
  private readonly stickiness: string;
  private readonly readSticky: (context: Run['context']) => unknown;
  private readonly isStatic: boolean;

  constructor(flag: NativeFlag) {
    const strategy = strategyOf(flag);
    const traits = STRATEGY_TRAITS[strategy];
    const compiler = new ClauseCompiler();
    const value = flag.defaultValue ?? false;
    this.key = flag.key;
    this.off = { value };
    this.on = typeof value === 'boolean' ? true : value;
    this.draw = VariantDraw.of(flag.variants);
    this.rules = compileRules(flag, this.draw, compiler);
    this.audience = listed(flag.segments, 'segments', LIMITS.references);
    for (const [i, segment] of this.audience.entries()) {
      named(segment, `segments[${i}]`, LIMITS.name);
      compiler.segments.add(segment);
    }
    const limit = checkedLimit(flag.percentage ?? traits.percentage, 'percentage');
    this.restLimit = this.rules.length === 0 || traits.rulesComeFirst ? limit : undefined;
    const [blue, green] = this.draw.variants;
    this.sides = strategy === 'blue_green' && green ? [blue, green] : undefined;
    this.stickiness =
      flag.stickiness === undefined ? 'targetingKey' : named(flag.stickiness, 'stickiness', LIMITS.name);
    this.readSticky = attributeReader(this.stickiness);
    this.segments = [...compiler.segments];
    this.changes = compiler.changes;
    this.isStatic = this.rules.length === 0 && this.audience.length === 0 && !flag.prerequisites?.length;
  }

  decide(run: Run): Decision {
    if (this.audience.length > 0 && !this.audience.some((segment) => run.member(segment) === true))
      return { enabled: false, value: this.off.value, reason: 'DEFAULT', rule: 'segments' };
    const sticky = new Sticky(this.key, this.readSticky, run);
    let split = false;
    for (const rule of this.rules) {
      if (!this.matches(rule, run)) continue;
      const taken = this.takes(rule.limit, sticky, run, rule.name);
      if (taken === undefined) return this.keyMissing();
      split ||= rule.limit > 0 && rule.limit < BUCKETS;
      if (taken) return this.taken(sticky, run, split, rule);
    }
    if (this.restLimit === undefined) return this.left(split);
    const taken = this.takes(this.restLimit, sticky, run, 'everybody else');
    if (taken === undefined) return this.keyMissing();
    split ||= this.restLimit > 0 && this.restLimit < BUCKETS;
    return taken ? this.taken(sticky, run, split) : this.left(split);
  }

  private matches(rule: CompiledRule, run: Run): boolean {
    const { trace } = run;
    if (!trace) return rule.test(run);
    trace.begin('rule', rule.name);
    const matched = rule.test(run);
    trace.end(matched, matched ? 'matches' : 'does not match');
    return matched;
  }

  /** Undefined when it depends on the bucket, and there is nothing to hash. */
  private takes(limit: number, sticky: Sticky, run: Run, name: string): boolean | undefined {
    if (limit <= 0 || limit >= BUCKETS) {
      run.trace?.leaf('rollout', name, limit > 0, limit > 0 ? 'open to all' : 'open to nobody');
      return limit > 0;
    }
    const { bucket } = sticky;
    if (bucket === undefined) return undefined;
    const taken = bucket <= limit;
    run.trace?.bucket(
      'rollout',
      name,
      { bucket, limit },
      `bucket ${bucket} is ${taken ? 'within' : 'beyond'} ${limit / 100} %`,
    );
    return taken;
  }

  private taken(sticky: Sticky, run: Run, split: boolean, rule?: CompiledRule): Decision {
    const drawn = this.draw.drawn && !rule?.variant && !this.sides;
    if (drawn && sticky.text === undefined) return this.keyMissing();
    const variant = rule?.variant ?? this.sides?.[1] ?? (drawn ? this.draw.draw(sticky.text!, run) : this.draw.only);
    const reason: Reason = split || drawn ? 'SPLIT' : this.isStatic ? 'STATIC' : 'TARGETING_MATCH';
    return {
      enabled: true,
      value: variant ? variant.value : this.on,
      variant: variant?.key,
      reason,
      rule: rule?.name,
    };
  }

  /** Whom the percentage does not take, or no rule matches. With blue_green they are served all the same. */
  private left(split: boolean): Decision {
    const blue = this.sides?.[0];
    if (blue) {
      const reason = split ? 'SPLIT' : this.isStatic ? 'STATIC' : 'DEFAULT';
      return { enabled: true, value: blue.value, variant: blue.key, reason };
    }
    return { enabled: false, value: this.off.value, reason: split ? 'SPLIT' : 'DEFAULT' };
  }

  private keyMissing(): Decision {
    return {
      enabled: false,
      value: this.off.value,
      reason: 'ERROR',
      errorCode: 'TARGETING_KEY_MISSING',
      errorDetails: `The context has no usable ${this.stickiness}, which decides who takes part.`,
    };
  }
}

/** Who asks, as far as it is hashed; worked out when it is first needed. */
class Sticky {
  private known: string | undefined;
  private fallen: number | undefined;
  private read = false;

  constructor(
    private readonly key: string,
    private readonly readSticky: (context: Run['context']) => unknown,
    private readonly run: Run,
  ) {}

  get text(): string | undefined {
    if (!this.read) {
      this.read = true;
      const value = stickyText(this.readSticky(this.run.context));
      this.known = value === undefined ? undefined : `${this.key}:${value}`;
    }
    return this.known;
  }

  /** Undefined when there is nothing to hash. */
  get bucket(): number | undefined {
    const { text } = this;
    return text === undefined ? undefined : (this.fallen ??= bucketOf(text));
  }
}
