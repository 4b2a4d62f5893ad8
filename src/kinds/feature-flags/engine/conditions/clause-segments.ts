import type { Clause } from '../flag-definition.js';
import { LIMITS } from '../limits.js';

/** Keys of the segments that a clause names, as deep as clauses may be nested. */
export function clauseSegments(clause: Clause, depth = 0): string[] {
  if (typeof clause !== 'object' || clause === null || depth > LIMITS.clauseDepth) return [];
  const { segment, not, all, any } = clause as Partial<Record<'all' | 'any', readonly Clause[]>> & {
    readonly segment?: string;
    readonly not?: Clause;
  };
  if (segment !== undefined) return [segment];
  if (not !== undefined) return clauseSegments(not, depth + 1);
  const inner = all ?? any;
  return Array.isArray(inner) ? (inner as readonly Clause[]).flatMap((one) => clauseSegments(one, depth + 1)) : [];
}
