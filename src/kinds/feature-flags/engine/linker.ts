import { DefinitionError } from './definition-error.js';
import { dependencyOrder } from './dependency-order.js';
import type { RulesetProblem } from './evaluation.js';
import { brokenFlag, compileFlag } from './flag.js';
import type { FlagDefinition, SegmentDefinition } from './flag-definition.js';
import { LIMITS } from './limits.js';
import type { CompiledFlag, CompiledSegment } from './run.js';
import { compileSegment } from './segment.js';

/** When an answer may change by time alone. */
export interface Timeline {
  /** Unix milliseconds, ascending. */
  readonly changes: readonly number[];
  readonly everySecond: boolean;
}

/** Of ten thousand flags one changes at a time. */
const compiledBefore = new WeakMap<FlagDefinition, CompiledFlag>();

function compiledOnce(flag: FlagDefinition): CompiledFlag {
  const known = compiledBefore.get(flag);
  if (known) return known;
  const compiled = compileFlag(flag);
  compiledBefore.set(flag, compiled);
  return compiled;
}

const TIMELESS: Timeline = { changes: [], everySecond: false };

/** Compiles flags and segments and joins them. What is wrong becomes a problem, and its flag answers PARSE_ERROR. */
export class Linker {
  readonly flags = new Map<string, CompiledFlag>();
  readonly segments = new Map<string, CompiledSegment>();
  readonly problems: RulesetProblem[] = [];
  /** Only of those that change. */
  readonly timelines = new Map<string, Timeline>();
  private readonly segmentTimelines = new Map<string, Timeline>();
  private readonly broken = new Set<string>();
  private readonly definitions = new Map<string, FlagDefinition>();

  constructor(flags: Iterable<FlagDefinition>, segments: Iterable<SegmentDefinition>) {
    for (const segment of segments) this.addSegment(segment);
    this.settleSegments();
    for (const flag of flags) this.addFlag(flag);
    this.settleFlags();
  }

  private addSegment(segment: SegmentDefinition): void {
    try {
      this.segments.set(segment.key, compileSegment(segment));
    } catch (error) {
      this.problems.push(problemOf('segment', segment?.key, error));
    }
  }

  private settleSegments(): void {
    const { order, cycles } = dependencyOrder(this.segments.keys(), (key) => this.segments.get(key)?.segments);
    for (const cycle of cycles)
      for (const key of new Set(cycle)) this.dropSegment(key, `must not contain itself: ${cycle.join(' → ')}`);
    const depths = new Map<string, number>();
    for (const key of order) {
      const segment = this.segments.get(key);
      if (!segment) continue;
      const inner = segment.segments;
      const lost = inner.find((one) => !this.segments.has(one));
      const depth = 1 + Math.max(0, ...inner.map((one) => depths.get(one) ?? 0));
      depths.set(key, depth);
      if (lost !== undefined) this.dropSegment(key, `must not contain ${lost}, which is missing or wrong`);
      else if (depth > LIMITS.segmentDepth)
        this.dropSegment(key, `must not be nested deeper than ${LIMITS.segmentDepth}`);
      else this.segmentTimelines.set(key, this.together(segment.changes, inner, []));
    }
  }

  private dropSegment(key: string, message: string): void {
    if (this.segments.delete(key)) this.problems.push({ kind: 'segment', key, field: 'clause', message });
  }

  private addFlag(flag: FlagDefinition | undefined | null): void {
    if (!flag) return;
    this.definitions.set(flag.key, flag);
    try {
      const compiled = compiledOnce(flag);
      this.flags.set(flag.key, compiled);
      const lost = compiled.segmentsMayBeMissing ? undefined : compiled.segments.find((key) => !this.segments.has(key));
      if (lost !== undefined) this.breakFlag(flag.key, 'segments', `${lost} is missing or wrong`);
    } catch (error) {
      const { field, message } = problemOf('flag', flag.key, error);
      this.breakFlag(flag.key, field, message);
    }
  }

  private breakFlag(key: string, field: string, message: string): void {
    if (this.broken.has(key)) return;
    this.broken.add(key);
    this.flags.set(key, brokenFlag(this.definitions.get(key)!, `${field} ${message}`));
    this.problems.push({ kind: 'flag', key, field, message });
  }

  private settleFlags(): void {
    const { order, cycles } = dependencyOrder(this.flags.keys(), (key) => this.needsOf(key));
    for (const cycle of cycles)
      for (const key of new Set(cycle))
        this.breakFlag(key, 'prerequisites', `must not lead back to the flag: ${cycle.join(' → ')}`);
    const depths = new Map<string, number>();
    for (const key of order) {
      const needs = this.needsOf(key) ?? [];
      const depth = needs.reduce((most, need) => Math.max(most, depths.get(need) ?? 0), 0) + 1;
      depths.set(key, depth);
      if (depth > LIMITS.prerequisiteDepth)
        this.breakFlag(key, 'prerequisites', `must not be nested deeper than ${LIMITS.prerequisiteDepth}`);
      const flag = this.flags.get(key)!;
      const timeline = this.together(flag.changes, flag.segments, needs, flag.changesEverySecond);
      if (timeline !== TIMELESS) this.timelines.set(key, timeline);
    }
  }

  /** Undefined when there is no such flag. */
  private needsOf(key: string): readonly string[] | undefined {
    const flag = this.flags.get(key);
    if (!flag?.hasUnleashParents) return flag?.needs;
    return flag.needs.filter((need) => !this.flags.get(need)?.hasUnleashParents);
  }

  private together(
    own: readonly number[],
    segments: readonly string[],
    flags: readonly string[],
    everySecond = false,
  ): Timeline {
    const others = [
      ...segments.map((key) => this.segmentTimelines.get(key) ?? TIMELESS),
      ...flags.map((key) => this.timelines.get(key) ?? TIMELESS),
    ].filter((one) => one !== TIMELESS);
    if (own.length === 0 && others.length === 0 && !everySecond) return TIMELESS;
    return joined([{ changes: own, everySecond }, ...others]);
  }
}

/** All of them as one. */
export function joined(timelines: Iterable<Timeline>): Timeline {
  const changes = new Set<number>();
  let everySecond = false;
  for (const timeline of timelines) {
    for (const change of timeline.changes) changes.add(change);
    everySecond ||= timeline.everySecond;
  }
  return { changes: [...changes].sort((a, b) => a - b), everySecond };
}

/** The next change after an instant; undefined when there is none. */
export function nextAfter({ changes, everySecond }: Timeline, now: number): number | undefined {
  let [low, high] = [0, changes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (changes[middle] > now) high = middle;
    else low = middle + 1;
  }
  const second = everySecond ? (Math.floor(now / 1000) + 1) * 1000 : undefined;
  const change: number | undefined = changes[low];
  return change === undefined || (second !== undefined && second < change) ? second : change;
}

function problemOf(kind: RulesetProblem['kind'], key: unknown, error: unknown): RulesetProblem {
  const field = error instanceof DefinitionError ? error.field : '';
  const message = error instanceof Error ? error.message : String(error);
  return { kind, key: String(key), field, message };
}
