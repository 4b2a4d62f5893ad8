import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { BooleanField, EnumField, Shown, TextField, TextListField } from '../../../platform/http/fields.js';
import { ConfigDefinition, VALUE_TYPES, ValueShown } from '../config.kind.js';
import { SCOPES } from '../scope.js';

export class ConfigDraftPut extends ConfigDefinition {
  @EnumField(['set', 'delete'], { description: 'set when left out.', example: 'set' })
  operation?: 'set' | 'delete' | null;
  @TextField({ max: 262_144, trim: false, example: 'Connections of one process.' }) description?: string | null;
  @TextField({ max: 1000, description: 'Why, for the history.', example: 'more traffic expected' })
  comment?: string | null;
}

export class ConfigDraftsQuery {
  @ApiPropertyOptional({ maxLength: 128, description: 'Keys that begin with this.', example: 'db.' })
  @IsOptional()
  @IsString()
  @MaxLength(128)
  prefix?: string;
}

export class ConfigPublish {
  @TextListField({ most: 1000, max: 132, description: 'With or without `cfg_`, in every scope.', example: ['db.pool.size'] }) // prettier-ignore
  keys?: string[] | null;
  @TextField({ max: 128, description: 'Keys that begin with this.', example: 'db.' }) prefix?: string | null;
  @TextField({
    max: 1000,
    description: 'Why, for the history; that of each draft when left out.',
    example: 'release 42',
  })
  comment?: string | null;
  @BooleanField({ description: 'Also over values that have changed since the draft was saved.', example: false })
  force?: boolean | null;
  @BooleanField({ description: 'Only says what would happen; what refuses it, refuses this too.', example: true })
  dry_run?: boolean | null;
}

/** A draft, and what it would change. */
export class ConfigDraft {
  @Shown('cfg_db.pool.size@environment:production') key: string;
  @Shown('db.pool.size') name: string;
  @Shown('environment', { enum: SCOPES }) scope: string;
  @Shown('production', { type: String, nullable: true }) scope_id: string | null;
  @Shown('set', { enum: ['set', 'delete'] }) operation: string;
  @Shown('integer', { enum: VALUE_TYPES, type: String, nullable: true }) type: string | null;
  @ValueShown(30, 'Masked when it is encrypted.') value: unknown;
  @ValueShown(20, 'What it is now.') current_value: unknown;
  @Shown(3, { description: 'Revision the draft was made for; 0: it was not there.' }) base_revision: number;
  @Shown(3, { type: Number, nullable: true, description: 'Revision it is at now.' }) current_revision: number | null;
  @Shown(false, { description: 'The value has changed since: to be saved again, or published with force.' })
  outdated: boolean;
  @Shown('more traffic expected', { type: String, nullable: true }) comment: string | null;
  @Shown('api_key:0192f0c1-7c3a-7a10-9d5e-0242ac120002') actor: string;
  @Shown('2026-05-01T12:00:00.000Z', { format: 'date-time' }) at: string;
}

export class ConfigPublished {
  @Shown(false, { description: 'True of a dry run: nothing was changed.' }) dry_run: boolean;
  @ApiProperty({ type: [ConfigDraft], description: 'What was published, as it stood before.' }) published: ConfigDraft[]; // prettier-ignore
}
