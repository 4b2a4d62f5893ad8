import type { Clause } from '../flag-definition.js';
import { LIMITS } from '../limits.js';

/** Keys of the segments that a clause names, as deep as clauses may be nested. */
export function clauseSegments(clause: Clause, depth = 0): string[] {
  if (typeof clause !== 'object' || clause === null || depth > LIMITS.clauseDepth) return [];
  if ('segment' in clause) return [clause.segment];
  if ('not' in clause) return clauseSegments(clause.not, depth + 1);
  const inner = 'all' in clause ? clause.all : 'any' in clause ? clause.any : [];
  return Array.isArray(inner) ? (inner as readonly Clause[]).flatMap((one) => clauseSegments(one, depth + 1)) : [];
}
