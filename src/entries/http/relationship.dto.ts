import { ApiProperty, ApiPropertyOptional, PartialType, PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsOptional, IsString, Length, Matches } from 'class-validator';
import { BooleanField, NumberField, ObjectField, Shown, TextField } from '../../platform/http/fields.js';
import { PageQuery } from '../../platform/http/paging.js';
import { RELATIONSHIP_TYPE_PATTERN } from '../relationships/relationship-types.js';

const TYPE_RULE = 'must start with a letter and hold at most 100 of a-z 0-9 _';
const END = { required: true, min: 1, max: 300 } as const;

export class RelationshipCreate {
  @TextField({ ...END, description: 'Id or key of the entry it starts from.', example: 'svc_checkout' })
  source_id: string;

  @TextField({
    ...END,
    description: 'Id or key of the entry it points at; a bare name is a feature category.',
    example: 'svc_fraud-detector',
  })
  target_id: string;

  @TextField({
    required: true,
    max: 100,
    lowerCase: true,
    pattern: RELATIONSHIP_TYPE_PATTERN,
    rule: TYPE_RULE,
    example: 'depends_on',
    description:
      'Known types: depends_on requires belongs_to provides calls contains owns runs_on replicates_to parent_of part_of.',
  })
  type: string;

  @NumberField({ min: 0, max: 1e9, description: 'Cost of the step in weighted paths; 1 when left out.', example: 1 })
  weight?: number | null;

  @BooleanField({ description: 'Walked both ways.', example: false })
  bidirectional?: boolean | null;

  @ObjectField({ description: 'Free-form, at most 64 KiB.', example: { since: '2026-01' } })
  metadata?: Record<string, unknown> | null;
}

/** `PUT` replaces these; the ends and the type are what the relationship is, so they may be repeated but not changed. */
export class RelationshipPut extends PartialType(RelationshipCreate) {}

export class Relationship {
  @Shown('1042') id: string;
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) source_id: string;
  @Shown('0192f0c1-8d10-7b21-8c1f-0242ac120002', { format: 'uuid' }) target_id: string;
  @Shown('svc_checkout') source_key: string;
  @Shown('svc_fraud-detector@2.1.0') target_key: string;
  @Shown('depends_on') type: string;
  @Shown(1) weight: number;
  @Shown(false) bidirectional: boolean;
  @ApiProperty({ type: Object, additionalProperties: true, example: { since: '2026-01' } }) metadata: Record<
    string,
    unknown
  >;
  @ApiProperty({ type: 'integer', description: 'The ETag.', example: 1 }) revision: number;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) created_at: string;
}

type Given = { value: unknown };
const list = ({ value }: Given): unknown =>
  value === undefined
    ? undefined
    : (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
        typeof one === 'string' ? one.toLowerCase().split(',') : [one],
      );

export class RelationshipQuery extends PageQuery {
  @ApiPropertyOptional({
    maxLength: 300,
    description: 'Id or key of the entry they start from.',
    example: 'svc_checkout',
  })
  @IsOptional()
  @IsString()
  @Length(1, 300)
  source_id?: string;

  @ApiPropertyOptional({
    maxLength: 300,
    description: 'Id or key of the entry they point at.',
    example: 'svc_fraud-detector',
  })
  @IsOptional()
  @IsString()
  @Length(1, 300)
  target_id?: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: 50,
    description: 'Either of these types, repeated or separated by commas.',
    example: ['depends_on'],
  })
  @Transform(list)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @Matches(RELATIONSHIP_TYPE_PATTERN, { each: true, message: `types ${TYPE_RULE}` })
  types?: string[];
}

export const DIRECTIONS = ['in', 'out', 'both'] as const;

export class EntryRelationshipQuery extends PickType(RelationshipQuery, [
  'types',
  'limit',
  'offset',
  'cursor',
  'count',
] as const) {
  @ApiPropertyOptional({ enum: DIRECTIONS, default: 'both', example: 'out' })
  @IsOptional()
  @Matches(/^(in|out|both)$/, { message: 'direction must be one of in, out, both' })
  direction?: (typeof DIRECTIONS)[number];
}
