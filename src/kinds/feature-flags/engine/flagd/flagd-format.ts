import type { JsonValue } from '../json-value.js';

/** A flag as flagd's JSON writes it (https://flagd.dev/schema/v0/flags.json), with its `$ref`s resolved, without its state. */
export interface FlagdFlag {
  readonly variants: Readonly<Record<string, JsonValue>>;
  /** Absent or null: the caller's own default. */
  readonly defaultVariant?: string | null;
  /** JsonLogic whose result names a variant. */
  readonly targeting?: JsonValue;
}
