import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { EmptyBody } from '../../../platform/http/empty-body.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { Liveness } from '../liveness/liveness.js';
import { DiscoveredService, DiscoverQuery, DiscoveryState } from './discovery.dto.js';
import { Discovery } from './discovery.service.js';

@ApiTags('services')
@Controller('api/v1/services')
export class DiscoveryController {
  constructor(
    private readonly discovery: Discovery,
    private readonly liveness: Liveness,
  ) {}

  @Get('discover')
  @Permission('read:service')
  @ApiOperation({
    operationId: 'discoverServices',
    summary: 'Find services with their instances',
    description:
      'Answered from memory, at most a second behind. A service without any instance that is asked for is left out, and so is one that is disabled or stopped.',
  })
  @ApiOkResponse({
    type: [DiscoveredService],
    headers: {
      'X-Discovery-Guard': { description: 'While silent instances are kept: until when.', schema: { type: 'string' } },
    },
  })
  @ApiProblems(400)
  discover(@Query() query: DiscoverQuery, @Req() request: Request, @Res() response: Response): void {
    this.discovery.discover(query, request, response);
  }

  @Get('discovery')
  @Permission('read:service')
  @ApiOperation({
    operationId: 'getDiscoveryState',
    summary: 'How discovery is doing: instances by state, and whether silent ones are kept',
  })
  @ApiOkResponse({ type: DiscoveryState })
  @ApiProblems()
  state(): Promise<DiscoveryState> {
    return this.discovery.state();
  }

  @Post('discovery/guard/release')
  @EmptyBody()
  @HttpCode(200)
  @Permission('write:service')
  @ApiOperation({
    operationId: 'releaseDiscoveryGuard',
    summary: 'Give up silent instances now, though most of all are silent',
  })
  @ApiOkResponse({ type: DiscoveryState })
  @ApiProblems(400, 409, 413, 415, 422)
  async release(): Promise<DiscoveryState> {
    await this.liveness.releaseGuard();
    return this.discovery.state();
  }
}
