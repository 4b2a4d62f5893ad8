import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { gridNodeKind } from '../grid-node.kind.js';
import { GridBalance, GridDecision, GridRelease, GridReleased } from './balance.dto.js';
import { Balancer } from './balancer.js';

@ApiTags('grid')
@Permission('read:grid_node')
@Controller('api/v1/grid')
export class BalanceController {
  constructor(private readonly balancer: Balancer) {}

  @Post('balance')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'balanceGrid',
    summary: 'Choose a node for the next piece of work, and say why',
    description:
      'Answered from memory. The node counts one connection more until it reports its own count or the connection is released. Only active nodes that are not unhealthy, silent or full are chosen, degraded ones last.',
  })
  @ApiBody({ type: GridBalance, examples: { typical: { value: { type: 'compute', strategy: 'round_robin' } } } })
  @ApiOkResponse({ type: GridDecision })
  @ApiProblems(400, 409, 413, 415)
  balance(@Body() question: GridBalance): Promise<GridDecision> | GridDecision {
    return this.balancer.balance(question);
  }

  @Post('nodes/:id/release')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'releaseGridNode',
    summary: 'Say that connections a node was given by balancing are over',
    description: 'Never below none. A node that reports its connections by heartbeat corrects the count by itself.',
  })
  @KindId(gridNodeKind)
  @ApiBody({ type: GridRelease, required: false })
  @ApiOkResponse({ type: GridReleased })
  @ApiProblems(400, 404, 413, 415)
  release(@Param('id') id: string, @Body() body: object | undefined): Promise<GridReleased> {
    const { connections } = body === undefined ? {} : validated(GridRelease, body);
    return this.balancer.release(id, connections ?? 1);
  }
}
