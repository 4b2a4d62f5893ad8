/** What was learned from what: which of the first clauses a contradiction comes from. */
export class Proof {
  private readonly learned: { used: readonly number[]; zeros: readonly number[] }[] = [];

  /** Clauses below `given` are the constraints themselves. */
  constructor(private readonly given: number) {}

  /** One more clause was learned: from these clauses, and from what these variables are without any decision. */
  add(used: readonly number[], zeros: readonly number[]): void {
    this.learned.push({ used, zeros });
  }

  /** The constraints a contradiction without any decision rests on. */
  core(
    clauses: readonly number[],
    variables: readonly number[],
    because: (variable: number) => { reason: number; others: readonly number[] },
  ): number[] {
    const seenClauses = new Set<number>();
    const seenVariables = new Set<number>();
    const [openClauses, openVariables] = [[...clauses], [...variables]];
    while (openClauses.length > 0 || openVariables.length > 0) {
      const clause = openClauses.pop();
      if (clause !== undefined) {
        if (clause < 0 || seenClauses.has(clause)) continue;
        seenClauses.add(clause);
        if (clause < this.given) continue;
        const { used, zeros } = this.learned[clause - this.given];
        openClauses.push(...used);
        openVariables.push(...zeros);
        continue;
      }
      const variable = openVariables.pop()!;
      if (seenVariables.has(variable)) continue;
      seenVariables.add(variable);
      const { reason, others } = because(variable);
      openClauses.push(reason);
      openVariables.push(...others);
    }
    return [...seenClauses].filter((clause) => clause < this.given).sort((a, b) => a - b);
  }
}
