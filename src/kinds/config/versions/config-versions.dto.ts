import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { IntegerField, Shown, TextField } from '../../../platform/http/fields.js';
import { DEFAULT_ROWS, MOST_ROWS, WholeNumber } from '../../../platform/http/paging.js';
import { ConfigValidation, VALUE_TYPES, configKind, ValueShown } from '../config.kind.js';
import { ConfigPlaceQuery } from '../read/config-read.dto.js';
import { SCOPES } from '../scope.js';

export const MOST_VERSION = 2_147_483_647;

class HistoryPage {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_ROWS, default: DEFAULT_ROWS, example: 20 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(MOST_ROWS)
  limit: number = DEFAULT_ROWS;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: 1_000_000, default: 0, example: 0 })
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  offset: number = 0;
}

export class ConfigHistoryQuery extends IntersectionType(ConfigPlaceQuery, HistoryPage) {}

const version = (): PropertyDecorator[] => [
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value)), // prettier-ignore
  IsInt(),
  Min(1),
  Max(MOST_VERSION),
];
const VersionQuery = (): PropertyDecorator => (target, key) => {
  ApiProperty({ type: 'integer', minimum: 1, maximum: MOST_VERSION, example: 1 })(target, key);
  for (const decorate of version()) decorate(target, key);
};

export class ConfigDiffQuery extends ConfigPlaceQuery {
  @VersionQuery() from: number;
  @VersionQuery() to: number;
}

export class ConfigRollback {
  @IntegerField({ required: true, min: 1, max: MOST_VERSION, description: 'Of the history of the scope.', example: 2 })
  version: number;
  @TextField({ max: 1000, description: 'Why, for the history.', example: 'the new pool size broke checkout' })
  comment?: string | null;
}

/** One version of a value. Encrypted ones are masked but for who asks for one version with `read:secrets`. */
export class ConfigVersion {
  @Shown('db.pool.size') name: string;
  @Shown('environment', { enum: SCOPES }) scope: string;
  @Shown('production', { type: String, nullable: true }) scope_id: string | null;
  @Shown(3) version: number;
  @Shown('set', { enum: ['set', 'delete'] }) operation: string;
  @Shown('integer', { enum: VALUE_TYPES }) type: string;
  @ValueShown(20) value: unknown;
  @Shown(false) encrypted: boolean;
  @ApiProperty({ type: ConfigValidation, nullable: true }) validation: ConfigValidation | null;
  @ValueShown(10) default: unknown;
  @Shown(4, { description: 'Revision of the value as this version was made.' }) revision: number;
  @Shown('rollback:1', { description: 'write, transaction, publish, import, reset, or rollback:<version>.' })
  origin: string;
  @Shown('the new pool size broke checkout', { type: String, nullable: true }) comment: string | null;
  @Shown('api_key:0192f0c1-7c3a-7a10-9d5e-0242ac120002') actor: string;
  @Shown('2026-05-01T12:00:00.000Z', { format: 'date-time' }) at: string;
}

export class ConfigFieldChange {
  @Shown('value') field: string;
  @ValueShown(10) from: unknown;
  @ValueShown(20) to: unknown;
}

export class ConfigDiff {
  @Shown(1) from: number;
  @Shown(3) to: number;
  @ApiProperty({ type: [ConfigFieldChange], description: 'What differs; masked where it is encrypted.' })
  changes: ConfigFieldChange[];
  @ApiPropertyOptional({ type: [Object], description: 'From one value of JSON to the other, as JSON Patch (RFC 6902).', example: [{ op: 'replace', path: '/tls', value: true }] }) // prettier-ignore
  patch?: object[];
}

/** What a rollback came to. */
export class ConfigRolledBack {
  @Shown('db.pool.size') name: string;
  @Shown(1, { description: 'The version that was taken up again.' }) version: number;
  @Shown(4, { type: Number, nullable: true, description: 'The newest version by now; the same as before when nothing differed.' }) // prettier-ignore
  current_version: number | null;
  @ApiProperty({ type: configKind.classes.read, nullable: true, description: 'The value; null when it was removed.' })
  value_entry: object | null;
}
