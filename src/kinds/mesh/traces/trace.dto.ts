import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { Shown } from '../../../platform/http/fields.js';
import { MomentField } from '../../../platform/http/moment.js';
import { PageQuery, WholeNumber } from '../../../platform/http/paging.js';
import { SPAN_KINDS } from './span.js';
import type { Attributes, SpanKind } from './span.js';

const MOST_MS = 2_147_483_647;

export class RouteTraceQuery extends PageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: MOST_MS, description: 'That took so long, in milliseconds.', example: 250 }) // prettier-ignore
  @WholeNumber()
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MOST_MS)
  min_ms?: number;

  @ApiPropertyOptional({ enum: ['true', 'false'], description: 'In which something failed, or nothing.' })
  @IsOptional()
  @IsIn(['true', 'false'])
  error?: 'true' | 'false';

  @MomentField({ description: 'That began then or later.' }) from?: string;
  @MomentField({ description: 'That began before.', example: '2026-03-02T09:30:00.000Z' }) to?: string;
}

export class TraceQuery extends RouteTraceQuery {
  @ApiPropertyOptional({ description: 'In which this service took part.', minLength: 1, maxLength: 255, example: 'checkout' }) // prettier-ignore
  @IsOptional()
  @IsString()
  @Length(1, 255)
  service?: string;
}

/** A trace in a few words. */
export class MeshTrace {
  @Shown('5b8efff798038103d269b633813fc60c') trace_id: string;
  @Shown('frontend', { nullable: true, type: String, description: 'None while no span without a parent has come.' })
  root_service: string | null;
  @Shown('GET /orders', { nullable: true, type: String }) root_name: string | null;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) started_at: string;
  @Shown(12.5) duration_ms: number;
  @Shown(7, { type: 'integer' }) spans: number;
  @Shown(1, { type: 'integer', description: 'Spans that failed.' }) errors: number;
  @Shown(['checkout', 'frontend'], { type: [String] }) services: string[];
}

export class MeshSpanEvent {
  @Shown('exception') name: string;
  @Shown('2026-03-01T09:30:00.010Z', { format: 'date-time' }) at: string;
  @ApiProperty({ type: Object, additionalProperties: true, example: { 'exception.type': 'Timeout' } })
  attributes: Attributes;
}

export class MeshSpanLink {
  @Shown('5b8efff798038103d269b633813fc60d') trace_id: string;
  @Shown('eee19b7ec3c1b175') span_id: string;
  @ApiProperty({ type: Object, additionalProperties: true, example: {} }) attributes: Attributes;
}

/** A span with those it caused. */
export class MeshTraceSpan {
  @Shown('eee19b7ec3c1b174') span_id: string;
  @Shown('eee19b7ec3c1b170', { nullable: true, type: String }) parent_span_id: string | null;
  @Shown(false, { description: 'Whether its parent is named and not here: not sampled, lost, or not come yet.' })
  parent_missing: boolean;
  @Shown('checkout') service: string;
  @Shown('POST /payments') name: string;
  @Shown('client', { enum: SPAN_KINDS }) kind: SpanKind;
  @Shown('2026-03-01T09:30:00.002Z', { format: 'date-time' }) started_at: string;
  @Shown(2.25, { description: 'From the beginning of the trace.' }) offset_ms: number;
  @Shown(8.75) duration_ms: number;
  @Shown(3.5, { description: 'Of these, not spent in its children.' }) self_ms: number;
  @Shown(false) error: boolean;
  @Shown(null, { nullable: true, type: String, description: 'What its status says.' }) message: string | null;
  @Shown('route_payments', { nullable: true, type: String }) route: string | null;
  @Shown('payments', { nullable: true, type: String, description: 'Whom it called, by its own words.' })
  peer: string | null;
  @Shown('@opentelemetry/instrumentation-http', { nullable: true, type: String }) scope: string | null;
  @ApiProperty({ type: Object, additionalProperties: true, example: { 'http.response.status_code': 200 } })
  attributes: Attributes;
  @ApiProperty({ type: Object, additionalProperties: true, example: { 'service.name': 'checkout' } })
  resource: Attributes;
  @ApiProperty({ type: [MeshSpanEvent], example: [] }) events: MeshSpanEvent[];
  @ApiProperty({ type: [MeshSpanLink], example: [] }) links: MeshSpanLink[];
  @ApiProperty({ type: () => [MeshTraceSpan], description: 'In the order they began.', example: [] })
  children: MeshTraceSpan[];
}

export class MeshTraceTree extends MeshTrace {
  @Shown(false, { description: 'Whether it has more spans than are shown.' }) truncated: boolean;
  @ApiProperty({ type: [MeshTraceSpan], description: 'One, unless parents are missing.' }) roots: MeshTraceSpan[];
}

export class TopologyQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 10, maximum: 86_400, default: 900, description: 'Seconds back from now.', example: 900 }) // prettier-ignore
  @WholeNumber()
  @IsInt()
  @Min(10)
  @Max(86_400)
  window: number = 900;
}

export class MeshTopologyNode {
  @Shown('checkout') service: string;
  @Shown('svc_checkout', { nullable: true, type: String, description: 'Where the catalog knows it.' })
  key: string | null;
  @Shown(1200, { type: 'integer', description: 'That it served.' }) requests: number;
  @Shown(12, { type: 'integer' }) errors: number;
  @Shown(0.01) error_rate: number;
  @Shown(1.33) requests_per_second: number;
  @Shown(14.2, { nullable: true, type: Number }) avg_ms: number | null;
  @Shown(80.5, { nullable: true, type: Number }) p95_ms: number | null;
}

export class MeshTopologyEdge {
  @Shown('frontend') source: string;
  @Shown('checkout') target: string;
  @Shown(600, { type: 'integer' }) calls: number;
  @Shown(6, { type: 'integer' }) errors: number;
  @Shown(0.01) error_rate: number;
  @Shown(0.67) calls_per_second: number;
  @Shown(14.2) avg_ms: number;
  @Shown(80.5) p95_ms: number;
}

export class MeshTopology {
  @Shown('2026-03-01T09:15:00.000Z', { format: 'date-time' }) from: string;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) to: string;
  @Shown(4200, { type: 'integer', description: 'Counted.' }) spans: number;
  @Shown(true, { description: 'false: there were more, and the figures are of a part.' }) complete: boolean;
  @ApiProperty({ type: [MeshTopologyNode] }) nodes: MeshTopologyNode[];
  @ApiProperty({ type: [MeshTopologyEdge] }) edges: MeshTopologyEdge[];
}
