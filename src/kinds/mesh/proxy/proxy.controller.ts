import { Controller, Delete, Get, Head, Options, Patch, Post, Put, Req, Res, applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { ANY_BODY, StreamedBody } from '../../../platform/http/streamed-body.decorator.js';
import { MeshProxy } from './mesh-proxy.js';

const PLACE = ':route/*path';

/** One method's way through the mesh. */
const Proxied = (method: string): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      operationId: `proxyMesh${method}`,
      summary: `Send a ${method.toUpperCase()} through the mesh: balanced, split, retried, broken and traced as its route says`,
      description:
        'Off unless MESH_PROXY is true (404 `mesh_proxy.off`). The route `-` is whichever takes the request by its Host and path. Bodies are streamed; WebSockets pass too.',
    }),
    ApiResponse({
      status: 200,
      description: 'What the destination answers, its status and headers included.',
      content: { '*/*': { schema: { type: 'string', format: 'binary' }, example: '{"id":42}' } },
    }),
    StreamedBody(ANY_BODY),
  );

/** The data path: a reverse proxy of HTTP/1.1. */
@ApiTags('mesh')
@Permission('write:mesh_proxy')
@ApiParam({ name: 'route', type: String, description: 'Id, key or name of a route, or -.', example: 'route_orders' })
@ApiParam({ name: 'path', type: String, description: 'As the route matches it.', example: 'orders/42' })
@ApiProblems(400, 404, 422, 502, 504)
@Controller('api/v1/mesh/proxy')
export class ProxyController {
  constructor(private readonly proxy: MeshProxy) {}

  @Get(PLACE)
  @Proxied('Get')
  get(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.proxy.handle(request, response);
  }

  @Post(PLACE)
  @Proxied('Post')
  post(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.proxy.handle(request, response);
  }

  @Put(PLACE)
  @Proxied('Put')
  put(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.proxy.handle(request, response);
  }

  @Patch(PLACE)
  @Proxied('Patch')
  patch(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.proxy.handle(request, response);
  }

  @Delete(PLACE)
  @Proxied('Delete')
  delete(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.proxy.handle(request, response);
  }

  @Head(PLACE)
  @Proxied('Head')
  head(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.proxy.handle(request, response);
  }

  @Options(PLACE)
  @Proxied('Options')
  options(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.proxy.handle(request, response);
  }
}
