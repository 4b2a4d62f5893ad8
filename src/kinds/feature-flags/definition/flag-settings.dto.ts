import {
  BooleanField,
  EnumField,
  IntegerField,
  NestedField,
  NestedListField,
  NumberField,
  ObjectField,
  TextField,
  TextListField,
} from '../../../platform/http/fields.js';
import { MomentField } from '../../../platform/http/moment.js';
import { ROLLOUT_STRATEGIES } from '../engine/flag-definition.js';
import type { RolloutStrategy } from '../engine/flag-definition.js';
import type { JsonValue } from '../engine/json-value.js';
import { LIMITS } from '../engine/limits.js';
import { JsonField, PercentageField } from './flag-fields.js';
import { FlagRule } from './flag-rule.dto.js';

export const ENVIRONMENT_NAME = /^(?!(?:constructor|prototype)$)[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$/;
export const MOST_STEPS = 200;

export class FlagVariant {
  @TextField({ required: true, min: 1, max: LIMITS.name, example: 'blue' }) key: string;
  @JsonField({ required: true, description: 'What whoever has this variant is answered.', example: '#0057b7' })
  value: JsonValue;
  @NumberField({ min: 0, max: 1e9, description: 'Relative to the sum of all; 1 when left out.', example: 50 })
  weight?: number | null;
}

export class FlagPrerequisite {
  @TextField({ required: true, min: 1, max: LIMITS.name, description: 'Key of the other flag.', example: 'new-cart' })
  flag: string;
  @BooleanField({ description: 'Whether the other one must be on; true when left out.', example: true })
  enabled?: boolean | null;
  @TextListField({ most: LIMITS.variants, max: LIMITS.name, description: 'Any of its variants.', example: ['blue'] })
  variants?: string[] | null;
}

export class FlagScheduleStep {
  @MomentField({ description: 'When the percentage becomes this one.', example: '2026-03-01T09:30:00.000Z' })
  at: string;
  @PercentageField({ required: true, example: 25 }) percentage: number;
}

export const GUARDRAIL_SOURCES = ['metrics', 'stats'] as const;
export const GUARDRAIL_OPERATORS = ['gt', 'gte', 'lt', 'lte'] as const;
export const GUARDRAIL_ACTIONS = ['pause', 'rollback'] as const;

export class FlagGuardrail {
  @TextField({
    required: true,
    min: 1,
    max: 200,
    description:
      "Name of a metric that is recorded for the flag (`POST /{id}/metrics`); with the source `stats` one of its own: `evaluations`, `enabled_ratio`, or `variant:<key>` for a variant's share.",
    example: 'error_rate',
  })
  metric: string;
  @EnumField(GUARDRAIL_SOURCES, { description: 'metrics when left out.', example: 'metrics' })
  source?: (typeof GUARDRAIL_SOURCES)[number] | null;
  @EnumField(GUARDRAIL_OPERATORS, { description: 'Crossed when the metric is so; gt when left out.', example: 'gt' })
  operator?: (typeof GUARDRAIL_OPERATORS)[number] | null;
  @NumberField({ required: true, min: -1e12, max: 1e12, example: 0.05 }) limit: number;
  @IntegerField({
    min: 10,
    max: 86_400,
    description: 'Averaged over so many seconds; 300 when left out.',
    example: 300,
  })
  window_seconds?: number | null;
  @IntegerField({ min: 1, max: 10_000, description: 'Fewer samples judge nothing; 1 when left out.', example: 3 })
  min_samples?: number | null;
  @EnumField(GUARDRAIL_ACTIONS, {
    description: 'pause: it goes no further; rollback: back to 0 % as well. pause when left out.',
    example: 'pause',
  })
  action?: (typeof GUARDRAIL_ACTIONS)[number] | null;
}

export const DIALECTS = ['native', 'unleash', 'flagd'] as const;

/** How a flag answers: what an environment may say otherwise. */
export class FlagSettings {
  @JsonField({
    description: 'The answer while the flag is off for whoever asks; false when left out.',
    example: 'classic',
  })
  default_value?: JsonValue | null;

  @NestedListField(() => FlagVariant, { most: LIMITS.variants, description: 'Without any, a flag that is on answers true, or its default where that is no boolean.' }) // prettier-ignore
  variants?: FlagVariant[] | null;

  @EnumField(ROLLOUT_STRATEGIES, { description: 'instant when left out.', example: 'gradual' })
  strategy?: RolloutStrategy | null;

  @PercentageField({ description: '100 of instant and ab_test, 0 of the others when left out.', example: 25 })
  percentage?: number | null;

  @TextField({
    min: 1,
    max: LIMITS.name,
    description: 'The attribute whose value decides who takes part; the targeting key when left out.',
    example: 'account_id',
  })
  stickiness?: string | null;

  @NestedListField(() => FlagRule, { most: LIMITS.rules, description: 'Tried in order; the first that matches and takes the asker decides.' }) // prettier-ignore
  rules?: FlagRule[] | null;

  @TextListField({
    most: LIMITS.references,
    max: LIMITS.name,
    description: 'Keys of segments: only their members are looked at.',
    example: ['beta-testers'],
  })
  segments?: string[] | null;

  @NestedListField(() => FlagPrerequisite, { most: LIMITS.references, description: 'All must hold. A circle is refused.' }) // prettier-ignore
  prerequisites?: FlagPrerequisite[] | null;

  @NestedListField(() => FlagScheduleStep, { most: MOST_STEPS, description: 'A rollout that walks by itself.' })
  schedule?: FlagScheduleStep[] | null;

  @NestedField(() => FlagGuardrail, { description: 'What pauses the rollout.' }) guardrail?: FlagGuardrail | null;

  @MomentField({
    description: 'From then on it answers as a disabled one.',
    example: '2027-01-01T00:00:00.000Z',
    nullable: true,
  })
  expires_at?: string | null;

  @ObjectField({
    description: 'Of an imported flag: strategies or targeting as the other tool writes them.',
    example: {
      strategies: [{ name: 'flexibleRollout', parameters: { rollout: '25', stickiness: 'default', groupId: 'a' } }],
    },
  })
  definition?: Record<string, unknown> | null;
}

/** What one environment says otherwise. */
export class FlagEnvironment extends FlagSettings {
  @BooleanField({
    description: 'False: off in this environment. A flag that is disabled is off everywhere.',
    example: true,
  })
  enabled?: boolean | null;
}
