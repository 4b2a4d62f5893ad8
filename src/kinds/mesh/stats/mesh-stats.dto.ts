import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { MetricQuery, MetricSample } from '../../../entries/kind/metrics/entry-metric.dto.js';
import { Shown } from '../../../platform/http/fields.js';
import { WholeNumber } from '../../../platform/http/paging.js';

const DAY_MINUTES = 1440;

export class MeshStatsQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 43_200, default: DAY_MINUTES, example: 60, description: 'The last so many minutes.' }) // prettier-ignore
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(43_200)
  minutes: number = DAY_MINUTES;
}

export class MeshRouteMetricsQuery extends MetricQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 43_200, default: DAY_MINUTES, example: 60, description: 'What went through the route in the last so many minutes.' }) // prettier-ignore
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(43_200)
  minutes: number = DAY_MINUTES;
}

/** What went through, counted within seconds. Times are of whole answers, right to an eighth. */
export class MeshTraffic {
  @Shown(2000, { type: 'integer' }) requests: number;
  @Shown(1990, { type: 'integer' }) successes: number;
  @Shown(10, { type: 'integer' }) failures: number;
  @Shown(12, { type: 'integer' }) retries: number;
  @Shown(0.005, { description: 'Failures per request.' }) error_rate: number;
  @Shown(14.2, { type: Number, nullable: true }) average_ms: number | null;
  @Shown(9.8, { type: Number, nullable: true }) p50_ms: number | null;
  @Shown(31.5, { type: Number, nullable: true }) p95_ms: number | null;
  @Shown(80.1, { type: Number, nullable: true }) p99_ms: number | null;
}

export class MeshDestinationTraffic extends MeshTraffic {
  @Shown('stable') destination: string;
}

export class MeshRouteMetrics extends MeshTraffic {
  @Shown('0190a6e0-5c1b-7a3f-9d2e-4b8c1f6a7d90', { format: 'uuid' }) route_id: string;
  @Shown('route_orders') route: string;
  @Shown(1440, { type: 'integer' }) minutes: number;
  @Shown('closed', { enum: ['closed', 'open', 'half_open'], description: 'Of its circuit breaker.' }) state: string;
  @ApiProperty({ type: [MeshDestinationTraffic] }) destinations: MeshDestinationTraffic[];
  @ApiProperty({ type: [MetricSample], description: "What was recorded beside: each name's latest, or the series of `name`." }) // prettier-ignore
  samples: MetricSample[];
}

export class MeshRouteTraffic extends MeshTraffic {
  @Shown('0190a6e0-5c1b-7a3f-9d2e-4b8c1f6a7d90', { format: 'uuid' }) route_id: string;
  @Shown('route_orders') route: string;
}

export class MeshStats extends MeshTraffic {
  @Shown(1440, { type: 'integer' }) minutes: number;
  @Shown(12, { type: 'integer', description: 'That the caller may see.' }) routes: number;
  @Shown(11, { type: 'integer' }) active_routes: number;
  @Shown(0, { type: 'integer' }) open_breakers: number;
  @Shown(31, { type: 'integer', description: 'Of the mesh: counts its changes.' }) version: number;
  @ApiProperty({ type: [MeshRouteTraffic], description: 'Those that had requests, the busiest first; at most 100.' })
  by_route: MeshRouteTraffic[];
}
