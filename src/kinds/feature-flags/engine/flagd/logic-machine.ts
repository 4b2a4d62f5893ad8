import type { EvaluationContext } from '../evaluation.js';
import type { Trace } from '../trace.js';

/** Steps that one targeting may take: iterations over iterations multiply. */
const STEPS = 20_000;
/** Characters of a text, and elements of a list, that a targeting may build. */
const BUILT = 65_536;

/** One run of a targeting. */
export class LogicMachine {
  private steps = 0;

  constructor(
    readonly flagKey: string,
    readonly context: EvaluationContext,
    readonly targetingKey: unknown,
    readonly now: number,
    readonly trace?: Trace,
  ) {}

  /** Unix seconds, as flagd has it. */
  get timestamp(): number {
    return Math.floor(this.now / 1000);
  }

  /** Throws when the targeting takes too long. */
  charge(steps: number): void {
    this.steps += steps;
    if (this.steps > STEPS) throw new Error(`The targeting takes more than ${STEPS} steps.`);
  }

  /** Throws when a text or list grows too long. */
  built(length: number): void {
    this.charge(1 + (length >>> 6));
    if (length > BUILT) throw new Error(`The targeting builds more than ${BUILT} characters or elements.`);
  }
}

/** A compiled piece of JsonLogic; `data` is what `var` reads. */
export type Logic = (machine: LogicMachine, data: unknown) => unknown;

/** JsonLogic's notion: an empty list is false. */
export const truthy = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value));

/** NaN for what is no number. */
export function numeric(value: unknown): number {
  return typeof value === 'object' && value !== null ? Number.NaN : Number(value);
}
