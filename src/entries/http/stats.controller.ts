import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Permission } from '../../platform/http/permission.decorator.js';
import { StatsRepository } from '../stats/stats.repository.js';
import type { CatalogStats } from '../stats/stats.repository.js';

const Counts = (example: Record<string, number>): PropertyDecorator =>
  ApiProperty({ type: Object, additionalProperties: { type: 'integer' }, example });

export class DatabaseSizes {
  @ApiProperty({ type: 'integer', example: 734003200 }) size_bytes: number;
  @ApiProperty({ type: 'integer', example: 209715200 }) entries_bytes: number;
  @ApiProperty({ type: 'integer', example: 157286400 }) relationships_bytes: number;
  @ApiProperty({ type: 'integer', example: 104857600 }) text_index_bytes: number;
  @ApiProperty({ type: 'integer', example: 157286400 }) vector_index_bytes: number;
  @ApiProperty({ type: 'integer', example: 262144000 }) events_bytes: number;
}

export class Stats implements CatalogStats {
  @ApiProperty({ type: 'integer', example: 63444 }) total_entities: number;
  @ApiProperty({ type: 'integer', example: 298000 }) total_relationships: number;
  @Counts({ resource: 63436, feature: 8 }) by_type: Record<string, number>;
  @Counts({ active: 63444 }) by_status: Record<string, number>;
  @Counts({ unknown: 63444 }) by_health: Record<string, number>;
  @Counts({ 'ai-ml': 412 }) by_feature: Record<string, number>;
  @Counts({ depends_on: 270000, recommends: 25000 }) relationships_by_type: Record<string, number>;
  @ApiProperty({ type: DatabaseSizes }) database: DatabaseSizes;
}

@ApiTags('entities')
@Controller('api/v1/stats')
export class StatsController {
  constructor(private readonly stats: StatsRepository) {}

  @Get()
  @Permission('read:entities')
  @ApiOperation({
    operationId: 'getStats',
    summary: 'Totals by type, status, health and feature, relationships by type, and sizes',
  })
  @ApiOkResponse({ type: Stats })
  read(): Promise<CatalogStats> {
    return this.stats.read();
  }
}
