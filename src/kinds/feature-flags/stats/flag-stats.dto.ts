import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { Shown } from '../../../platform/http/fields.js';
import { MomentField } from '../../../platform/http/moment.js';

export class FlagStatsQuery {
  @MomentField({ description: 'A day ago when left out; the hour in which it lies is told whole.' }) from?: string;
  @MomentField({ description: 'Now when left out.' }) to?: string;

  @ApiPropertyOptional({ type: String, maxLength: 64, example: 'production', description: 'All when left out.' })
  @IsOptional()
  @IsString()
  @Length(1, 64)
  environment?: string;
}

const VARIANTS = {
  type: 'object',
  additionalProperties: { type: 'integer' },
  example: { green: 620, blue: 610 },
} as const;

export class FlagHour {
  @Shown('2026-03-01T09:00:00.000Z', { format: 'date-time' }) hour: string;
  @Shown('production') environment: string;
  @Shown(1230, { type: 'integer' }) enabled: number;
  @Shown(770, { type: 'integer' }) disabled: number;
  @ApiProperty(VARIANTS) variants: Record<string, number>;
}

export class FlagStats {
  @Shown('2026-02-28T09:00:00.000Z', { format: 'date-time' }) from: string;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) to: string;
  @Shown(2000, { type: 'integer', description: 'Evaluations, counted within seconds.' }) evaluations: number;
  @Shown(1230, { type: 'integer' }) enabled: number;
  @Shown(770, { type: 'integer' }) disabled: number;
  @ApiProperty(VARIANTS) variants: Record<string, number>;
  @Shown('2026-03-01T09:29:57.120Z', { type: String, format: 'date-time', nullable: true }) last_evaluated_at:
    string | null;
  @ApiProperty({ type: [FlagHour], description: 'Oldest first.' }) hours: FlagHour[];
}
