import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { ExportQuery } from './export.dto.js';
import { MeshExports } from './mesh-exports.js';

const ISTIO = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: orders
spec:
  hosts:
    - orders.example.com
`;
const HAPROXY = 'frontend mesh\n  bind 0.0.0.0:8080\n';

@ApiTags('mesh')
@Controller('api/v1/mesh')
export class MeshExportsController {
  constructor(private readonly exports: MeshExports) {}

  @Get('export')
  @Permission('read:mesh_route')
  @Cost(5)
  @ApiOperation({
    operationId: 'exportMesh',
    summary: 'Get all active routes as the configuration of Istio, the Gateway API, Envoy, HAProxy or Caddy',
    description:
      'With the instances that are healthy now. What a format has no words for is named in comments at its top, and counted in `X-Not-Expressed`.',
  })
  @ApiOkResponse({
    description: 'YAML for clusters, JSON for Envoy and Caddy, HAProxy’s own language.',
    headers: {
      'X-Mesh-Version': { description: 'Of the route set.', schema: { type: 'integer' } },
      'X-Not-Expressed': { description: 'How many things are left out.', schema: { type: 'integer' } },
    },
    content: {
      'application/yaml': { schema: { type: 'string' }, example: ISTIO },
      'application/json': {
        schema: { type: 'object' },
        example: { static_resources: { listeners: [], clusters: [] } },
      },
      'text/plain': { schema: { type: 'string' }, example: HAPROXY },
    },
  })
  @ApiProblems(400)
  async export(@Query() query: ExportQuery, @Res() response: Response): Promise<void> {
    const { text, type, notes, version } = await this.exports.write(query);
    response.setHeader('Content-Type', `${type}; charset=utf-8`);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Mesh-Version', String(version));
    response.setHeader('X-Not-Expressed', String(notes.length));
    response.end(text);
  }
}
