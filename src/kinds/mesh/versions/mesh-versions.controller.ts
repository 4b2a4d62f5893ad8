import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { MeshRollbackQuery, MeshDiff, MeshRollback, MeshVersion, MeshVersionDiffQuery, MeshVersionRoutes, MeshVersionsQuery } from './mesh-versions.dto.js'; // prettier-ignore
import { MeshVersions } from './mesh-versions.service.js';

const VersionParam = (): MethodDecorator =>
  ApiParam({ name: 'version', type: 'integer', description: 'Number of a version of the mesh.', example: 29 });

/** The mesh as it was. */
@ApiTags('mesh')
@Controller('api/v1/mesh/versions')
export class MeshVersionsController {
  constructor(private readonly versions: MeshVersions) {}

  @Get()
  @Permission('read:mesh_route')
  @ApiOperation({ operationId: 'listMeshVersions', summary: 'List what changed the mesh, the newest first' })
  @ApiOkResponse({ type: [MeshVersion] })
  @ApiProblems(400)
  list(@Query() { limit, before }: MeshVersionsQuery): Promise<MeshVersion[]> {
    return this.versions.list(limit, before);
  }

  @Get(':version')
  @Permission('read:mesh_route')
  @ApiOperation({ operationId: 'getMeshVersion', summary: 'Get every route as it was at a version' })
  @VersionParam()
  @ApiOkResponse({ type: MeshVersionRoutes })
  @ApiProblems(400, 404)
  get(@Param('version') version: string): Promise<MeshVersionRoutes> {
    return this.versions.at(numberOf(version));
  }

  @Get(':version/diff')
  @Permission('read:mesh_route')
  @ApiOperation({ operationId: 'diffMeshVersions', summary: 'Tell what leads from one version to another' })
  @VersionParam()
  @ApiOkResponse({ type: MeshDiff })
  @ApiProblems(400, 404)
  diff(@Param('version') version: string, @Query() { to }: MeshVersionDiffQuery): Promise<MeshDiff> {
    return this.versions.diff(numberOf(version), to);
  }

  @Post(':version/rollback')
  @HttpCode(200)
  @Permission('write:mesh_route')
  @ApiOperation({
    operationId: 'rollbackMesh',
    summary: 'Make the whole set of routes what it was at a version: status and spec, in one transaction',
  })
  @VersionParam()
  @ApiOkResponse({ type: MeshRollback })
  @ApiProblems(400, 404, 409, 422)
  rollback(@Param('version') version: string, @Query() { dry_run }: MeshRollbackQuery): Promise<MeshRollback> {
    return this.versions.rollback(numberOf(version), dry_run === 'true');
  }
}

function numberOf(text: string): number {
  const version = Number(text);
  if (/^\d{1,16}$/.test(text) && version >= 1 && Number.isSafeInteger(version)) return version;
  throw InvalidError.field('version', 'must be the number of a version');
}
