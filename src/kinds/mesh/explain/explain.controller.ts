import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { meshRouteKind } from '../mesh-route.kind.js';
import { MeshExplainRequest, MeshExplanation, MeshReport, MeshReported, MeshResolution, MeshSampleRequest } from './explain.dto.js'; // prettier-ignore
import { Explanations } from './explanations.js';

/** What becomes of requests. */
@ApiTags('mesh')
@Permission('read:mesh_route')
@Controller('api/v1/mesh')
export class ExplainController {
  constructor(private readonly explanations: Explanations) {}

  @Post('explain')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'explainMeshRequest',
    summary: 'Explain what becomes of a request, without sending it',
    description:
      'Which route takes it and why others do not, which branch of its split, what the circuit breaker says and where it goes. Sent through the proxy with the same `X-Request-Id`, exactly that happens.',
  })
  @ApiOkResponse({ type: MeshExplanation })
  @ApiProblems(400, 404, 413, 415)
  explain(@Body() body: MeshExplainRequest, @Req() request: Request): Promise<MeshExplanation> {
    return this.explanations.explain(body, request.ip ?? '');
  }

  @Post('routes/:id/resolve')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'resolveMeshRoute',
    summary: 'Choose where a request of this route goes, for clients that send it themselves',
    description:
      'As the proxy would: the next one is in turn then, and while the circuit breaker is half open a probe is taken, whose number belongs into the report.',
  })
  @KindId(meshRouteKind)
  @ApiBody({ type: MeshSampleRequest, required: false })
  @ApiOkResponse({ type: MeshResolution })
  @ApiProblems(400, 404, 413, 415)
  resolve(@Param('id') id: string, @Body() body: object | undefined, @Req() request: Request): Promise<MeshResolution> {
    return this.explanations.resolve(id, validated(MeshSampleRequest, body ?? {}), request.ip ?? '');
  }

  @Post('routes/:id/report')
  @HttpCode(200)
  @Permission('write:mesh_route')
  @ApiOperation({
    operationId: 'reportMeshOutcome',
    summary: 'Report how a request went that was not sent through the proxy: it counts as one that was',
  })
  @KindId(meshRouteKind)
  @ApiOkResponse({ type: MeshReported })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  report(@Param('id') id: string, @Body() body: MeshReport): Promise<MeshReported> {
    return this.explanations.report(id, body);
  }
}
