import type { Evaluation, EvaluationContext } from './evaluation.js';
import type { Trace } from './trace.js';

/** What a flag is after compilation. */
export interface CompiledFlag {
  readonly key: string;
  /** Never throws. */
  readonly answer: (run: Run) => Evaluation;
  /** Keys of flags whose answers it needs. */
  readonly needs: readonly string[];
  /** Keys of segments it needs. */
  readonly segments: readonly string[];
  readonly segmentsMayBeMissing?: boolean;
  /** Instants (Unix milliseconds) at which its own answer may change. */
  readonly changes: readonly number[];
  /** Its answer follows the clock in a way that is not known beforehand. */
  readonly changesEverySecond?: boolean;
  /** It depends on other flags as Unleash does: one level deep. */
  readonly hasUnleashParents?: boolean;
}

export interface CompiledSegment {
  readonly key: string;
  readonly includes: (run: Run) => boolean;
  readonly segments: readonly string[];
  readonly changes: readonly number[];
}

/** One question being answered. What several flags ask of the same flag or segment is answered once. */
export class Run {
  private readonly answers = new Map<string, Evaluation>();
  private readonly memberships = new Map<string, boolean>();

  constructor(
    private readonly flags: ReadonlyMap<string, CompiledFlag>,
    private readonly segments: ReadonlyMap<string, CompiledSegment>,
    readonly context: EvaluationContext,
    readonly now: number,
    readonly trace?: Trace,
  ) {}

  flag(key: string): CompiledFlag | undefined {
    return this.flags.get(key);
  }

  /** Undefined when there is no such flag. */
  answer(key: string): Evaluation | undefined {
    const known = this.answers.get(key);
    if (known) return known;
    const answer = this.flags.get(key)?.answer(this);
    if (answer) this.answers.set(key, answer);
    return answer;
  }

  /** Undefined when there is no such segment. */
  member(key: string): boolean | undefined {
    const known = this.memberships.get(key);
    if (known !== undefined) {
      this.trace?.leaf('segment', key, known, 'was looked at above');
      return known;
    }
    const member = this.segments.get(key)?.includes(this);
    if (member !== undefined) this.memberships.set(key, member);
    return member;
  }
}
