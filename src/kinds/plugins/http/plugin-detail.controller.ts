import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { stringify } from 'yaml';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { YAML_TYPES } from '../../../entries/transfer/transfer-formats.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { manifestOf } from '../manifest/manifest.js';
import { MeshView } from '../mesh/mesh-view.js';
import { Planner } from '../plan/planner.js';
import { resolutionView } from '../plan/resolution-view.js';
import { pluginKind } from '../plugin.kind.js';
import { PluginManifest, PluginMeshView, PluginResolution, ResolutionQuery } from './plugin.dto.js';

const MANIFEST_YAML = `apiVersion: plugin.nexuspro.io/v1
kind: Plugin
metadata:
  name: fraud-scoring
  version: 1.0.0
spec:
  license: Apache-2.0
`;

/** What only plugins have. */
@ApiTags('plugins')
@ApiExtraModels(PluginManifest)
@Controller('api/v1/plugins/:id')
export class PluginDetailController {
  constructor(
    private readonly entries: KindEntriesService,
    private readonly planner: Planner,
    private readonly mesh: MeshView,
  ) {}

  @Get('manifest')
  @Permission('read:plugin')
  @ApiOperation({
    operationId: 'getPluginManifest',
    summary: 'Get the manifest of a plugin, as JSON or YAML by Accept',
  })
  @KindId(pluginKind)
  @ApiOkResponse({
    description: 'What it can be registered with.',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(PluginManifest) } },
      'application/yaml': { schema: { type: 'string' }, example: MANIFEST_YAML },
    },
  })
  @ApiProblems(400, 404)
  async manifest(@Param('id') id: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const manifest = manifestOf(await this.entries.get(pluginKind, id));
    response.vary('Accept');
    const type = request.accepts(['application/json', ...YAML_TYPES]);
    if (type === false || type === 'application/json') response.json(manifest);
    else response.type(type).send(stringify(manifest, { lineWidth: 0, aliasDuplicateObjects: false }));
  }

  @Get('resolution')
  @Permission('read:plugin')
  @ApiOperation({ operationId: 'getPluginResolution', summary: 'Get the plan of installing a plugin' })
  @KindId(pluginKind)
  @ApiOkResponse({ type: PluginResolution })
  @ApiProblems(400, 404, 422)
  async resolution(@Param('id') id: string, @Query() { host }: ResolutionQuery): Promise<PluginResolution> {
    const row = await this.entries.get(pluginKind, id);
    return resolutionView(await this.planner.plan(row, host ?? undefined));
  }

  @Get('mesh')
  @Permission('read:plugin')
  @ApiOperation({ operationId: 'getPluginMesh', summary: 'Get the service and the route of a plugin in the mesh' })
  @KindId(pluginKind)
  @ApiOkResponse({ type: PluginMeshView })
  @ApiProblems(400, 404)
  async inMesh(@Param('id') id: string): Promise<PluginMeshView> {
    return this.mesh.of(await this.entries.get(pluginKind, id));
  }
}
