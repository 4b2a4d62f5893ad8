import { attributeReader } from '../context.js';
import type { Decider, Decision } from '../decision.js';
import { DefinitionError, named } from '../definition-error.js';
import type { Reason } from '../evaluation.js';
import type { ImportedFlagdFlag } from '../flag-definition.js';
import type { JsonValue } from '../json-value.js';
import { LIMITS } from '../limits.js';
import type { Run } from '../run.js';
import { shown } from '../trace.js';
import { LogicCompiler } from './json-logic.js';
import type { Logic } from './logic-machine.js';
import { LogicMachine } from './logic-machine.js';

const readKey = attributeReader('targetingKey');

/** Decides as flagd does. The constructor throws a DefinitionError. */
export class FlagdDecider implements Decider {
  readonly off = {};
  readonly segments: readonly string[] = [];
  readonly changes: readonly number[];
  readonly changesEverySecond: boolean;
  private readonly key: string;
  private readonly variants: ReadonlyMap<string, JsonValue>;
  private readonly defaultVariant: string | undefined;
  private readonly targeting: Logic | undefined;

  constructor({ key, flagd }: ImportedFlagdFlag) {
    const variants: unknown = flagd?.variants;
    if (typeof variants !== 'object' || variants === null || Array.isArray(variants))
      throw new DefinitionError('flagd.variants', 'must be an object');
    this.key = key;
    this.variants = new Map(Object.entries(flagd.variants));
    if (this.variants.size > LIMITS.variants)
      throw new DefinitionError('flagd.variants', `must have at most ${LIMITS.variants} entries`);
    const compiler = new LogicCompiler();
    this.targeting = isEmpty(flagd.targeting) ? undefined : compiler.compile(flagd.targeting!, 'flagd.targeting');
    this.changes = compiler.changes;
    this.changesEverySecond = compiler.usesClock;
    this.defaultVariant = this.checkedDefault(flagd.defaultVariant);
  }

  private checkedDefault(variant: string | null | undefined): string | undefined {
    if (variant === undefined || variant === null || variant === '') return undefined;
    if (!this.variants.has(named(variant, 'flagd.defaultVariant', LIMITS.name)))
      throw new DefinitionError('flagd.defaultVariant', 'must be one of the variants');
    return variant;
  }

  decide(run: Run): Decision {
    if (!this.targeting) return this.byDefault('STATIC');
    const { context, now, trace } = run;
    const result = this.targeting(new LogicMachine(this.key, context, readKey(context), now, trace), context);
    trace?.leaf('targeting', 'targeting', result !== null && result !== undefined, `results in ${shown(result)}`);
    if (result === null || result === undefined) return this.byDefault('DEFAULT');
    const variant = typeof result === 'object' ? undefined : String(result);
    const value = variant === undefined ? undefined : this.variants.get(variant);
    if (value !== undefined) return { enabled: value !== false, value, variant, reason: 'TARGETING_MATCH' };
    return {
      enabled: false,
      reason: 'ERROR',
      errorCode: 'GENERAL',
      errorDetails: `The targeting results in ${shown(result)}, which is no variant.`,
    };
  }

  /** Without a default variant whoever asks uses the default in its own code. */
  private byDefault(reason: Reason): Decision {
    const { defaultVariant: variant } = this;
    if (variant === undefined) return { enabled: false, reason: 'DEFAULT' };
    const value = this.variants.get(variant)!;
    return { enabled: value !== false, value, variant, reason };
  }
}

const isEmpty = (targeting: JsonValue | undefined): boolean =>
  targeting === undefined ||
  targeting === null ||
  (typeof targeting === 'object' && Object.keys(targeting).length === 0);
