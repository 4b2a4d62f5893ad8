import type { ExplanationStep } from './evaluation.js';

interface OpenStep {
  readonly kind: ExplanationStep['kind'];
  readonly name: string;
  readonly steps: ExplanationStep[];
}

/** Steps that are kept: an explanation is read by people. */
const KEPT = 5000;

/** Collects the steps of an explanation while an evaluation runs; what is opened inside another becomes part of it. */
export class Trace {
  readonly steps: ExplanationStep[] = [];
  private readonly open: OpenStep[] = [];
  private kept = 0;

  /** Must be followed by an `end`. */
  begin(kind: ExplanationStep['kind'], name: string): void {
    this.open.push({ kind, name, steps: [] });
  }

  end(passed: boolean, because: string): void {
    const { kind, name, steps } = this.open.pop()!;
    this.add({ kind, name, passed, because, steps });
  }

  get depth(): number {
    return this.open.length;
  }

  /** Ends whatever an error has left open. */
  unwind(depth: number, because: string): void {
    while (this.open.length > depth) this.end(false, because);
  }

  leaf(kind: ExplanationStep['kind'], name: string, passed: boolean, because: string): void {
    this.add({ kind, name, passed, because, steps: [] });
  }

  /** Where the asker falls, and up to where it is taken. */
  bucket(kind: 'rollout' | 'variant', name: string, fall: { bucket: number; limit: number }, because: string): void {
    this.add({ kind, name, passed: fall.bucket <= fall.limit, because, ...fall, steps: [] });
  }

  private add(step: ExplanationStep): void {
    // The flag that was asked for is always there: it ends last, and holds all others.
    if (++this.kept > KEPT && this.open.length > 0) return;
    (this.open.at(-1)?.steps ?? this.steps).push(step);
  }
}

/** A value as a sentence may show it; however large it is, little is looked at. */
export function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string')
    return value.length > 100 ? `${JSON.stringify(value.slice(0, 97))}…` : JSON.stringify(value);
  if (Array.isArray(value))
    return value.length > 10 ? `a list of ${value.length}` : `[${value.map(shownInside).join(', ')}]`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

const shownInside = (value: unknown): string => (Array.isArray(value) ? 'a list' : shown(value));

/** A list as a sentence may show it. */
export const shownList = (values: readonly unknown[]): string =>
  `[${values.slice(0, 10).map(shown).join(', ')}${values.length > 10 ? `, … ${values.length - 10} more` : ''}]`;
