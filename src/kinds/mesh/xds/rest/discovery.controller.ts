import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import type { Response } from 'express';
import { ApiProblems } from '../../../../platform/http/api-problem.decorator.js';
import { Shown } from '../../../../platform/http/fields.js';
import { Permission } from '../../../../platform/http/permission.decorator.js';
import { MeshClients } from '../clients/mesh-clients.js';
import { TYPE_URLS, XdsCatalog, discovered } from '../xds-catalog.js';
import type { XdsKind } from '../xds-catalog.js';
import { XdsDiscoveryRequest, readDiscovery } from './discovery-request.js';

export class XdsDiscoveryAnswer {
  @Shown('5f1c0e9ab04d3f77') version_info: string;
  @Shown('type.googleapis.com/envoy.config.cluster.v3.Cluster') type_url: string;
  @ApiProperty({ type: [Object], example: [{ '@type': TYPE_URLS.clusters, name: 'orders-stable' }] })
  resources: object[];
}

const Discovery = (operationId: string, what: string): MethodDecorator =>
  applyDecorators(
    HttpCode(200),
    ApiOperation({
      operationId,
      summary: `Discover ${what} as Envoy’s REST-JSON asks for them`,
      description:
        'Canonical proto3 JSON of Envoy’s v3 API. A poll that still brings another version than was answered before counts as a refusal, see `GET /api/v1/mesh/clients`.',
    }),
    ApiBody({ type: XdsDiscoveryRequest }),
    ApiOkResponse({ type: XdsDiscoveryAnswer }),
    ApiResponse({ status: 304, description: 'It has this version.' }),
    ApiProblems(400, 413, 415),
  );

/** Envoy's REST xDS: it takes no other answers than 200 and 304. */
@ApiTags('xds')
@Permission('read:mesh_route')
@Controller('v3')
export class DiscoveryController {
  constructor(
    private readonly catalog: XdsCatalog,
    private readonly clients: MeshClients,
  ) {}

  @Post(String.raw`discovery\:clusters`)
  @Discovery('discoverClusters', 'clusters')
  clusters(@Body() body: unknown, @Res({ passthrough: true }) response: Response): Promise<object | undefined> {
    return this.answer('clusters', body, response);
  }

  @Post(String.raw`discovery\:endpoints`)
  @Discovery('discoverEndpoints', 'the endpoints of clusters')
  endpoints(@Body() body: unknown, @Res({ passthrough: true }) response: Response): Promise<object | undefined> {
    return this.answer('endpoints', body, response);
  }

  @Post(String.raw`discovery\:listeners`)
  @Discovery('discoverListeners', 'listeners')
  listeners(@Body() body: unknown, @Res({ passthrough: true }) response: Response): Promise<object | undefined> {
    return this.answer('listeners', body, response);
  }

  @Post(String.raw`discovery\:routes`)
  @Discovery('discoverRoutes', 'route configurations')
  routes(@Body() body: unknown, @Res({ passthrough: true }) response: Response): Promise<object | undefined> {
    return this.answer('routes', body, response);
  }

  private async answer(kind: XdsKind, body: unknown, response: Response): Promise<XdsDiscoveryAnswer | undefined> {
    const { version, names, node } = readDiscovery(body);
    await this.catalog.settled();
    const found = discovered(this.catalog.forEnvoy('rest')[kind], names);
    this.clients.note({
      node_id: node.id,
      type: kind,
      protocol: 'rest',
      cluster: node.cluster,
      user_agent: node.userAgent,
      zone: node.zone,
      served_version: found.version,
      ...(version !== '' && { has_version: version }),
    });
    if (version === found.version) {
      response.status(304);
      return undefined;
    }
    return { version_info: found.version, type_url: TYPE_URLS[kind], resources: [...found.resources] };
  }
}
