import type { JsonValue } from './json-value.js';

/** What is known of whoever asks. The targeting key stands under `targetingKey` or `targeting_key`. */
export type EvaluationContext = Readonly<Record<string, unknown>>;

/** OpenFeature's words for how an answer came about. */
export type Reason = 'STATIC' | 'TARGETING_MATCH' | 'SPLIT' | 'DEFAULT' | 'DISABLED' | 'ERROR';

/** OpenFeature's error codes, as far as a server can meet them. */
export type EvaluationErrorCode =
  'FLAG_NOT_FOUND' | 'PARSE_ERROR' | 'TYPE_MISMATCH' | 'TARGETING_KEY_MISSING' | 'INVALID_CONTEXT' | 'GENERAL';

export interface Evaluation {
  readonly key: string;
  readonly enabled: boolean;
  /** Absent: whoever asks uses the default in its own code. */
  readonly value?: JsonValue;
  readonly variant?: string;
  readonly reason: Reason;
  /** Name of the rule or strategy that decided. */
  readonly rule?: string;
  /** Only with the reason ERROR; the answer is then the flag's default. */
  readonly errorCode?: EvaluationErrorCode;
  readonly errorDetails?: string;
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
  /** Of an Unleash variant, as it stands in the import. */
  readonly payload?: { readonly type: string; readonly value: string };
  /** The next instant (Unix milliseconds) at which the same question may get another answer; absent: never by time alone. */
  readonly validUntil?: number;
}

/** One thing that was looked at on the way to an answer. */
export interface ExplanationStep {
  readonly kind:
    | 'flag'
    | 'expiry'
    | 'prerequisite'
    | 'segment'
    | 'rule'
    | 'condition'
    | 'rollout'
    | 'variant'
    | 'targeting'
    | 'error';
  readonly name: string;
  readonly passed: boolean;
  /** A sentence for people. */
  readonly because: string;
  /** Of rollouts and variants: where the asker falls, and up to where it is taken. */
  readonly bucket?: number;
  readonly limit?: number;
  /** What was looked at for this step. */
  readonly steps: readonly ExplanationStep[];
}

export interface Explanation extends Evaluation {
  readonly environment: string;
  readonly revision: number | string;
  readonly steps: readonly ExplanationStep[];
}

/** A flag or segment that can't be evaluated as it is written; its flags answer PARSE_ERROR. */
export interface RulesetProblem {
  readonly kind: 'flag' | 'segment';
  readonly key: string;
  /** Path inside the definition: `rules[2].values`. */
  readonly field: string;
  readonly message: string;
}
