import { Body, Controller, Get, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { engineKind } from '../engine.kind.js';
import { EngineAutoscaling, EngineAutoscalingPut, ScalingDecision, ScalingDecisionQuery } from './autoscaling.dto.js';
import { AutoscalingService } from './autoscaling.service.js';

@ApiTags('engines')
@Controller('api/v1/engines/:id/autoscaling')
export class AutoscalingController {
  constructor(private readonly autoscaling: AutoscalingService) {}

  @Get()
  @Permission('read:engine')
  @ApiOperation({ operationId: 'getEngineAutoscaling', summary: 'How an engine is scaled by itself' })
  @KindId(engineKind)
  @ApiOkResponse({ type: EngineAutoscaling })
  @ApiProblems(400, 404)
  get(@Param('id') id: string): Promise<EngineAutoscaling> {
    return this.autoscaling.get(id);
  }

  @Put()
  @Permission('write:engine')
  @ApiOperation({ operationId: 'replaceEngineAutoscaling', summary: 'Say how an engine is scaled by itself' })
  @KindId(engineKind)
  @ApiOkResponse({ type: EngineAutoscaling })
  @ApiProblems(400, 404, 413, 415)
  put(@Param('id') id: string, @Body() body: EngineAutoscalingPut): Promise<EngineAutoscaling> {
    return this.autoscaling.put(id, body);
  }

  @Get('decisions')
  @Permission('read:engine')
  @ApiOperation({
    operationId: 'listScalingDecisions',
    summary: 'What the autoscaler decided, with inputs and reasons, the newest first',
  })
  @KindId(engineKind)
  @ApiOkResponse({ type: [ScalingDecision] })
  @ApiProblems(400, 404)
  decisions(
    @Param('id') id: string,
    @Query() query: ScalingDecisionQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ScalingDecision[]> {
    return this.autoscaling.decisions(id, query, request, response);
  }
}
