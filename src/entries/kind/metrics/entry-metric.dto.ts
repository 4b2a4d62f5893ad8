import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsNumber, IsOptional, Matches, Max, Min, ValidateBy } from 'class-validator';
import { Shown, TextField } from '../../../platform/http/fields.js';
import { MomentField } from '../../../platform/http/moment.js';
import { WholeNumber } from '../../../platform/http/paging.js';

const NAME_PATTERN = /^[A-Za-z_][A-Za-z0-9_.:/-]{0,199}$/;
const NAME_RULE = 'must start with a letter or _ and hold at most 200 of A-Z a-z 0-9 _ . : / -';
const MOST_TAGS = 20;
/** Samples taken, or answered, at once. */
export const MOST_SAMPLES = 1000;

/** A few short texts by short names. */
function isTags(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const tags = Object.entries(value);
  return (
    tags.length <= MOST_TAGS &&
    tags.every(([name, text]) => name.length <= 100 && typeof text === 'string' && text.length <= 256)
  );
}

/** A sample to be recorded. */
export class MetricSampleCreate {
  @TextField({ required: true, max: 200, pattern: NAME_PATTERN, rule: NAME_RULE, example: 'cpu' }) name: string;

  @ApiProperty({ type: Number, example: 0.72 })
  @IsNumber({ allowNaN: false, allowInfinity: false })
  value: number;

  @TextField({ max: 32, example: 'ratio' }) unit?: string | null;

  @ApiPropertyOptional({
    type: Object,
    nullable: true,
    additionalProperties: { type: 'string' },
    description: `At most ${MOST_TAGS}, each a text of at most 256 characters.`,
    example: { zone: 'a' },
  })
  @IsOptional()
  @ValidateBy({
    name: 'isTags',
    validator: {
      validate: isTags,
      defaultMessage: () => `$property must be an object of at most ${MOST_TAGS} texts of at most 256 characters`,
    },
  })
  tags?: Record<string, string> | null;

  @MomentField({ description: 'When it was measured; now when left out.', nullable: true }) at?: string | null;
}

export class MetricSample {
  @Shown('cpu') name: string;
  @Shown(0.72, { type: Number }) value: number;
  @Shown('ratio', { type: String, nullable: true }) unit: string | null;
  @ApiProperty({ type: Object, additionalProperties: { type: 'string' }, example: { zone: 'a' } })
  tags: Record<string, string>;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) at: string;
}

export class MetricQuery {
  @ApiPropertyOptional({
    maxLength: 200,
    description: 'The series of this name, oldest first; the latest of each name when left out.',
    example: 'cpu',
  })
  @IsOptional()
  @Matches(NAME_PATTERN, { message: `$property ${NAME_RULE}` })
  name?: string;

  @MomentField({ description: 'Only samples from this moment on.' }) from?: string;
  @MomentField({ description: 'Only samples up to this moment.' }) to?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_SAMPLES,
    default: MOST_SAMPLES,
    description: 'Of a longer series the newest.',
    example: 100,
  })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(MOST_SAMPLES)
  limit: number = MOST_SAMPLES;
}
