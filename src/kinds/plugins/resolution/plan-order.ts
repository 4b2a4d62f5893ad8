import type { Candidate, Choice } from './candidate.js';

/** The choices with whatever each needs before it, or a circle in which each needs the next. */
export function planOrder(choices: readonly Choice[]): { order: Choice[] } | { cycle: Candidate[] } {
  const needs = needsOf(choices);
  const byCandidate = new Map(choices.map((choice) => [choice.candidate, choice]));
  const done = new Set<Candidate>();
  const order: Choice[] = [];
  for (const { candidate } of choices) {
    const path: { candidate: Candidate; left: Candidate[] }[] = [];
    const onPath = new Set<Candidate>();
    const enter = (one: Candidate): void => {
      path.push({ candidate: one, left: [...(needs.get(one) ?? [])] });
      onPath.add(one);
    };
    if (!done.has(candidate)) enter(candidate);
    while (path.length > 0) {
      const top = path.at(-1)!;
      const next = top.left.shift();
      if (next === undefined) {
        path.pop();
        onPath.delete(top.candidate);
        done.add(top.candidate);
        order.push(byCandidate.get(top.candidate)!);
      } else if (onPath.has(next)) {
        const from = path.findIndex((step) => step.candidate === next);
        return { cycle: [...path.slice(from).map((step) => step.candidate), next] };
      } else if (!done.has(next)) enter(next);
    }
  }
  return { order };
}

/** What each chosen version needs directly, in the order it is written. */
export function needsOf(choices: readonly Choice[]): Map<Candidate, Candidate[]> {
  const needs = new Map<Candidate, Candidate[]>();
  for (const { candidate } of choices) needs.set(candidate, []);
  for (const { candidate, askedBy } of choices) for (const { by } of askedBy) if (by) needs.get(by)?.push(candidate);
  const rank = (by: Candidate, one: Candidate): number =>
    by.requirements.findIndex(({ options }) => options.includes(one));
  for (const [by, needed] of needs) needed.sort((a, b) => rank(by, a) - rank(by, b));
  return needs;
}
