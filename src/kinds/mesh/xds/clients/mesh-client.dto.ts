import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { Shown } from '../../../../platform/http/fields.js';
import { MOST_ROWS, WholeNumber } from '../../../../platform/http/paging.js';
import { XDS_KINDS } from '../xds-catalog.js';
import type { XdsKind } from '../xds-catalog.js';

const TIME = { nullable: true, type: String, format: 'date-time' } as const;
const TEXT = { nullable: true, type: String } as const;

/** One type of resource as a proxy has it. */
export class MeshClientResource {
  @Shown('routes', { enum: XDS_KINDS }) type: XdsKind;
  @Shown('5f1c0e9ab04d3f77', TEXT) served_version: string | null;
  @Shown('2026-03-01T09:30:00.000Z', TIME) served_at: string | null;
  @Shown('5f1c0e9ab04d3f77', TEXT) applied_version: string | null;
  @Shown('2026-03-01T09:30:00.020Z', TIME) applied_at: string | null;
  @Shown(null, { ...TEXT, description: 'The newest that it refused, until it has taken that or a newer one.' })
  rejected_version: string | null;
  @Shown(null, TIME) rejected_at: string | null;
  @Shown(null, { ...TEXT, description: 'Why, to who sees every route, and to the key that the proxy has.' })
  error: string | null;
  @Shown(true, { description: 'Whether it has taken what it was given last.' }) up_to_date: boolean;
}

/** A proxy that takes its routes from here. */
export class MeshClient {
  @Shown('sidecar-1') node_id: string;
  @Shown('orders') cluster: string;
  @Shown('envoy') user_agent: string;
  @Shown('eu-central-1a', TEXT) zone: string | null;
  @Shown('rest', { enum: ['rest', 'ads'] }) protocol: 'rest' | 'ads';
  @Shown(true, { description: 'Whether it was heard of within a minute.' }) connected: boolean;
  @Shown(true) up_to_date: boolean;
  @Shown('2026-03-01T09:30:05.000Z', { format: 'date-time' }) seen_at: string;
  @ApiProperty({ type: [MeshClientResource] }) resources: MeshClientResource[];
}

export class MeshClientQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_ROWS, default: MOST_ROWS, example: 100 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(MOST_ROWS)
  limit: number = MOST_ROWS;
}
