import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { Env } from '../../../platform/env/env.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { readText } from '../../../platform/http/body-reader.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { parseJson } from '../../../platform/http/json-body.guard.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { StreamedBody } from '../../../platform/http/streamed-body.decorator.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { GridDiscover, GridDiscovery } from './grid-discovery.dto.js';
import { GridDiscoveries } from './grid-discovery.js';

@ApiTags('grid')
@Controller('api/v1/grid')
export class GridDiscoveryController {
  constructor(
    private readonly discoveries: GridDiscoveries,
    private readonly env: Env,
  ) {}

  /** Reads its body itself, so that no Idempotency-Key holds a transaction open while others are asked. */
  @Post('discover')
  @HttpCode(200)
  @Permission('write:grid_node')
  @Cost(5)
  @StreamedBody('application/json')
  @ApiOperation({
    operationId: 'discoverGridNodes',
    summary: 'Register the machines of a Kubernetes cluster, or what SRV records name',
    description: 'The same again changes nothing but what the source says of them. What is named no more stays.',
  })
  @ApiBody({
    type: GridDiscover,
    examples: { typical: { value: { source: 'dns', name: '_grid._tcp.example.com', type: 'worker' } } },
  })
  @ApiOkResponse({ type: GridDiscovery })
  @ApiProblems(400, 413, 415, 422)
  async discover(@Req() request: Request): Promise<GridDiscovery> {
    const text = await readText(request, this.env.bodyLimitBytes);
    return this.discoveries.discover(validated(GridDiscover, parseJson(text)));
  }
}
