import type { Evaluation, EvaluationContext, Explanation, RulesetProblem } from './evaluation.js';
import type { FlagDefinition, SegmentDefinition } from './flag-definition.js';
import { joined, Linker, nextAfter } from './linker.js';
import type { Timeline } from './linker.js';
import { Run } from './run.js';
import type { CompiledFlag, CompiledSegment } from './run.js';
import { Trace } from './trace.js';

/** Every flag of one environment at one revision, ready to be asked. Never changes. Made by `compileRuleset`. */
export class Ruleset {
  /** In alphabetical order. */
  readonly keys: readonly string[];
  readonly problems: readonly RulesetProblem[];
  private readonly flags: ReadonlyMap<string, CompiledFlag>;
  private readonly segments: ReadonlyMap<string, CompiledSegment>;
  private readonly timelines: ReadonlyMap<string, Timeline>;
  private readonly timeline: Timeline;

  constructor(
    readonly environment: string,
    readonly revision: number | string,
    { flags, segments, timelines, problems }: Linker,
  ) {
    this.flags = flags;
    this.segments = segments;
    this.timelines = timelines;
    this.timeline = joined([...flags.keys()].flatMap((key) => timelines.get(key) ?? []));
    this.problems = Object.freeze(problems);
    this.keys = Object.freeze([...flags.keys()].sort((a, b) => (a < b ? -1 : 1)));
  }

  has(key: string): boolean {
    return this.flags.has(key);
  }

  /** A question that several flags are asked. */
  run(context: EvaluationContext, now: number, trace?: Trace): Run {
    return new Run(this.flags, this.segments, context, now, trace);
  }

  /** The next instant after `now` at which this flag's answer may change by time alone; without a key, any answer. */
  nextChange(now: number, key?: string): number | undefined {
    const timeline = key === undefined ? this.timeline : this.timelines.get(key);
    return timeline && nextAfter(timeline, now);
  }
}

/** Never throws: what is wrong stands in `problems`, and its flag answers PARSE_ERROR. */
export function compileRuleset(
  environment: string,
  revision: number | string,
  flags: Iterable<FlagDefinition>,
  segments: Iterable<SegmentDefinition>,
): Ruleset {
  return new Ruleset(environment, revision, new Linker(flags, segments));
}

/** Never throws. `now` in Unix milliseconds. */
export function evaluate(ruleset: Ruleset, key: string, context: EvaluationContext, now = Date.now()): Evaluation {
  return answerOf(ruleset, key, ruleset.run(context, now));
}

/** Every flag, or those that are `wanted`, in the order of their keys. */
export function evaluateAll(
  ruleset: Ruleset,
  context: EvaluationContext,
  now = Date.now(),
  wanted?: (key: string) => boolean,
): Evaluation[] {
  const run = ruleset.run(context, now);
  const keys = wanted ? ruleset.keys.filter((key) => wanted(key)) : ruleset.keys;
  return keys.map((key) => answerOf(ruleset, key, run));
}

/** The same answer with every step that led to it. */
export function explain(ruleset: Ruleset, key: string, context: EvaluationContext, now = Date.now()): Explanation {
  const trace = new Trace();
  const answer = answerOf(ruleset, key, ruleset.run(context, now, trace));
  return { ...answer, environment: ruleset.environment, revision: ruleset.revision, steps: trace.steps };
}

/** The next instant after `now` at which any answer may change by time alone: part of a bulk answer's ETag. */
export function nextChange(ruleset: Ruleset, now = Date.now()): number | undefined {
  return ruleset.nextChange(now);
}

function answerOf(ruleset: Ruleset, key: string, run: Run): Evaluation {
  const answer = run.answer(key);
  if (!answer) {
    const errorDetails = `There is no flag ${key}.`;
    return { key, enabled: false, reason: 'ERROR', errorCode: 'FLAG_NOT_FOUND', errorDetails };
  }
  const validUntil = ruleset.nextChange(run.now, key);
  return validUntil === undefined ? answer : { ...answer, validUntil };
}
