/** What a definition may hold; checked when a ruleset is compiled, so that an evaluation's work is bounded. */
export const LIMITS = {
  /** Characters of a key, name or attribute. */
  name: 256,
  /** Characters of one value in a condition. */
  value: 4096,
  /** Characters of a pattern of `matches`. */
  pattern: 512,
  /** Patterns in one condition. */
  patterns: 20,
  /** Values in one condition, or keys of a segment's included and excluded. */
  values: 10_000,
  /** Values in one condition that are tried one after the other (`starts_with`, `gt`, …). */
  triedValues: 500,
  /** Clauses inside clauses. */
  clauseDepth: 10,
  /** Conditions in one flag or segment. */
  conditions: 1000,
  rules: 200,
  variants: 200,
  /** Prerequisites, or segments, of one flag. */
  references: 100,
  /** Flags behind flags, segments inside segments. */
  prerequisiteDepth: 20,
  segmentDepth: 10,
  /** Objects and values in one JsonLogic targeting. */
  logicNodes: 5000,
  logicDepth: 50,
  /** Characters of a context's attribute that a pattern is tried on, or that is hashed. */
  attribute: 16_384,
} as const;
