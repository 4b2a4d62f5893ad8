import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { Shown } from '../../../platform/http/fields.js';
import { WholeNumber } from '../../../platform/http/paging.js';
import { VALUE_TYPES, ValueShown } from '../config.kind.js';
import { SCOPES } from '../scope.js';

export class ConfigWatchQuery {
  @ApiPropertyOptional({ maxLength: 128, description: 'Keys that begin with this.', example: 'db.' })
  @IsOptional()
  @IsString()
  @MaxLength(128)
  prefix?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'The `index` of the answer before; left out: everything at once.',
    example: 42,
  })
  @IsOptional()
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  index?: number;

  @ApiPropertyOptional({ default: '30s', description: 'How long to wait, at most 10m.', example: '30s' })
  @IsOptional()
  @Matches(/^(\d{1,6}ms|\d{1,4}s|\d{1,2}m)$/, { message: '$property must be a time such as 500ms, 30s or 5m' })
  wait?: string;
}

/** What happened to one value. */
export class ConfigChange {
  @Shown(43) index: number;
  @Shown('set', { enum: ['set', 'delete'] }) operation: string;
  @Shown('cfg_db.pool.size@environment:production') key: string;
  @Shown('db.pool.size') name: string;
  @Shown('environment', { enum: SCOPES }) scope: string;
  @Shown('production', { type: String, nullable: true }) scope_id: string | null;
  @Shown(4, { type: Number, nullable: true, description: 'Null when it is gone.' }) revision: number | null;
  @Shown(3, { type: Number, nullable: true }) version: number | null;
  @Shown('integer', { enum: VALUE_TYPES, type: String, nullable: true }) type: string | null;
  @ValueShown(20, 'As it is written, masked when it is encrypted.')
  value: unknown;
  @Shown('2026-05-01T12:00:00.000Z', { format: 'date-time' }) at: string;
}

export class ConfigChanges {
  @Shown(43, { description: 'To ask on with.' }) index: number;
  @Shown(false, { description: 'True when this is everything there is, in the place of what was known.' })
  reset: boolean;
  @ApiProperty({ type: [ConfigChange] }) changes: ConfigChange[];
}
