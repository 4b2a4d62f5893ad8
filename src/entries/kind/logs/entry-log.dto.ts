import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { EnumField, ObjectField, Shown, TextField } from '../../../platform/http/fields.js';
import { MomentField } from '../../../platform/http/moment.js';
import { WholeNumber } from '../../../platform/http/paging.js';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
/** Lines kept of an entry, and taken at once. */
export const MOST_LINES = 1000;

/** A line to be written. */
export class LogLineCreate {
  @EnumField(LOG_LEVELS, { required: true, example: 'warn' }) level: LogLevel;
  @TextField({ required: true, min: 1, max: 16_384, trim: false, example: 'The pool is nearly used up.' })
  message: string;
  @MomentField({ description: 'When it happened; now when left out.', nullable: true }) at?: string | null;
  @ObjectField({ mostBytes: 16 * 1024, description: 'Free-form, at most 16 KiB.', example: { connections: 19 } })
  fields?: Record<string, unknown> | null;
}

export class LogLine {
  @Shown('4711') id: string;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) at: string;
  @Shown('warn', { enum: LOG_LEVELS }) level: LogLevel;
  @Shown('The pool is nearly used up.') message: string;
  @ApiProperty({ type: Object, additionalProperties: true, nullable: true, example: { connections: 19 } })
  fields: Record<string, unknown> | null;
}

export class AcceptedCount {
  @Shown(1, { type: Number, description: 'How many were taken.' }) accepted: number;
}

const words = ({ value }: { value: unknown }): unknown =>
  value === undefined
    ? undefined
    : (Array.isArray(value) ? value : [value]).flatMap((one: unknown) =>
        typeof one === 'string' ? one.toLowerCase().split(',') : [one],
      );

export class LogQuery {
  @ApiPropertyOptional({
    type: [String],
    enum: LOG_LEVELS,
    maxItems: LOG_LEVELS.length,
    description: 'Either of these levels, repeated or separated by commas.',
    example: ['error'],
  })
  @Transform(words)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(LOG_LEVELS.length)
  @IsIn(LOG_LEVELS, { each: true })
  level?: LogLevel[];

  @MomentField({ description: 'Only lines from this moment on.' }) since?: string;

  @ApiPropertyOptional({ maxLength: 256, description: 'Only lines that hold this text.', example: 'pool' })
  @IsOptional()
  @IsString()
  @Length(1, 256)
  q?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_LINES, default: 100, example: 100 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(MOST_LINES)
  limit: number = 100;
}
