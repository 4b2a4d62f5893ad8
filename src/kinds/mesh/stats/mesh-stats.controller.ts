import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { AcceptedCount } from '../../../entries/kind/logs/entry-log.dto.js';
import { MOST_SAMPLES, MetricSampleCreate } from '../../../entries/kind/metrics/entry-metric.dto.js';
import { EntryMetrics } from '../../../entries/kind/metrics/entry-metrics.service.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { ApiOneOrMany, oneOrMany } from '../../../platform/http/one-or-many.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { meshRouteKind } from '../mesh-route.kind.js';
import { MeshRouteMetrics, MeshRouteMetricsQuery, MeshStats, MeshStatsQuery } from './mesh-stats.dto.js';
import { MeshStatistics } from './mesh-statistics.js';

/** What went through the mesh. */
@ApiTags('mesh')
@Controller('api/v1/mesh')
export class MeshStatsController {
  constructor(
    private readonly statistics: MeshStatistics,
    private readonly entries: KindEntriesService,
    private readonly metrics: EntryMetrics,
  ) {}

  @Get('stats')
  @Permission('read:mesh_route')
  @ApiOperation({ operationId: 'getMeshStats', summary: 'Tell how many requests went through the mesh, and how' })
  @ApiOkResponse({ type: MeshStats })
  @ApiProblems(400)
  all(@Query() { minutes }: MeshStatsQuery): Promise<MeshStats> {
    return this.statistics.all(minutes);
  }

  @Get('routes/:id/metrics')
  @Permission('read:mesh_route')
  @ApiOperation({
    operationId: 'listMeshRouteMetrics',
    summary: 'Tell how many requests went through a route, and how; and what was recorded of it beside',
  })
  @KindId(meshRouteKind)
  @ApiOkResponse({ type: MeshRouteMetrics })
  @ApiProblems(400, 404)
  ofRoute(@Param('id') id: string, @Query() query: MeshRouteMetricsQuery): Promise<MeshRouteMetrics> {
    return this.statistics.ofRoute(id, query);
  }

  @Post('routes/:id/metrics')
  @Permission('write:mesh_route')
  @ApiOperation({ operationId: 'recordMeshRouteMetrics', summary: 'Record one or many samples of a mesh route' })
  @KindId(meshRouteKind)
  @ApiOneOrMany(MetricSampleCreate, MOST_SAMPLES)
  @ApiCreatedResponse({ type: AcceptedCount })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async record(@Param('id') id: string, @Body() body: unknown): Promise<AcceptedCount> {
    const samples = oneOrMany(MetricSampleCreate, body, MOST_SAMPLES);
    const { id: entryId } = await this.entries.resolve(meshRouteKind, id);
    const rows = samples.map(({ name, value, unit, tags, at }) => ({
      name,
      value,
      unit: unit ?? undefined,
      tags: tags ?? undefined,
      at: at ? new Date(at) : undefined,
    }));
    await this.metrics.record(entryId, rows);
    return { accepted: rows.length };
  }
}
