import { ApiProperty } from '@nestjs/swagger';
import { NumberField, Shown, TextField } from '../../../platform/http/fields.js';
import { MeshCircuitBreaker } from '../definition/breaker-settings.dto.js';
import { BREAKER_STATES } from './breaker.repository.js';

export class MeshBreaker {
  @Shown('0190a6e0-5c1b-7a3f-9d2e-4b8c1f6a7d90', { format: 'uuid' }) route_id: string;
  @Shown('route_orders') route: string;
  @Shown(true, { description: 'A route without one lets every request through.' }) enabled: boolean;
  @Shown('open', { enum: BREAKER_STATES }) state: string;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time', description: 'In this state.' }) since: string;
  @Shown('6 of 8 requests failed within 60 s', { type: String, nullable: true }) reason: string | null;
  @Shown('2026-03-01T09:30:30.000Z', {
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When an open one lets probes through.',
  })
  half_open_at: string | null;
  @Shown('2026-03-01T09:29:40.000Z', { format: 'date-time' }) window_started_at: string;
  @Shown(8, { type: 'integer', description: 'Within the window.' }) requests: number;
  @Shown(6, { type: 'integer', description: 'Within the window.' }) failures: number;
  @Shown(0, { type: 'integer', description: 'Requests let through since it is half open.' }) probes: number;
  @Shown(0, { type: 'integer', description: 'Of those, the ones that succeeded.' }) probes_succeeded: number;
  @Shown(7, { type: 'integer', description: 'Counts changes of state.' }) version: number;
  @ApiProperty({ type: MeshCircuitBreaker, nullable: true, description: 'What holds for the route.' })
  settings: MeshCircuitBreaker | null;
}

export class MeshBreakerTrip {
  @NumberField({
    min: 0.05,
    max: 604_800,
    description: 'Until it may be half open; as the route says when left out.',
    example: 600,
  })
  open_seconds?: number | null;
  @TextField({ max: 500, example: 'The new release answers wrongly.' }) reason?: string | null;
}
