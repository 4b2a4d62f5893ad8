import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../../platform/http/permission.decorator.js';
import { MeshClient, MeshClientQuery } from './mesh-client.dto.js';
import { MeshClients } from './mesh-clients.js';

@ApiTags('mesh')
@Controller('api/v1/mesh')
export class MeshClientsController {
  constructor(private readonly clients: MeshClients) {}

  @Get('clients')
  @Permission('read:mesh_route')
  @ApiOperation({
    operationId: 'listMeshClients',
    summary: 'List the proxies that take their routes from here, with the versions they took and refused',
    description: 'Of all replicas; those that were not heard of for a day are forgotten.',
  })
  @ApiOkResponse({ type: [MeshClient] })
  @ApiProblems(400)
  list(@Query() { limit }: MeshClientQuery): Promise<MeshClient[]> {
    return this.clients.list(limit);
  }
}
