import { ApiProperty, OmitType } from '@nestjs/swagger';
import { IsArray, ArrayMaxSize, IsObject, IsOptional } from 'class-validator';
import { NestedField, Shown, TextField, TextListField } from '../../../platform/http/fields.js';
import { FlagClause } from '../definition/flag-rule.dto.js';
import { LIMITS } from '../engine/limits.js';

export const SEGMENT_KEY = /^[A-Za-z0-9]([A-Za-z0-9._:~-]{0,198}[A-Za-z0-9])?$/;

export class FlagSegmentReplace {
  @TextField({ max: LIMITS.name, example: 'Beta testers' }) name?: string | null;
  @TextField({ max: 4096, example: 'Who asked for new things early.' }) description?: string | null;

  @TextListField({
    most: 2000,
    max: LIMITS.name,
    description: 'Targeting keys that are members whatever the clause says.',
    example: ['user-17'],
  })
  included?: string[] | null;

  @TextListField({
    most: 2000,
    max: LIMITS.name,
    description: 'Targeting keys that are no members whatever else is said.',
    example: ['user-18'],
  })
  excluded?: string[] | null;

  @NestedField(() => FlagClause, {
    description: 'Whom it holds for; nobody but the included when left out.',
    example: { attribute: 'email', operator: 'ends_with', values: ['@example.com'] },
  })
  clause?: FlagClause | null;

  @ApiProperty({
    type: 'array',
    items: { type: 'object', additionalProperties: true },
    ...({ required: false, nullable: true } as object),
    maxItems: 1000,
    description: 'Instead of the clause in a segment that came from Unleash: all must hold.',
    example: [{ contextName: 'country', operator: 'IN', values: ['DE'] }],
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @IsObject({ each: true })
  constraints?: Record<string, unknown>[] | null;
}

export class FlagSegmentCreate extends FlagSegmentReplace {
  @TextField({
    required: true,
    min: 1,
    max: 200,
    pattern: SEGMENT_KEY,
    rule: 'must be letters, digits and ._:~- between them',
    example: 'beta-testers',
  })
  key: string;
}

export class FlagSegmentUser {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002') id: string;
  @Shown('new-checkout') key: string;
}

export class FlagSegmentUsage {
  @ApiProperty({ type: [FlagSegmentUser] }) flags: FlagSegmentUser[];
  @Shown(['inner-circle'], { type: [String], description: 'Segments that are made of it.' }) segments: string[];
  @Shown(1, { type: 'integer', description: 'Flags that use it and that the caller may not see.' }) hidden: number;
}

export class FlagSegment extends OmitType(FlagSegmentCreate, [] as const) {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown(3, { type: 'integer' }) revision: number;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) created_at: string;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) updated_at: string;
}
