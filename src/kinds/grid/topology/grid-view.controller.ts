import { Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { EmptyBody } from '../../../platform/http/empty-body.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { GridLiveness } from '../liveness/liveness.js';
import { GridStats, GridTopology, GridTopologyQuery } from './grid-view.dto.js';
import { GridView } from './grid-view.js';

const GUARD = {
  'X-Grid-Guard': { description: 'While silent nodes are kept: until when.', schema: { type: 'string' as const } },
};

@ApiTags('grid')
@Controller('api/v1/grid')
export class GridViewController {
  constructor(
    private readonly view: GridView,
    private readonly liveness: GridLiveness,
  ) {}

  @Get('topology')
  @Permission('read:grid_node')
  @ApiOperation({ operationId: 'getGridTopology', summary: 'Get the nodes of the grid by region and zone' })
  @ApiOkResponse({ type: GridTopology, headers: GUARD })
  @ApiProblems(400)
  async topology(
    @Query() query: GridTopologyQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<GridTopology> {
    this.tellGuard(response);
    return this.view.topology(query);
  }

  @Get('stats')
  @Permission('read:grid_node')
  @ApiOperation({
    operationId: 'getGridStats',
    summary: 'How the grid is doing: nodes, connections, decisions, and whether silent nodes are kept',
  })
  @ApiOkResponse({ type: GridStats, headers: GUARD })
  @ApiProblems()
  async stats(@Res({ passthrough: true }) response: Response): Promise<GridStats> {
    this.tellGuard(response);
    return this.view.stats();
  }

  @Post('guard/release')
  @EmptyBody()
  @HttpCode(200)
  @Permission('write:grid_node')
  @ApiOperation({ operationId: 'releaseGridGuard', summary: 'Give up silent nodes now, though most of all are silent' })
  @ApiOkResponse({ type: GridStats })
  @ApiProblems(400, 409, 413, 415, 422)
  async release(): Promise<GridStats> {
    await this.liveness.releaseGuard();
    return this.view.stats();
  }

  private tellGuard(response: Response): void {
    const { guardUntil } = this.view;
    if (guardUntil) response.setHeader('X-Grid-Guard', guardUntil.toISOString());
  }
}
