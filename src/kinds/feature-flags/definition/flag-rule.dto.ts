import { BooleanField, EnumField, NestedField, NestedListField, TextField } from '../../../platform/http/fields.js';
import { OPERATORS } from '../engine/flag-definition.js';
import type { Operator } from '../engine/flag-definition.js';
import { LIMITS } from '../engine/limits.js';
import { PercentageField, ScalarsField } from './flag-fields.js';

/** What must hold: a comparison, membership in a segment, or several of them. Exactly one of these. */
export class FlagClause {
  @TextField({
    max: LIMITS.name,
    description: 'Attribute of the context to compare; `a.b` reads inside objects, `now` is the time.',
    example: 'country',
  })
  attribute?: string | null;

  @EnumField(OPERATORS, { example: 'in' }) operator?: Operator | null;

  @ScalarsField({
    most: LIMITS.values,
    description: 'Any of them may match; of `ne` and `not_in` none may.',
    example: ['DE', 'AT'],
  })
  values?: (string | number | boolean)[] | null;

  @BooleanField({ example: false }) case_insensitive?: boolean | null;

  @TextField({ max: LIMITS.name, description: 'Key of a segment: its members match.', example: 'beta-testers' })
  segment?: string | null;

  @NestedListField(() => FlagClause, { most: 100, description: 'All of them must hold.' }) all?: FlagClause[] | null;
  @NestedListField(() => FlagClause, { most: 100, description: 'One of them must hold.' }) any?: FlagClause[] | null;
  @NestedField(() => FlagClause, { description: 'It must not hold.' }) not?: FlagClause | null;
}

/** A clause and what follows from it. */
export class FlagRule extends FlagClause {
  @TextField({ max: LIMITS.name, description: 'Shown in answers and explanations.', example: 'german speakers' })
  name?: string | null;

  @TextField({
    max: LIMITS.name,
    description: 'The variant of whom it matches; drawn by the weights when left out.',
    example: 'on',
  })
  variant?: string | null;

  @PercentageField({ description: 'How many of those it matches; as the strategy says when left out.', example: 50 })
  percentage?: number | null;
}
