import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { Shown } from '../../../platform/http/fields.js';
import { WholeNumber } from '../../../platform/http/paging.js';

const VERSION = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
export const CHANGES = ['added', 'changed', 'removed'] as const;

export class MeshVersionsQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, default: 50, example: 50 })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(1000)
  limit: number = 50;

  @ApiPropertyOptional({ ...VERSION, example: 31, description: 'Only versions below this one.' })
  @IsOptional()
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  before?: number;
}

export class MeshVersionDiffQuery {
  @ApiPropertyOptional({ ...VERSION, example: 31, description: 'The present one when left out.' })
  @IsOptional()
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  to?: number;
}

export class MeshRollbackQuery {
  @ApiPropertyOptional({ enum: ['true', 'false'], example: 'true', description: 'Only says what would happen.' })
  @IsOptional()
  @IsIn(['true', 'false'])
  dry_run?: 'true' | 'false';
}

export class MeshVersionChange {
  @Shown('0190a6e0-5c1b-7a3f-9d2e-4b8c1f6a7d90', { format: 'uuid' }) id: string;
  @Shown('orders') name: string;
  @Shown('changed', { enum: CHANGES }) change: (typeof CHANGES)[number];
}

/** One transaction that changed routes or settings. */
export class MeshVersion {
  @Shown(31, { type: 'integer' }) version: number;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) at: string;
  @Shown('admin_key:0190a6e0-5c1b-7a3f-9d2e-4b8c1f6a7d90') actor: string;
  @Shown('rollback to 29', { type: String, nullable: true }) note: string | null;
  @ApiProperty({ type: [MeshVersionChange], description: 'None where settings changed.' }) changes: MeshVersionChange[];
}

export class MeshRouteState {
  @Shown('0190a6e0-5c1b-7a3f-9d2e-4b8c1f6a7d90', { format: 'uuid' }) id: string;
  @Shown('orders') name: string;
  @Shown('active') status: string;
  @ApiProperty({ type: Object, additionalProperties: true, example: { type: 'http', destinations: [{ service: 'svc_orders' }] } }) // prettier-ignore
  spec: object;
}

export class MeshVersionRoutes {
  @Shown(31, { type: 'integer' }) version: number;
  @ApiProperty({ type: [MeshRouteState], description: 'Every route as it was, by name.' }) routes: MeshRouteState[];
}

export class MeshRouteDifference extends MeshVersionChange {
  @ApiProperty({
    type: Object,
    isArray: true,
    description: 'JSON patch (RFC 6902) of status and spec, of a route that is in both.',
    example: [{ op: 'replace', path: '/spec/timeout_ms', value: 2000 }],
  })
  patch: object[];
}

export class MeshDiff {
  @Shown(29, { type: 'integer' }) from: number;
  @Shown(31, { type: 'integer' }) to: number;
  @ApiProperty({ type: [MeshRouteDifference] }) differences: MeshRouteDifference[];
}

export class MeshRollback extends MeshDiff {
  @Shown(32, { type: 'integer', description: 'That it made; the present one where nothing was to be done.' })
  version: number;
  @Shown(false) dry_run: boolean;
}
