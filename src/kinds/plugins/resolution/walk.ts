import type { Formula } from './formula.js';

/**
 * The order in which things are decided: breadth first, from what is asked at the beginning to what its choices ask, each
 * requirement in the order it is written. Can be taken back to where it was at an earlier decision.
 */
export class Walk {
  /** Candidates met, in order. */
  readonly met: number[] = [];
  private readonly queue: number[];
  private readonly isMet: Uint8Array;
  private at = 0;
  private readonly marks: (readonly [queue: number, met: number, at: number])[] = [];

  constructor(private readonly formula: Formula) {
    this.queue = [...formula.roots];
    this.isMet = new Uint8Array(formula.candidates.length);
  }

  /** The candidate to decide for next: the most wanted that is still possible; undefined when everything is met. */
  next(value: Int8Array, take: () => void): number | undefined {
    for (; this.at < this.queue.length; this.at++) {
      take();
      const options = this.formula.options[this.queue[this.at]];
      const there = options.find((option) => value[option] === 1);
      if (there === undefined) return options.find((option) => value[option] === 0);
      if (this.isMet[there]) continue;
      this.isMet[there] = 1;
      this.met.push(there);
      this.queue.push(...this.formula.asked[there]);
    }
    return undefined;
  }

  /** Remembers where it stands, as the beginning of one more decision. */
  mark(): void {
    this.marks.push([this.queue.length, this.met.length, this.at]);
  }

  /** Back to where the decision after this many began. */
  backTo(decisions: number): void {
    if (this.marks.length <= decisions) return;
    const [queue, met, at] = this.marks[decisions];
    this.marks.length = decisions;
    for (const variable of this.met.splice(met)) this.isMet[variable] = 0;
    this.queue.length = queue;
    this.at = at;
  }
}
