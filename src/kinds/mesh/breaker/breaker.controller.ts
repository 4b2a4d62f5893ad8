import { Body, Controller, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { IfMatchHeader } from '../../../entries/http/entries.controller.js';
import { freshRow } from '../../../entries/kind/http/fresh-row.js';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { MeshCircuitBreaker } from '../definition/breaker-settings.dto.js';
import { meshRouteKind } from '../mesh-route.kind.js';
import { BreakerChanges } from './breaker-changes.js';
import { MeshBreaker, MeshBreakerTrip } from './breaker.dto.js';

/** The circuit breaker of a route, shared by all replicas of the registry. */
@ApiTags('mesh')
@Controller('api/v1/mesh/routes/:id/circuit-breaker')
export class BreakerController {
  constructor(private readonly changes: BreakerChanges) {}

  @Get()
  @Permission('read:mesh_route')
  @ApiOperation({ operationId: 'getMeshRouteBreaker', summary: "Get a route's circuit breaker: state, counts, since when" }) // prettier-ignore
  @KindId(meshRouteKind)
  @ApiOkResponse({ type: MeshBreaker })
  @ApiProblems(400, 404)
  get(@Param('id') id: string): Promise<MeshBreaker> {
    return this.changes.of(id);
  }

  @Put()
  @Permission('write:mesh_route')
  @ApiOperation({
    operationId: 'setMeshRouteBreaker',
    summary: 'Set when the circuit breaker of a route opens and closes; its state stays',
  })
  @KindId(meshRouteKind)
  @IfMatchHeader()
  @ApiOkResponse({ type: MeshBreaker })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  set(@Param('id') id: string, @Body() body: MeshCircuitBreaker, @Req() request: Request): Promise<MeshBreaker> {
    return this.changes.configure(id, body, freshRow(request));
  }

  @Post('reset')
  @HttpCode(200)
  @Permission('write:mesh_route')
  @ApiOperation({ operationId: 'resetMeshRouteBreaker', summary: 'Close the circuit breaker of a route and forget its counts' }) // prettier-ignore
  @KindId(meshRouteKind)
  @ApiOkResponse({ type: MeshBreaker })
  @ApiProblems(400, 404, 409, 422)
  reset(@Param('id') id: string): Promise<MeshBreaker> {
    return this.changes.reset(id);
  }

  @Post('trip')
  @HttpCode(200)
  @Permission('write:mesh_route')
  @ApiOperation({
    operationId: 'tripMeshRouteBreaker',
    summary: 'Open the circuit breaker of a route: nothing is sent until it is half open or reset',
  })
  @KindId(meshRouteKind)
  @ApiBody({ type: MeshBreakerTrip, required: false })
  @ApiOkResponse({ type: MeshBreaker })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  trip(@Param('id') id: string, @Body() body: object | undefined): Promise<MeshBreaker> {
    return this.changes.trip(id, validated(MeshBreakerTrip, body ?? {}));
  }
}
