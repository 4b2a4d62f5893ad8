import { StepCount } from './candidate.js';
import type { Choice, Constraint, Requirement } from './candidate.js';
import { Formula } from './formula.js';
import { Search } from './search.js';

/** Enough for tens of thousands of candidates; reached in well under two seconds. */
export const STEP_LIMIT = 20_000_000;

export type Resolution = { choices: Choice[] } | { conflict: Constraint[] };

/**
 * Chooses one version of each package that is needed, so that every requirement of every chosen version is met.
 *
 * The order: requirements are taken breadth first, in the order they are written, and each gets the first of its options
 * that any complete plan has beside what was chosen before. With options newest first this is the newest that satisfies
 * every constraint, what is asked for first being asked first.
 *
 * Where nothing satisfies all, `conflict` is a minimal set of constraints that cannot hold together: without any one of
 * them the others can.
 * @throws TooManySteps
 */
export function resolve(roots: readonly Requirement[], limit = STEP_LIMIT): Resolution {
  const steps = new StepCount(limit);
  const formula = Formula.reaching(
    roots.map((requirement) => ({ requirement })),
    steps,
  );
  const result = new Search(formula, steps).run();
  if ('met' in result) return { choices: choicesOf(formula, result.met) };
  return {
    conflict: minimal(
      result.core.map((index) => formula.constraints[index]),
      steps,
    ),
  };
}

function choicesOf(formula: Formula, met: readonly number[]): Choice[] {
  const askedBy = new Map<number, Constraint[]>(met.map((variable) => [variable, []]));
  for (const index of [...formula.roots, ...met.flatMap((variable) => formula.asked[variable])]) {
    const taken = formula.options[index].find((option) => askedBy.has(option));
    askedBy.get(taken!)?.push(formula.constraints[index]);
  }
  return met.map((variable) => ({ candidate: formula.candidates[variable], askedBy: askedBy.get(variable)! }));
}

/** Leaves out one constraint after the other: what still contradicts itself without one does not need it. */
function minimal(core: readonly Constraint[], steps: StepCount): Constraint[] {
  const order = new Map(core.map((constraint, i) => [constraint, i]));
  const needed: Constraint[] = [];
  let rest = [...core];
  while (rest.length > 0) {
    const [tried, ...others] = rest;
    const all = [...needed, ...others];
    const result = new Search(Formula.of(all, steps), steps).run();
    if ('met' in result) {
      needed.push(tried);
      rest = others;
      continue;
    }
    // What the contradiction did not rest on is not needed either.
    const kept = new Set(result.core.map((index) => all[index]));
    rest = others.filter((constraint) => kept.has(constraint));
  }
  return needed.sort((a, b) => order.get(a)! - order.get(b)!);
}
