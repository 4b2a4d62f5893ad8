import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Cost } from '../../platform/http/cost.decorator.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { HierarchyQuery, RegistryForest, toForest } from './registry.dto.js';
import { RegistryTreeRepository } from './registry-tree.repository.js';

/** Stands before the routes with an id. */
@ApiTags('registries')
@Controller('api/v1/registries')
export class RegistryHierarchyController {
  constructor(private readonly tree: RegistryTreeRepository) {}

  @Get('hierarchy')
  @Permission('read:registry')
  @Cost(2)
  @ApiOperation({ operationId: 'getRegistryForest', summary: 'Get all registries as trees, with counts' })
  @ApiOkResponse({ type: RegistryForest })
  @ApiProblems(400)
  async forest(@Query() { depth, limit }: HierarchyQuery): Promise<RegistryForest> {
    return toForest(await this.tree.tree(undefined, { depth, nodes: limit }), limit);
  }
}
