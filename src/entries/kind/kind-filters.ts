import type { Type } from '@nestjs/common';
import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Length } from 'class-validator';
import { EntryFilterQuery } from '../http/entry-query.dto.js';
import type { PlainKind } from './kind-classes.js';

const MOST_VALUES = 50;

/** `?type=a,b` and `?type=a&type=b` are the same list. */
const list = ({ value }: { value: unknown }): unknown =>
  value === undefined
    ? undefined
    : (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
        typeof one === 'string' ? one.split(',').map((word) => word.trim()) : [one],
      );

/** The list query of a kind: that of every list of entries, the kind itself left out, and its own fields. */
export function filterFields(kind: PlainKind): Type<EntryFilterQuery> {
  class Query extends OmitType(EntryFilterQuery, ['type'] as const) {}
  for (const field of kind.filters) {
    const { enum: known, example } = shownOf(kind.spec, field);
    const decorators = [
      ApiPropertyOptional({
        type: [String],
        ...(known && { enum: known }),
        description: 'Either of these values.',
        example: known ? [known[0]] : [String(example)],
      }),
      Transform(list),
      IsOptional(),
      IsArray(),
      ArrayMaxSize(MOST_VALUES),
      ...(known ? [IsIn(known, { each: true })] : [IsString({ each: true }), Length(1, 256, { each: true })]),
    ];
    for (const decorate of decorators) decorate(Query.prototype, field);
  }
  return Query;
}

/** What OpenAPI shows for a property of a class. */
function shownOf(type: Type<object>, field: string): { enum?: string[]; example?: unknown } {
  return (Reflect.getMetadata('swagger/apiModelProperties', type.prototype, field) ?? {}) as { enum?: string[] };
}
