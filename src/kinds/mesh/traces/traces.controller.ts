import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { meshRouteKind } from '../mesh-route.kind.js';
import { Topology } from './topology.service.js';
import { MeshTopology, MeshTrace, MeshTraceTree, RouteTraceQuery, TopologyQuery, TraceQuery } from './trace.dto.js';
import { Traces } from './traces.service.js';

@ApiTags('traces')
@Permission('read:traces')
@Controller('api/v1/mesh')
export class TracesController {
  constructor(
    private readonly traces: Traces,
    private readonly topology: Topology,
  ) {}

  @Get('traces')
  @ApiOperation({ operationId: 'listTraces', summary: 'List traces by service, time, duration and errors' })
  @ApiOkResponse({ type: [MeshTrace], description: 'The newest first.' })
  @ApiProblems(400)
  list(
    @Query() query: TraceQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MeshTrace[]> {
    return this.traces.list(query, request, response);
  }

  @Get('traces/:trace_id')
  @ApiOperation({ operationId: 'getTrace', summary: 'Get a trace as a tree of spans' })
  @ApiParam({ name: 'trace_id', description: '32 hex digits.', example: '5b8efff798038103d269b633813fc60c' })
  @ApiOkResponse({ type: MeshTraceTree })
  @ApiProblems(404)
  get(@Param('trace_id') traceId: string): Promise<MeshTraceTree> {
    return this.traces.get(traceId);
  }

  @Get('topology')
  @Cost(5)
  @ApiOperation({ operationId: 'getMeshTopology', summary: 'See who calls whom, with rates and errors, from traces' })
  @ApiOkResponse({ type: MeshTopology })
  @ApiProblems(400)
  map(@Query() { window }: TopologyQuery): Promise<MeshTopology> {
    return this.topology.ofLast(window);
  }

  @Get('routes/:id/traces')
  @ApiOperation({ operationId: 'listMeshRouteTraces', summary: 'List traces that went by a mesh route' })
  @KindId(meshRouteKind)
  @ApiOkResponse({ type: [MeshTrace], description: 'The newest first.' })
  @ApiProblems(400, 404)
  ofRoute(
    @Param('id') id: string,
    @Query() query: RouteTraceQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<MeshTrace[]> {
    return this.traces.ofRoute(id, query, request, response);
  }
}
