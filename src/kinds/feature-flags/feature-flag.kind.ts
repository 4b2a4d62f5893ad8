import { ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { IsObject, IsOptional } from 'class-validator';
import { defineKind } from '../../entries/kind/kind.js';
import { EnumField, ObjectField, Shown, TextField } from '../../platform/http/fields.js';
import { DIALECTS, FlagEnvironment, FlagSettings } from './definition/flag-settings.dto.js';
import { LIMITS } from './engine/limits.js';

/** What a path can hold, written out in bytes: some clients put keys into it as they are, so plain letters are best. */
export const FLAG_KEY = /^[^\s\p{Cc}/\\?#%]+$/u;

export class FeatureFlagSpec extends FlagSettings {
  @TextField({
    min: 1,
    max: LIMITS.name,
    trim: false,
    pattern: FLAG_KEY,
    rule: 'must have no spaces, no control characters and none of / \\ ? # %',
    description:
      'What applications ask for, and what is hashed; the name when left out. For keys of imported flags that are no names.',
    example: 'checkoutV2.payment',
  })
  flag_key?: string | null;

  @EnumField(DIALECTS, { description: 'Whose rules and bucketing it keeps; native when left out.', example: 'native' })
  dialect?: (typeof DIALECTS)[number] | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(FlagEnvironment) },
    ...({ required: false, nullable: true } as object),
    description: 'What environments say otherwise, by their names.',
    example: { production: { percentage: 5 } },
  })
  @IsOptional()
  @IsObject()
  environments?: Record<string, FlagEnvironment> | null;

  @ObjectField({
    description: "Given back with every answer, as OFREP's metadata: texts, numbers and booleans.",
    example: { team: 'checkout' },
  })
  evaluation_metadata?: Record<string, unknown> | null;
}

/** How far a rollout has got by itself. */
export class FlagRollout {
  @Shown('', { description: 'Empty: where no environment says otherwise.' }) environment: string;
  @Shown(25, { type: 'number', nullable: true }) percentage: number | null;
  @Shown(true) paused: boolean;
  @Shown('error_rate 0.08 is above 0.05 (average of 300 s, 12 samples).', { type: String, nullable: true })
  reason: string | null;
  @Shown('2026-03-01T09:30:00.000Z', { type: String, format: 'date-time', nullable: true }) paused_at: string | null;
  @Shown('2026-03-01T09:30:00.000Z', {
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Of the last step that was taken.',
  })
  stepped_at: string | null;
  @Shown('2026-03-02T09:30:00.000Z', {
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Of the next step.',
  })
  next_at: string | null;
}

class FeatureFlagAnswers {
  @ApiProperty({ type: [FlagRollout], example: [], description: 'Rollouts with a schedule, a guardrail or a pause.' })
  rollouts: FlagRollout[];
}

export const featureFlagKind = defineKind({
  name: 'feature_flag',
  title: 'FeatureFlag',
  plural: 'FeatureFlags',
  path: 'features',
  prefix: 'feat',
  spec: FeatureFlagSpec,
  answers: FeatureFlagAnswers,
  defaults: { strategy: 'instant', dialect: 'native' },
  filters: ['strategy', 'dialect'],
  example: {
    name: 'new-checkout',
    title: 'New checkout',
    default_value: 'classic',
    variants: [
      { key: 'blue', value: 'blue', weight: 50 },
      { key: 'green', value: 'green', weight: 50 },
    ],
    strategy: 'canary',
    percentage: 10,
    rules: [{ name: 'staff', attribute: 'email', operator: 'ends_with', values: ['@example.com'], variant: 'green' }],
    environments: { production: { percentage: 1 } },
  },
  lifecycle: {
    initial: 'disabled',
    states: ['disabled', 'enabled', 'rollout', 'testing', 'archived'],
    transitions: {
      enable: { from: ['disabled', 'rollout', 'testing'], to: 'enabled', summary: 'Enable a feature flag' },
      disable: {
        from: ['enabled', 'rollout', 'testing'],
        to: 'disabled',
        summary: 'Disable a feature flag everywhere: it answers its default',
      },
      test: {
        from: ['disabled', 'enabled', 'rollout'],
        to: 'testing',
        summary: 'Open a feature flag to those only whom its rules or segments name',
      },
      archive: {
        from: ['disabled', 'enabled', 'rollout', 'testing'],
        to: 'archived',
        summary: 'Archive a feature flag: it answers its default and is left out of bulk answers',
      },
      restore: { from: ['archived'], to: 'disabled', summary: 'Take a feature flag out of the archive, disabled' },
    },
  },
});
