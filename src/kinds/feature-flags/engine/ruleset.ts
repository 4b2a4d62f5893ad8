import type { Evaluation, EvaluationContext, Explanation, RulesetProblem } from './evaluation.js';
import type { FlagDefinition, SegmentDefinition } from './flag-definition.js';

/** Every flag of one environment at one revision, ready to be asked. Never changes. */
export interface Ruleset {
  readonly environment: string;
  readonly revision: number | string;
  /** In alphabetical order. */
  readonly keys: readonly string[];
  readonly problems: readonly RulesetProblem[];
}

/** Never throws: what is wrong stands in `problems`, and its flag answers PARSE_ERROR. */
export function compileRuleset(
  environment: string,
  revision: number | string,
  flags: Iterable<FlagDefinition>,
  segments: Iterable<SegmentDefinition>,
): Ruleset {
  void flags;
  void segments;
  return { environment, revision, keys: [], problems: [] };
}

/** Never throws. `now` in Unix milliseconds. */
export function evaluate(ruleset: Ruleset, key: string, context: EvaluationContext, now = Date.now()): Evaluation {
  void [ruleset, context, now];
  return { key, enabled: false, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND' };
}

/** Every flag, or those that are `wanted`, in the order of their keys. */
export function evaluateAll(
  ruleset: Ruleset,
  context: EvaluationContext,
  now = Date.now(),
  wanted?: (key: string) => boolean,
): Evaluation[] {
  return ruleset.keys.filter((key) => wanted?.(key) ?? true).map((key) => evaluate(ruleset, key, context, now));
}

/** The same answer with every step that led to it. */
export function explain(ruleset: Ruleset, key: string, context: EvaluationContext, now = Date.now()): Explanation {
  const { environment, revision } = ruleset;
  return { ...evaluate(ruleset, key, context, now), environment, revision, steps: [] };
}

/** The next instant after `now` at which any answer may change by time alone: part of a bulk answer's ETag. */
export function nextChange(ruleset: Ruleset, now = Date.now()): number | undefined {
  void [ruleset, now];
  return undefined;
}
