import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { Shown } from '../../../platform/http/fields.js';
import { configKind, VALUE_TYPES, ValueShown } from '../config.kind.js';
import { SCOPE_ID, SCOPE_NAME, SCOPES } from '../scope.js';
import type { Scope } from '../scope.js';

const lowered = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

const Named = (description: string, example: string, pattern = SCOPE_NAME): PropertyDecorator => {
  const decorators = [
    ApiPropertyOptional({ type: String, maxLength: 129, description, example }),
    IsOptional(),
    IsString(),
    Matches(pattern, { message: '$property must be a name of at most 64 characters' }),
  ];
  return (target, key) => {
    for (const decorate of decorators) decorate(target, key);
  };
};

/** For whom: the nearest value wins. */
export class ConfigContextQuery {
  @Named('Name of the environment that asks.', 'production') environment?: string;
  @Named('Name of the service that asks.', 'checkout') service?: string;
  @Named('Name of the user it is asked for.', 'ann') user?: string;
}

export class ConfigPlaceQuery extends ConfigContextQuery {
  @ApiPropertyOptional({ enum: SCOPES, description: 'The value of this scope and no other.', example: 'environment' })
  @Transform(lowered)
  @IsOptional()
  @IsIn(SCOPES)
  scope?: Scope;

  @Named('Of the scope; the environment, service or user named beside it when left out.', 'production', SCOPE_ID)
  scope_id?: string;
}

export class ConfigReadQuery extends ConfigPlaceQuery {
  @ApiPropertyOptional({ enum: ['true', 'false'], default: 'false', description: 'Also where each scope stands.' })
  @IsOptional()
  @IsIn(['true', 'false'])
  explain?: 'true' | 'false';
}

export class ConfigResolvedQuery extends ConfigContextQuery {
  @ApiPropertyOptional({ maxLength: 128, description: 'Keys that begin with this.', example: 'db.' })
  @IsOptional()
  @IsString()
  @MaxLength(128)
  prefix?: string;
}

export class ConfigSource {
  @Shown('cfg_db.pool.size@environment:production') key: string;
  @Shown('environment', { enum: SCOPES }) scope: string;
  @Shown('production', { type: String, nullable: true }) scope_id: string | null;
}

export const OUTCOMES = ['wins', 'overridden', 'absent'] as const;

/** Where one scope stands in the choice, the nearest first. */
export class ConfigCandidate {
  @Shown('environment', { enum: SCOPES }) scope: string;
  @Shown('production', { type: String, nullable: true }) scope_id: string | null;
  @Shown('wins', { enum: OUTCOMES, description: 'absent: there is no value in this scope.' }) outcome: string;
  @Shown('cfg_db.pool.size@environment:production', { type: String, nullable: true }) key: string | null;
  @Shown(2, { type: Number, nullable: true }) revision: number | null;
  @ValueShown(20, 'As it is written, masked when it is encrypted.')
  value: unknown;
}

class ResolvedParts {
  @ApiProperty({ type: ConfigSource, description: 'Whose value it is.' }) source: ConfigSource;
  @Shown(['db.host'], { type: [String], description: 'Other keys whose values are in it.' }) references: string[];
  @ApiPropertyOptional({ type: [ConfigCandidate], description: 'With `explain=true`.' }) explain?: ConfigCandidate[];
}

/** A value with where it comes from. */
export class ConfigValue extends IntersectionType(configKind.classes.read, ResolvedParts) {}

/** One key of a whole configuration. */
export class ResolvedConfig {
  @Shown('db.pool.size') name: string;
  @Shown('integer', { enum: VALUE_TYPES }) type: string;
  @ValueShown(20) value: unknown;
  @Shown(false) encrypted: boolean;
  @ApiProperty({ type: ConfigSource }) source: ConfigSource;
  @Shown(2) revision: number;
  @Shown(3, { type: Number, nullable: true }) version: number | null;
  @ApiPropertyOptional({ type: [String], example: ['db.host'], description: 'Keys it names that have no value here; then it has none itself.' }) // prettier-ignore
  unresolved?: string[];
  @ApiPropertyOptional({ type: Boolean, example: true, description: 'A secret in it is masked.' }) masked?: boolean;
}
