import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { gridNodeKind } from '../grid-node.kind.js';
import { GridHeartbeat, GridHeartbeatAnswer } from './heartbeat.dto.js';
import { Heartbeats } from './heartbeats.js';

@ApiTags('grid')
@Controller('api/v1/grid/nodes/:id')
export class HeartbeatsController {
  constructor(private readonly heartbeats: Heartbeats) {}

  @Post('heartbeat')
  @HttpCode(200)
  @Cost(0)
  @Permission('write:grid_node')
  @ApiOperation({
    operationId: 'beatGridNode',
    summary: 'Say that a node is alive, and what it is doing',
    description: 'Takes nothing from the quota. 404 means: register again.',
  })
  @KindId(gridNodeKind)
  @ApiBody({ type: GridHeartbeat, required: false })
  @ApiOkResponse({ type: GridHeartbeatAnswer })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  beat(@Param('id') id: string, @Body() body: object | undefined): GridHeartbeatAnswer | Promise<GridHeartbeatAnswer> {
    return this.heartbeats.beat(id, body === undefined ? {} : validated(GridHeartbeat, body));
  }
}
