import type { StepCount } from './candidate.js';
import { chosen, left, negated, variableOf } from './formula.js';
import type { Formula } from './formula.js';
import { Proof } from './proof.js';
import { Walk } from './walk.js';

/** Why a variable has its value: a decision, a clause, or that version `r` of the same package is chosen (`RIVAL - r`). */
const DECISION = -1;
const RIVAL = -2;

/**
 * Conflict-driven search (CDCL: two watched literals, first unique implication point, backjumping) over a {@link Formula}.
 * Decisions follow the {@link Walk} and never a heuristic. Everything learned follows from the formula, so a candidate is
 * passed over only when no plan has it beside the earlier decisions: the first plan found is the one that trying
 * everything in that order would find first.
 */
export class Search {
  private readonly value: Int8Array;
  private readonly level: Int32Array;
  private readonly reason: Int32Array;
  private readonly trail: number[] = [];
  /** Length of the trail when each decision was made. */
  private readonly decisions: number[] = [];
  private propagated = 0;
  private readonly clauses: number[][];
  private readonly watching: number[][];
  private readonly proof: Proof;
  private readonly walk: Walk;

  constructor(
    private readonly formula: Formula,
    private readonly steps: StepCount,
  ) {
    const size = formula.candidates.length;
    this.value = new Int8Array(size);
    this.level = new Int32Array(size);
    this.reason = new Int32Array(size).fill(DECISION);
    this.watching = Array.from({ length: 2 * size }, () => []);
    this.clauses = formula.clauses.map((clause) => [...clause]);
    this.proof = new Proof(formula.clauses.length);
    this.walk = new Walk(formula);
  }

  /** The chosen variables in the order they were met, or the constraints that cannot hold together. */
  run(): { met: readonly number[] } | { core: number[] } {
    const broken = this.begin() ?? this.propagate();
    if (broken) return { core: this.core(broken) };
    for (;;) {
      const next = this.walk.next(this.value, () => this.steps.take());
      if (next === undefined) return { met: this.walk.met };
      this.walk.mark();
      this.decisions.push(this.trail.length);
      this.set(chosen(next), DECISION);
      for (let conflict = this.propagate(); conflict; conflict = this.propagate()) {
        if (this.decisions.length === 0) return { core: this.core(conflict) };
        this.learn(conflict);
      }
    }
  }

  /** Watches every clause; one that is empty is a conflict, one of a single literal a fact. */
  private begin(): Conflict | undefined {
    for (const [index, clause] of this.clauses.entries()) {
      if (clause.length === 0) return { literals: clause, reason: index };
      if (clause.length > 1) this.watch(index);
      else if (this.valueOf(clause[0]) < 0) return { literals: clause, reason: index };
      else if (this.valueOf(clause[0]) === 0) this.set(clause[0], index);
    }
    return undefined;
  }

  private watch(index: number): void {
    const [a, b] = this.clauses[index];
    this.watching[a].push(index);
    this.watching[b].push(index);
  }

  private valueOf(literal: number): number {
    const value = this.value[variableOf(literal)];
    return literal & 1 ? -value : value;
  }

  private set(literal: number, reason: number): void {
    const variable = variableOf(literal);
    this.value[variable] = literal & 1 ? -1 : 1;
    this.level[variable] = this.decisions.length;
    this.reason[variable] = reason;
    this.trail.push(literal);
  }

  private propagate(): Conflict | undefined {
    while (this.propagated < this.trail.length) {
      const literal = this.trail[this.propagated++];
      const conflict = (literal & 1 ? undefined : this.exclude(variableOf(literal))) ?? this.visit(negated(literal));
      if (conflict) return conflict;
    }
    return undefined;
  }

  /** One version is chosen: no other of its name is. */
  private exclude(variable: number): Conflict | undefined {
    for (const rival of this.formula.rivals[variable]) {
      if (rival === variable) continue;
      this.steps.take();
      if (this.value[rival] === 1) return { literals: [left(variable), left(rival)], reason: RIVAL - variable };
      if (this.value[rival] === 0) this.set(left(rival), RIVAL - variable);
    }
    return undefined;
  }

