import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { EnumField, NumberField, Shown, TextField } from '../../../platform/http/fields.js';
import { ENTRY_HEALTHS } from '../../entry-types.js';
import { RESULTS_KEPT } from '../../health/health.repository.js';
import { PROBE_TYPES } from '../kind-hooks.js';

const RESULTS_SHOWN = 10;

export class EntryHealthQuery {
  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'false',
    description: 'Probes it now, and answers what that found.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  check?: 'true' | 'false';

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: RESULTS_KEPT,
    default: RESULTS_SHOWN,
    description: 'Results to show of the history.',
  })
  @IsOptional()
  @Transform(({ value }) => (typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : value))
  @IsInt()
  @Min(1)
  @Max(RESULTS_KEPT)
  limit: number = RESULTS_SHOWN;
}

export class EntryHealthReport {
  @EnumField(ENTRY_HEALTHS, { required: true, example: 'healthy' })
  status: string;

  @TextField({ max: 1024, description: 'What was seen, for people.', example: 'All 4 replicas answer.' })
  message?: string | null;

  @NumberField({
    min: 1,
    max: 31_536_000,
    description: 'How long the report is good for: not renewed by then, it turns unhealthy. For good when left out.',
    example: 30,
  })
  ttl_seconds?: number | null;
}

export class EntryHealthResult {
  @Shown('healthy', { enum: ENTRY_HEALTHS }) status: string;
  @Shown('probe', { enum: ['probe', 'report', 'ttl'], description: 'Who says so; ttl: a report ran out.' })
  source: string;
  @Shown('HTTP 200', { nullable: true, type: String }) message: string | null;
  @Shown(12.5, { nullable: true, type: Number, description: 'Of a probe.' }) latency_ms: number | null;
  @Shown('2026-01-31T09:30:00.000Z', { format: 'date-time' }) at: string;
}

export class EntryHealthCheck {
  @Shown('http', { enum: PROBE_TYPES }) type: string;
  @Shown(10, { description: 'Seconds.' }) interval: number;
  @Shown(0, { description: 'Failures in a row until now.' }) failures: number;
  @Shown(3, { description: 'Successes in a row until now.' }) successes: number;
  @Shown('2026-01-31T09:30:10.000Z', { nullable: true, type: String, format: 'date-time' }) next_at: string | null;
}

export class EntryTrouble {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120003', { format: 'uuid' }) id: string;
  @Shown('comp_orders-db') key: string;
  @Shown('unhealthy', { enum: ENTRY_HEALTHS }) health: string;
}

export class EntryHealth {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002') id: string;
  @Shown('svc_checkout') key: string;
  @Shown('running', { description: 'The state it is meant to be in, which no probe changes.' }) status: string;
  @Shown('degraded', { enum: ENTRY_HEALTHS, description: 'Its own health, and what its dependencies leave of it.' })
  health: string;
  @Shown('healthy', {
    enum: ENTRY_HEALTHS,
    nullable: true,
    type: String,
    description: 'Its own health while something that it needs is unhealthy.',
  })
  reported_health: string | null;
  @Shown(undefined, {
    type: [EntryTrouble],
    description: 'What it needs that is unhealthy, or degraded for the same reason: why it is degraded.',
  })
  because: EntryTrouble[];
  @Shown(undefined, { type: EntryHealthCheck, nullable: true, description: 'Null where nobody probes it.' })
  check: EntryHealthCheck | null;
  @Shown('2026-01-31T09:30:30.000Z', {
    nullable: true,
    type: String,
    format: 'date-time',
    description: 'When the last report runs out.',
  })
  ttl_expires_at: string | null;
  @Shown(undefined, { type: EntryHealthResult, nullable: true }) last: EntryHealthResult | null;
  @Shown(undefined, { type: [EntryHealthResult], description: 'Newest first.' }) history: EntryHealthResult[];
}
