import { Body, Controller, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { IfMatchHeader } from '../../../entries/http/entries.controller.js';
import { freshRow } from '../../../entries/kind/http/fresh-row.js';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { KindPages } from '../../../entries/kind/http/kind-pages.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { TextField } from '../../../platform/http/fields.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { MeshTrafficSplit } from '../definition/traffic-split.dto.js';
import { meshRouteKind } from '../mesh-route.kind.js';
import { RouteEdits } from '../route-edits.js';

export class MeshRouteSplit extends MeshTrafficSplit {
  @TextField({ required: true, min: 1, max: 300, description: 'Id, key or name.', example: 'route_orders' })
  route: string;
}

/** Splits of a route's traffic, set by themselves. */
@ApiTags('mesh')
@Permission('write:mesh_route')
@Controller('api/v1/mesh')
export class TrafficSplitController {
  constructor(
    private readonly edits: RouteEdits,
    private readonly pages: KindPages,
  ) {}

  @Put('routes/:id/traffic-split')
  @ApiOperation({
    operationId: 'setMeshRouteTrafficSplit',
    summary: 'Share the requests of a route by percentages, a header or a cookie',
  })
  @KindId(meshRouteKind)
  @IfMatchHeader()
  @ApiOkResponse({ type: meshRouteKind.classes.read })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  set(
    @Param('id') id: string,
    @Body() split: MeshTrafficSplit,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    return this.put(id, split, request, response);
  }

  @Post('traffic-splits')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'splitMeshTraffic',
    summary: 'Share the requests of the route named in the body: canary releases and A/B tests',
  })
  @IfMatchHeader()
  @ApiOkResponse({ type: meshRouteKind.classes.read })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  split(
    @Body() { route, ...split }: MeshRouteSplit,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    return this.put(route, split, request, response);
  }

  private async put(id: string, split: MeshTrafficSplit, request: Request, response: Response): Promise<object> {
    const row = await this.edits.set(id, { traffic_split: { ...split } }, freshRow(request));
    return this.pages.answer(meshRouteKind, row, response);
  }
}
