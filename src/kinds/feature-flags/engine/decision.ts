import type { EvaluationErrorCode, Reason } from './evaluation.js';
import type { JsonValue } from './json-value.js';
import type { Run } from './run.js';

/** What a flag's own settings say, before key, metadata and time are put to it. */
export interface Decision {
  readonly enabled: boolean;
  readonly value?: JsonValue;
  readonly variant?: string;
  readonly reason: Reason;
  readonly rule?: string;
  readonly payload?: { readonly type: string; readonly value: string };
  readonly errorCode?: EvaluationErrorCode;
  readonly errorDetails?: string;
}

/** The part of a compiled flag that differs between dialects. */
export interface Decider {
  /** While the flag is on and its prerequisites hold. May throw: the flag then answers its default with GENERAL. */
  readonly decide: (run: Run) => Decision;
  /** What it answers when it isn't asked at all: disabled, expired, broken, or a prerequisite is missing. */
  readonly off: { readonly value?: JsonValue; readonly variant?: string };
  readonly segments: readonly string[];
  /** Nobody is a member of a segment that is not there; otherwise the flag can't be evaluated. */
  readonly segmentsMayBeMissing?: boolean;
  readonly changes: readonly number[];
  readonly changesEverySecond?: boolean;
  /** Flags that `decide` asks. */
  readonly needs?: readonly string[];
  readonly hasUnleashParents?: boolean;
}
