import { ApiProperty, PickType } from '@nestjs/swagger';
import { EnumField, IntegerField, NumberField, Shown } from '../../../platform/http/fields.js';
import { PageQuery } from '../../../platform/http/paging.js';
import { POLICIES, SCALING_METRICS, DEFAULTS } from './autoscaling-settings.js';
import type { AutoscalingSettings, Policy, ScalingMetric } from './autoscaling-settings.js';
import { OUTCOMES } from './autoscaling.repository.js';
import type { DecisionRow } from './autoscaling.repository.js';
import { ACTIONS, REASONS } from './scaling-decision.js';

const AT = '2026-03-01T09:30:00.000Z';
const DAY = 86_400;

export class EngineAutoscalingPut {
  @EnumField(POLICIES, { required: true, example: 'auto_cpu' }) policy: Policy;

  @NumberField({
    min: 0.1,
    max: 1e6,
    description: 'Percent a unit shall be busy, or workloads it shall have; 70 for cpu, 80 for memory, 10 for a queue.',
    example: 70,
  })
  target?: number | null;

  @IntegerField({ min: 0, max: DAY, description: `Between two changes; ${DEFAULTS.cooldown_seconds}.`, example: 60 })
  cooldown_seconds?: number | null;

  @IntegerField({
    min: 0,
    max: DAY,
    description: `Shrinks only to the most that was needed for so long; ${DEFAULTS.stabilization_seconds}.`,
    example: 300,
  })
  stabilization_seconds?: number | null;

  @NumberField({
    min: 0,
    max: 1,
    description: `How far load over target may be from 1 without a change; ${DEFAULTS.tolerance}.`,
    example: 0.1,
  })
  tolerance?: number | null;

  @EnumField(SCALING_METRICS, { description: `Of predictive; ${DEFAULTS.metric}.`, example: 'cpu_percent' })
  metric?: ScalingMetric | null;

  @IntegerField({
    min: 60,
    max: 3600,
    description: `How far predictive looks ahead; ${DEFAULTS.horizon_seconds}.`,
    example: 300,
  })
  horizon_seconds?: number | null;

  @IntegerField({
    min: 300,
    max: DAY,
    description: `After how long the load repeats itself, for predictive; ${DEFAULTS.season_seconds}.`,
    example: 3600,
  })
  season_seconds?: number | null;
}

export class EngineAutoscaling implements AutoscalingSettings {
  @ApiProperty({ type: String, enum: POLICIES, example: 'auto_cpu' }) policy: Policy;
  @Shown(70) target: number;
  @ApiProperty({ type: 'integer', example: 60 }) cooldown_seconds: number;
  @ApiProperty({ type: 'integer', example: 300 }) stabilization_seconds: number;
  @Shown(0.1) tolerance: number;
  @ApiProperty({ type: String, enum: SCALING_METRICS, example: 'cpu_percent' }) metric: ScalingMetric;
  @ApiProperty({ type: 'integer', example: 300 }) horizon_seconds: number;
  @ApiProperty({ type: 'integer', example: 3600 }) season_seconds: number;
  @Shown(AT, { type: String, format: 'date-time', nullable: true }) last_scaled_at: string | null;
}

export class ScalingDecision {
  @Shown('42') id: string;
  @Shown(AT, { format: 'date-time' }) at: string;
  @ApiProperty({ type: String, enum: POLICIES, example: 'auto_cpu' }) policy: string;
  @ApiProperty({ type: String, enum: ACTIONS, example: 'scale_up' }) action: string;
  @ApiProperty({ type: String, enum: [...REASONS, 'driver_failed'], example: 'above_target' }) reason: string;
  @Shown('100 % of 70 %, ratio 1.43: 6 units; from 4 to 6.') detail: string;
  @ApiProperty({ type: 'integer', example: 4 }) current: number;
  @ApiProperty({ type: 'integer', example: 6 }) desired: number;
  @ApiProperty({ type: String, enum: OUTCOMES, description: 'What the driver made of it.', example: 'done' })
  outcome: string;
  @ApiProperty({ type: Object, additionalProperties: true, example: { metric: 'cpu_percent', value: 100 } })
  inputs: Record<string, unknown>;
}

export class ScalingDecisionQuery extends PickType(PageQuery, ['limit', 'cursor'] as const) {}

export const toDecisionResponse = ({ at, ...row }: DecisionRow): ScalingDecision => ({ ...row, at: at.toISOString() });
