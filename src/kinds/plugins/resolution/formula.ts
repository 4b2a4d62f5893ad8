import type { Candidate, Constraint, StepCount } from './candidate.js';

/** Candidate `v` is in the plan: literal `2v`; it is not: `2v + 1`. */
export const chosen = (variable: number): number => 2 * variable;
export const left = (variable: number): number => 2 * variable + 1;
export const negated = (literal: number): number => literal ^ 1;
export const variableOf = (literal: number): number => literal >> 1;

/**
 * A question as a formula: a variable for each candidate that can be reached, a clause for each constraint ("whoever asks
 * is not in the plan, or one of the options is"). That no two versions of one package are in a plan is no clause: the
 * search knows the variables of each name.
 */
export class Formula {
  readonly candidates: Candidate[] = [];
  readonly constraints: Constraint[] = [];
  /** Literals, by constraint. */
  readonly clauses: number[][] = [];
  /** Variables of the options, by constraint. */
  readonly options: number[][] = [];
  /** Constraints of a candidate. */
  readonly asked: number[][] = [];
  /** Constraints without anybody behind them. */
  readonly roots: number[] = [];
  /** Variables of the same name, by variable. */
  readonly rivals: number[][] = [];
  private readonly variables = new Map<Candidate, number>();
  private readonly names = new Map<string, number[]>();

  private constructor(private readonly steps: StepCount) {}

  /** With everything that can be reached. */
  static reaching(roots: readonly Constraint[], steps: StepCount): Formula {
    const formula = new Formula(steps);
    for (const root of roots) formula.add(root);
    // Grows while it is walked: every option adds its candidates.
    for (let v = 0; v < formula.candidates.length; v++) {
      const by = formula.candidates[v];
      for (const requirement of by.requirements) formula.add({ by, requirement });
    }
    return formula;
  }

  /** With these constraints only. */
  static of(constraints: readonly Constraint[], steps: StepCount): Formula {
    const formula = new Formula(steps);
    for (const constraint of constraints) formula.add(constraint);
    return formula;
  }

  private add(constraint: Constraint): void {
    const { by, requirement } = constraint;
    this.steps.take(1 + requirement.options.length);
    const index = this.constraints.push(constraint) - 1;
    const options = requirement.options.map((option) => this.variable(option));
    this.options.push(options);
    if (by === undefined) {
      this.roots.push(index);
      this.clauses.push(options.map(chosen));
      return;
    }
    const asking = this.variable(by);
    this.asked[asking].push(index);
    this.clauses.push([left(asking), ...options.map(chosen)]);
  }

  private variable(candidate: Candidate): number {
    const known = this.variables.get(candidate);
    if (known !== undefined) return known;
    const variable = this.candidates.push(candidate) - 1;
    this.variables.set(candidate, variable);
    const rivals = this.names.get(candidate.name) ?? [];
    rivals.push(variable);
    this.names.set(candidate.name, rivals);
    this.rivals.push(rivals);
    this.asked.push([]);
    return variable;
  }
}