  /** The clauses that watch a literal which turned false look for another one to watch. */
  private visit(literal: number): Conflict | undefined {
    const watching = this.watching[literal];
    let kept = 0;
    for (let i = 0; i < watching.length; i++) {
      this.steps.take();
      const index = watching[i];
      const clause = this.clauses[index];
      if (clause[0] === literal) [clause[0], clause[1]] = [clause[1], clause[0]];
      if (this.valueOf(clause[0]) !== 1 && this.rewatch(clause, index)) continue;
      watching[kept++] = index;
      const first = this.valueOf(clause[0]);
      if (first === 0) this.set(clause[0], index);
      else if (first < 0) {
        while (++i < watching.length) watching[kept++] = watching[i];
        watching.length = kept;
        return { literals: clause, reason: index };
      }
    }
    watching.length = kept;
    return undefined;
  }

  private rewatch(clause: number[], index: number): boolean {
    for (let at = 2; at < clause.length; at++) {
      this.steps.take();
      if (this.valueOf(clause[at]) < 0) continue;
      [clause[1], clause[at]] = [clause[at], clause[1]];
      this.watching[clause[1]].push(index);
      return true;
    }
    return false;
  }

  /** Learns a clause from a conflict, goes back to where it forces something, and lets it. */
  private learn(conflict: Conflict): void {
    const { clause, used, zeros } = this.analysed(conflict);
    const back = clause.slice(1).reduce((most, literal) => Math.max(most, this.level[variableOf(literal)]), 0);
    const second = clause.findIndex((literal, i) => i > 0 && this.level[variableOf(literal)] === back);
    if (second > 1) [clause[1], clause[second]] = [clause[second], clause[1]];
    this.backTo(back);
    const index = this.clauses.push(clause) - 1;
    this.proof.add(used, zeros);
    if (clause.length > 1) this.watch(index);
    this.set(clause[0], index);
  }

  /** Resolves a conflict with the reasons of its last literals until one of the present decision is left: it stands first. */
  private analysed(conflict: Conflict): { clause: number[]; used: number[]; zeros: number[] } {
    const now = this.decisions.length;
    const seen = new Set<number>();
    const [clause, used, zeros] = [[-1], [] as number[], [] as number[]];
    let open = 0;
    let { literals, reason } = conflict;
    for (let at = this.trail.length - 1; ; at--) {
      if (reason >= 0) used.push(reason);
      for (const literal of literals) {
        this.steps.take();
        const variable = variableOf(literal);
        if (seen.has(variable)) continue;
        seen.add(variable);
        if (this.level[variable] === 0) zeros.push(variable);
        else if (this.level[variable] === now) open++;
        else clause.push(literal);
      }
      while (!seen.has(variableOf(this.trail[at]))) at--;
      const literal = this.trail[at];
      if (--open === 0) {
        clause[0] = negated(literal);
        return { clause, used, zeros };
      }
      reason = this.reason[variableOf(literal)];
      literals = this.literalsOf(reason, variableOf(literal));
    }
  }

  /** The clause behind a reason, `variable` being what it forced. */
  private literalsOf(reason: number, variable: number): readonly number[] {
    if (reason >= 0) return this.clauses[reason];
    return reason <= RIVAL ? [left(variable), left(RIVAL - reason)] : [];
  }

  private backTo(decisions: number): void {
    const kept = this.decisions[decisions];
    for (const literal of this.trail.splice(kept)) this.value[variableOf(literal)] = 0;
    this.decisions.length = decisions;
    this.propagated = kept;
    this.walk.backTo(decisions);
  }

  private core({ literals, reason }: Conflict): number[] {
    return this.proof.core(reason >= 0 ? [reason] : [], literals.map(variableOf), (variable) => ({
      reason: this.reason[variable],
      others: this.literalsOf(this.reason[variable], variable).map(variableOf),
    }));
  }
}

/** A clause all of whose literals are false; its reason as that of a variable. */
interface Conflict {
  literals: readonly number[];
  reason: number;
}
