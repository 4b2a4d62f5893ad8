import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { serviceKind } from '../../services/service.kind.js';
import { MeshConfig, MeshConfigReplace, MeshServiceBalancer, MeshServiceBalancerReplace, MeshTracingEnable, MeshTracingState } from './mesh-config.dto.js'; // prettier-ignore
import { MeshConfigs } from './mesh-config.service.js';

/** What holds for the mesh as a whole. */
@ApiTags('mesh')
@Controller('api/v1/mesh')
export class MeshConfigController {
  constructor(private readonly configs: MeshConfigs) {}

  @Get('config')
  @Permission('read:mesh_route')
  @ApiOperation({ operationId: 'getMeshConfig', summary: 'Get what holds for every route that says nothing else' })
  @ApiOkResponse({ type: MeshConfig })
  get(): Promise<MeshConfig> {
    return this.configs.get();
  }

  @Put('config')
  @Permission('write:mesh_route')
  @ApiOperation({ operationId: 'setMeshConfig', summary: 'Set what holds for every route that says nothing else' })
  @ApiOkResponse({ type: MeshConfig })
  @ApiProblems(400, 413, 415)
  set(@Body() body: MeshConfigReplace): Promise<MeshConfig> {
    return this.configs.replace(body);
  }

  @Put('services/:id/balancer')
  @Permission('write:mesh_route')
  @ApiOperation({
    operationId: 'setMeshServiceBalancer',
    summary: 'Choose how requests are shared among the instances of a service, on every route that says nothing else',
  })
  @KindId(serviceKind)
  @ApiOkResponse({ type: MeshServiceBalancer })
  @ApiProblems(400, 404, 413, 415)
  balance(@Param('id') id: string, @Body() body: MeshServiceBalancerReplace): Promise<MeshServiceBalancer> {
    return this.configs.balance(id, body);
  }

  @Post('tracing/enable')
  @HttpCode(200)
  @Permission('write:mesh_route')
  @ApiOperation({ operationId: 'enableMeshTracing', summary: 'Let the proxy trace requests, all or a share of them' })
  @ApiBody({ type: MeshTracingEnable, required: false })
  @ApiOkResponse({ type: MeshTracingState })
  @ApiProblems(400, 409, 413, 415, 422)
  enable(@Body() body: object | undefined): Promise<MeshTracingState> {
    return this.configs.trace(true, validated(MeshTracingEnable, body ?? {}));
  }

  @Post('tracing/disable')
  @HttpCode(200)
  @Permission('write:mesh_route')
  @ApiOperation({ operationId: 'disableMeshTracing', summary: 'Let the proxy trace nothing' })
  @ApiOkResponse({ type: MeshTracingState })
  @ApiProblems(400, 409, 422)
  disable(): Promise<MeshTracingState> {
    return this.configs.trace(false);
  }
}
