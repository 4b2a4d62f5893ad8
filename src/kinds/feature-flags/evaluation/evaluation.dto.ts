import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';
import { ObjectField, Shown, TextField, TextListField } from '../../../platform/http/fields.js';
import type { JsonValue } from '../engine/json-value.js';

const ENVIRONMENT = {
  max: 64,
  min: 1,
  lowerCase: true,
  description: 'As the flags name it; where no environment says otherwise when left out.',
  example: 'production',
};

export class FlagEvaluate {
  @ObjectField({
    description: 'What is known of whoever asks; `targeting_key` says who it is. Empty when left out.',
    example: { targeting_key: 'user-17', country: 'DE', email: 'ada@example.com' },
  })
  context?: Record<string, unknown> | null;

  @TextField(ENVIRONMENT) environment?: string | null;
}

export class FlagsEvaluate extends FlagEvaluate {
  @TextListField({
    most: 1000,
    max: 256,
    description: 'Only these flags; all when left out.',
    example: ['new-checkout'],
  })
  keys?: string[] | null;
}

export class EnvironmentQuery {
  @ApiPropertyOptional({ type: String, maxLength: 64, example: 'production', description: ENVIRONMENT.description })
  @IsOptional()
  @IsString()
  @Length(1, 64)
  environment?: string;
}

export class FlagExplainQuery extends EnvironmentQuery {
  @ApiPropertyOptional({ type: String, maxLength: 1024, example: 'user-17', description: 'Who asks.' })
  @IsOptional()
  @IsString()
  @Length(1, 1024)
  targeting_key?: string;
}

export const REASONS = ['static', 'targeting_match', 'split', 'default', 'disabled', 'error'] as const;

const ANY_VALUE = { anyOf: [{ type: 'boolean' }, { type: 'string' }, { type: 'number' }, { type: 'object' }, { type: 'array', items: {} }, { type: 'null' }] }; // prettier-ignore

export class FlagEvaluation {
  @Shown('new-checkout') key: string;
  @Shown('production') environment: string;
  @Shown(true, { description: 'Whether the flag is on for whoever asked.' }) enabled: boolean;
  @ApiProperty({ ...(ANY_VALUE as object), example: 'green', description: "Null: the caller's own default." })
  value: JsonValue | null;
  @Shown('green', { type: String, nullable: true }) variant: string | null;
  @Shown('targeting_match', { enum: REASONS }) reason: string;
  @Shown('staff', { type: String, nullable: true, description: 'What decided.' }) rule: string | null;
  @ApiPropertyOptional({ type: Object, additionalProperties: true, example: { team: 'checkout' } })
  metadata?: object;
  @ApiPropertyOptional({
    type: Object,
    additionalProperties: true,
    example: { type: 'string', value: 'green' },
    description: 'Of a variant that came from Unleash: as it was written there.',
  })
  payload?: object;
  @ApiPropertyOptional({ type: String, example: 'TARGETING_KEY_MISSING', description: 'With the reason `error`.' })
  error_code?: string;
  @ApiPropertyOptional({ type: String, example: 'The context has no usable targetingKey.' })
  error_details?: string;
  @Shown('tqIZ0sBwCeLqQfVZ', { description: 'Of the rules that decided: the same on every replica.' })
  ruleset_revision: string;
}

export class FlagEvaluations {
  @Shown('production') environment: string;
  @Shown('tqIZ0sBwCeLqQfVZ') ruleset_revision: string;
  @ApiProperty({ type: [FlagEvaluation], description: 'In the order of their keys.' }) flags: FlagEvaluation[];
}

export class FlagExplanationStep {
  @Shown('rule', {
    enum: [
      'flag',
      'expiry',
      'prerequisite',
      'segment',
      'rule',
      'condition',
      'rollout',
      'variant',
      'targeting',
      'error',
    ],
  })
  kind: string;
  @Shown('staff') name: string;
  @Shown(true) passed: boolean;
  @Shown('matches') because: string;
  @ApiPropertyOptional({ type: Number, example: 4711, description: 'Where the asker falls, from 1 to 10000.' })
  bucket?: number;
  @ApiPropertyOptional({ type: Number, example: 5000, description: 'The last bucket that is taken.' }) limit?: number;
  @ApiProperty({ type: () => [FlagExplanationStep], example: [], description: 'What was looked at for this.' })
  steps: FlagExplanationStep[];
}

export class FlagExplanation extends FlagEvaluation {
  @ApiProperty({ type: [FlagExplanationStep] }) steps: FlagExplanationStep[];
}
