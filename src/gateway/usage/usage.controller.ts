import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { callerOf } from '../caller.js';
import { Authenticated } from '../route-requirement.js';
import { GatewayStats, KeyUsageQuery, KeyUsageReport, UsageQuery } from './usage.dto.js';
import { UsageService } from './usage.service.js';

@ApiTags('gateway')
@Permission('admin:keys')
@Controller('api/v1/gateway')
export class UsageController {
  constructor(private readonly usage: UsageService) {}

  @Get('stats')
  @ApiOperation({
    operationId: 'gatewayStats',
    summary: 'Count requests, errors, refusals and latency over all keys, by key, route and step',
  })
  @ApiOkResponse({ type: GatewayStats })
  @ApiProblems(400)
  stats(@Query() query: UsageQuery): Promise<GatewayStats> {
    return this.usage.stats(query);
  }

  @Get('keys/self/usage')
  @Authenticated()
  @ApiOperation({ operationId: 'ownKeyUsage', summary: 'Tell what the calling key was used for' })
  @ApiOkResponse({ type: KeyUsageReport })
  @ApiProblems(400, 404)
  own(@Query() query: KeyUsageQuery): Promise<KeyUsageReport> {
    return this.usage.ofKey(callerOf().id, query);
  }

  @Get('keys/:id/usage')
  @ApiParam({ name: 'id', example: '0192f7c1-8c1a-7d3e-9b1f-2f6f2d1c0a55' })
  @ApiOperation({
    operationId: 'keyUsage',
    summary: 'Tell what a key was used for, with all that it took the place of or that took its place',
  })
  @ApiOkResponse({ type: KeyUsageReport })
  @ApiProblems(400, 404)
  ofKey(@Param('id') id: string, @Query() query: KeyUsageQuery): Promise<KeyUsageReport> {
    return this.usage.ofKey(id, query);
  }
}
