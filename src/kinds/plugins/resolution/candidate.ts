/** One version of a package, as the solver knows it. */
export interface Candidate {
  readonly name: string;
  readonly version: string;
  readonly requirements: readonly Requirement[];
}

/** Something asked for: any one of the options will do. */
export interface Requirement {
  /** As it was written: `tensorflow-svc>=2.0.0,<3.0.0`. */
  readonly text: string;
  /** What would do, the most wanted first; empty when nothing there does. */
  readonly options: readonly Candidate[];
}

/** A requirement and who has it; nobody when it stands at the beginning. */
export interface Constraint {
  readonly by?: Candidate;
  readonly requirement: Requirement;
}

/** A chosen version, with what asked for it. */
export interface Choice {
  readonly candidate: Candidate;
  readonly askedBy: readonly Constraint[];
}

/** The search took more steps than it may. */
export class TooManySteps extends Error {
  constructor(readonly limit: number) {
    super(`The search took more than ${limit} steps.`);
  }
}

/** Counts the work of one question, its explanation included. */
export class StepCount {
  private taken = 0;

  constructor(readonly limit: number) {}

  take(steps = 1): void {
    this.taken += steps;
    if (this.taken > this.limit) throw new TooManySteps(this.limit);
  }
}
