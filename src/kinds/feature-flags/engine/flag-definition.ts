import type { JsonValue } from './json-value.js';
import type { FlagdFlag } from './flagd/flagd-format.js';
import type { UnleashConstraint, UnleashFeature } from './unleash/unleash-format.js';

export const ROLLOUT_STRATEGIES = ['instant', 'gradual', 'canary', 'blue_green', 'ab_test'] as const;
export type RolloutStrategy = (typeof ROLLOUT_STRATEGIES)[number];

export const OPERATORS = [
  'eq',
  'ne',
  'in',
  'not_in',
  'contains',
  'starts_with',
  'ends_with',
  'gt',
  'gte',
  'lt',
  'lte',
  'matches',
  'semver_eq',
  'semver_gt',
  'semver_gte',
  'semver_lt',
  'semver_lte',
  'in_cidr',
  'before',
  'after',
  'exists',
] as const;
export type Operator = (typeof OPERATORS)[number];

/**
 * One flag as it stands in ONE environment. Whoever reads it from storage has merged the environment's own settings.
 * Definitions are values: what has been compiled is never changed, and not compiled again.
 */
export type FlagDefinition = NativeFlag | ImportedUnleashFlag | ImportedFlagdFlag;

interface FlagBase {
  /** What callers ask by, and part of what is hashed, so it never changes: the name without a prefix, or as it was imported. */
  readonly key: string;
  /** False when the flag is disabled or archived, or off in this environment. */
  readonly enabled: boolean;
  /** From this instant on (RFC 3339) the flag answers as a disabled one. */
  readonly expiresAt?: string;
  /** All must hold, or the flag answers its default. Nested to any depth up to LIMITS.prerequisiteDepth. */
  readonly prerequisites?: readonly Prerequisite[];
  /** Given back with every answer, as OFREP's `metadata`. */
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
}

/** A flag of this registry's own making. */
export interface NativeFlag extends FlagBase {
  readonly dialect?: 'native';
  /** The answer while the flag is off for whoever asks. Absent: `false`. */
  readonly defaultValue?: JsonValue;
  /** Absent or empty: a flag that is on answers `true`, or its default where that is no boolean. */
  readonly variants?: readonly Variant[];
  /** Absent: `instant`. See native/native-rules.ts for what each does with rules and percentage. */
  readonly strategy?: RolloutStrategy;
  /** 0–100, two decimals. Absent: 100 of `instant` and `ab_test`, 0 of the others. */
  readonly percentage?: number;
  /** The attribute whose value is hashed. Absent: the targeting key. */
  readonly stickiness?: string;
  /** Tried in order; the first that matches and whose percentage takes the asker decides. */
  readonly rules?: readonly Rule[];
  /** Keys of segments: only members of at least one of them are looked at at all. Absent or empty: everybody. */
  readonly segments?: readonly string[];
}

/** A flag that keeps Unleash's strategies, constraints, variants and bucketing. */
export interface ImportedUnleashFlag extends FlagBase {
  readonly dialect: 'unleash';
  readonly unleash: UnleashFeature;
}

/** A flag that keeps flagd's targeting and bucketing. `$ref`s are resolved when it is imported. */
export interface ImportedFlagdFlag extends FlagBase {
  readonly dialect: 'flagd';
  readonly flagd: FlagdFlag;
}

export interface Variant {
  readonly key: string;
  readonly value: JsonValue;
  /** Relative to the sum of all; absent: 1. */
  readonly weight?: number;
}

export interface Prerequisite {
  /** Key of the other flag. */
  readonly flag: string;
  /** Absent: true. */
  readonly enabled?: boolean;
  /** Any of these must be the other flag's variant. */
  readonly variants?: readonly string[];
}

/** A comparison with an attribute of the context: `country in [DE, AT]`. `a.b` reads inside objects. */
export interface Condition {
  /** `now` is the time of the evaluation where the context has no such attribute. */
  readonly attribute: string;
  readonly operator: Operator;
  /** Any of them may match (`ne` and `not_in`: none may). Not needed by `exists`; `exists [false]` asks for absence. */
  readonly values?: readonly (string | number | boolean)[];
  readonly caseInsensitive?: boolean;
}

/** What must hold. `all: []` always does, `any: []` never does. */
export type Clause =
  | Condition
  | { readonly all: readonly Clause[] }
  | { readonly any: readonly Clause[] }
  | { readonly not: Clause }
  | { readonly segment: string };

/** A clause and what follows from it. */
export type Rule = Clause & {
  /** Shown in answers and explanations; absent: `rule 1`, `rule 2`, … */
  readonly name?: string;
  /** The variant for whoever it matches. Absent: drawn by the weights. */
  readonly variant?: string;
  /** How many of those it matches. Absent: as the strategy says. */
  readonly percentage?: number;
};

/** A named set of contexts, used by flags and by other segments. */
export interface SegmentDefinition {
  /** Imported ones: `unleash:<id>`. */
  readonly key: string;
  readonly name?: string;
  /** Targeting keys that are members whatever the clause says. */
  readonly included?: readonly string[];
  /** Targeting keys that are no members whatever else is said. */
  readonly excluded?: readonly string[];
  /** May hold `{ segment }` of others. Absent: nobody but the included. */
  readonly clause?: Clause;
  /** Instead of all of the above for a segment that came from Unleash: all must hold. */
  readonly unleash?: readonly UnleashConstraint[];
}
