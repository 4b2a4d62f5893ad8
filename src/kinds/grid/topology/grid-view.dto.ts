import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { Shown } from '../../../platform/http/fields.js';
import { STRATEGIES } from '../balance/balance.dto.js';
import type { Strategy } from '../balance/balance.dto.js';
import { LIVENESS, NODE_TYPES } from '../grid-node.kind.js';

export class GridTopologyQuery {
  @ApiPropertyOptional({ description: 'Only this region.', example: 'eu-central-1' })
  @IsOptional()
  @IsString()
  @Length(1, 128)
  region?: string;

  @ApiPropertyOptional({ description: 'Only this zone.', example: 'eu-central-1a' })
  @IsOptional()
  @IsString()
  @Length(1, 128)
  zone?: string;

  @ApiPropertyOptional({ enum: NODE_TYPES, description: 'Only nodes of this type.', example: 'compute' })
  @IsOptional()
  @IsIn(NODE_TYPES)
  type?: string;
}

export class GridTopologyNode {
  @Shown('0192f0c1-7c3a-7a10-9d5e-0242ac120002', { format: 'uuid' }) id: string;
  @Shown('node_n1') key: string;
  @Shown('n1') name: string;
  @Shown('compute', { enum: NODE_TYPES }) type: string;
  @Shown('10.0.3.17') host: string;
  @Shown(9000, { type: 'integer' }) port: number;
  @Shown('active') status: string;
  @Shown('healthy') health: string;
  @Shown('beating', { type: String, enum: LIVENESS, nullable: true }) liveness: string | null;
  @Shown(true) available: boolean;
  @Shown(10, { type: 'integer' }) weight: number;
  @Shown(1000, { type: 'integer', nullable: true }) capacity: number | null;
  @Shown(12, { type: 'integer' }) connections: number;
}

export class GridTotals {
  @Shown(12, { type: 'integer' }) nodes: number;
  @Shown(10, { type: 'integer', description: 'Those that balancing may give work now.' }) available: number;
  @Shown(140, { type: 'integer' }) connections: number;
  @Shown(12_000, { type: 'integer', description: 'Of those that have one.' }) capacity: number;
}

export class GridTopologyZone extends GridTotals {
  @Shown('eu-central-1a', { type: String, nullable: true }) zone: string | null;
  @ApiProperty({ type: [GridTopologyNode] }) members: GridTopologyNode[];
}

export class GridTopologyRegion extends GridTotals {
  @Shown('eu-central-1', { type: String, nullable: true, description: 'null: of nodes that name none.' })
  region: string | null;
  @ApiProperty({ type: [GridTopologyZone] }) zones: GridTopologyZone[];
}

export class GridGuard {
  @Shown(false, { description: 'True while most nodes are silent at once and none is given up for it.' })
  active: boolean;
  @Shown(null, { nullable: true, type: String, format: 'date-time' }) since: string | null;
  @Shown(null, { nullable: true, type: String, format: 'date-time', description: 'When it ends by itself.' }) until:
    string | null;
  @Shown(0, { type: 'integer', description: 'Nodes that are kept only because of it.' }) silent: number;
}

const TOTALS = { nodes: 1, available: 1, connections: 12, capacity: 1000 };
const MEMBER = {
  id: '0192f0c1-7c3a-7a10-9d5e-0242ac120002',
  key: 'node_n1',
  name: 'n1',
  type: 'compute',
  host: '10.0.3.17',
  port: 9000,
  status: 'active',
  health: 'healthy',
  liveness: 'beating',
  available: true,
  weight: 10,
  capacity: 1000,
  connections: 12,
};
const ZONE = { zone: 'eu-central-1a', ...TOTALS, members: [MEMBER] };

export class GridTopology extends GridTotals {
  @ApiProperty({ type: [GridTopologyRegion], example: [{ region: 'eu-central-1', ...TOTALS, zones: [ZONE] }] })
  regions: GridTopologyRegion[];
}

export class GridBalances {
  @Shown(0, { type: 'integer' }) round_robin: number;
  @Shown(0, { type: 'integer' }) least_connections: number;
  @Shown(0, { type: 'integer' }) weighted: number;
  @Shown(0, { type: 'integer' }) random: number;
  @Shown(0, { type: 'integer' }) consistent_hash: number;
  @Shown(0, { type: 'integer', description: 'Questions that found no node.' }) refused: number;
  @Shown(0, { type: 'integer', description: 'Connections.' }) released: number;
}
/** Every strategy is counted. */
STRATEGIES satisfies readonly (Strategy & keyof GridBalances)[];

const Counts = (example: object): PropertyDecorator =>
  ApiProperty({ type: 'object', additionalProperties: { type: 'integer' }, example });

export class GridStats extends GridTotals {
  @Counts({ active: 10, draining: 1, pending: 1 }) by_status: Record<string, number>;
  @Counts({ healthy: 10, degraded: 1, unknown: 1 }) by_health: Record<string, number>;
  @Counts({ compute: 8, worker: 4 }) by_type: Record<string, number>;
  @Counts({ beating: 10, late: 1, never: 1 }) by_liveness: Record<string, number>;
  @ApiProperty({ type: GridBalances, description: 'By this process since its start.' }) balanced: GridBalances;
  @ApiProperty({ type: GridGuard }) guard: GridGuard;
  @Shown('2026-01-31T09:30:00.000Z', {
    nullable: true,
    type: String,
    format: 'date-time',
    description: 'Since when heartbeats are taken without a gap; silence before does not count.',
  })
  listening_since: string | null;
  @Shown(80, { type: 'integer', description: 'Milliseconds since this process last asked for changes.' })
  snapshot_age_ms: number;
}
