import { attributeReader } from '../context.js';
import { DefinitionError, listed, named } from '../definition-error.js';
import type { Clause, Condition, Operator } from '../flag-definition.js';
import { OPERATORS } from '../flag-definition.js';
import { LIMITS } from '../limits.js';
import type { Run } from '../run.js';
import { shown, shownList } from '../trace.js';
import { comparison } from './comparison.js';
import { instantOf } from './instant.js';

export type Test = (run: Run) => boolean;

const CLAUSES = ['attribute', 'all', 'any', 'not', 'segment'] as const;

/** What one flag's or segment's clauses need and may hold together. */
export class ClauseCompiler {
  readonly segments = new Set<string>();
  readonly changes: number[] = [];
  private conditions = 0;

  /** Throws a DefinitionError whose field begins at `field`. */
  compile(clause: Clause, field: string, depth = 0): Test {
    if (typeof clause !== 'object' || clause === null) throw new DefinitionError(field, 'must be a condition');
    if (depth >= LIMITS.clauseDepth)
      throw new DefinitionError(field, `must not be nested deeper than ${LIMITS.clauseDepth}`);
    if (++this.conditions > LIMITS.conditions)
      throw new DefinitionError(field, `must not hold more than ${LIMITS.conditions} conditions`);
    const parts = CLAUSES.filter((part) => (clause as Readonly<Record<string, unknown>>)[part] !== undefined);
    if (parts.length !== 1) throw new DefinitionError(field, `must have one of ${CLAUSES.join(', ')}`);
    const [part] = parts;
    return this.one(part, clause, `${field}.${part}`, field, depth);
  }

  private one(part: (typeof CLAUSES)[number], clause: Clause, inner: string, field: string, depth: number): Test {
    const parts = clause as Partial<Record<'all' | 'any', readonly Clause[]>> & { not: Clause; segment: string };
    switch (part) {
      case 'all':
        return this.each(parts.all!, inner, depth, true);
      case 'any':
        return this.each(parts.any!, inner, depth, false);
      case 'not':
        return this.opposite(parts.not, inner, depth);
      case 'segment':
        return this.membership(named(parts.segment, inner, LIMITS.name));
      case 'attribute':
        return this.condition(clause as Condition, field);
    }
  }

  private each(clauses: readonly Clause[], field: string, depth: number, all: boolean): Test {
    const tests = listed(clauses, field, LIMITS.conditions).map((one, i) =>
      this.compile(one, `${field}[${i}]`, depth + 1),
    );
    return all ? (run) => tests.every((test) => test(run)) : (run) => tests.some((test) => test(run));
  }

  private opposite(clause: Clause, field: string, depth: number): Test {
    const test = this.compile(clause, field, depth + 1);
    return (run) => {
      run.trace?.begin('condition', 'not');
      const holds = !test(run);
      run.trace?.end(holds, holds ? 'what must not hold does not' : 'what must not hold does');
      return holds;
    };
  }

  /** Whether the asker is in a segment. */
  membership(key: string): Test {
    this.segments.add(key);
    return (run) => run.member(key) === true;
  }

  private condition(condition: Condition, field: string): Test {
    const attribute = named(condition.attribute, `${field}.attribute`, LIMITS.name);
    const { operator } = condition;
    if (!OPERATORS.includes(operator))
      throw new DefinitionError(`${field}.operator`, `must be one of ${OPERATORS.join(', ')}`);
    const values = this.values(condition, field);
    const holds = comparison(condition, values, field);
    const read = attributeReader(attribute);
    const clock = attribute === 'now' && (operator === 'before' || operator === 'after');
    if (clock) this.changes.push(...values.map((value) => instantOf(value)! + (operator === 'after' ? 1 : 0)));
    const asked = operator === 'exists' && values.length === 0 ? 'exists' : `${operator} ${shownList(values)}`;
    return (run) => {
      const value = read(run.context) ?? (clock ? run.now : undefined);
      const held = holds(value);
      run.trace?.leaf('condition', `${attribute} ${asked}`, held, `${attribute} is ${shown(value)}`);
      return held;
    };
  }

  private values({ operator, values }: Condition, field: string): readonly (string | number | boolean)[] {
    const kept = listed(values, `${field}.values`, this.mostValues(operator));
    if (kept.length === 0 && operator !== 'exists') throw new DefinitionError(`${field}.values`, 'must not be empty');
    for (const [i, value] of kept.entries()) {
      if (!['string', 'number', 'boolean'].includes(typeof value))
        throw new DefinitionError(`${field}.values[${i}]`, 'must be a text, a number or a boolean');
      if (typeof value === 'string' && value.length > LIMITS.value)
        throw new DefinitionError(`${field}.values[${i}]`, `must have at most ${LIMITS.value} characters`);
    }
    return kept;
  }

  /** Sets are looked up at once; everything else is tried value by value. */
  private mostValues(operator: Operator): number {
    if (operator === 'matches') return LIMITS.patterns;
    return ['eq', 'ne', 'in', 'not_in'].includes(operator) ? LIMITS.values : LIMITS.triedValues;
  }
}
