import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { DependenciesService } from '../dependencies/dependencies.service.js';
import { Dependency } from '../dependencies/dependency.dto.js';
import type { Kind } from '../kind.js';
import { named } from '../kind-classes.js';
import { KindEntriesService } from '../kind-entries.service.js';
import { DependencyQuery } from './kind-dependencies.controller.js';
import { sendDependencies } from './dependency-page.js';
import { KindId } from './kind-id.decorator.js';

/** What needs entries of one kind. */
export function kindDependentsController(kind: Kind): Type {
  const { one, title, name, path } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}/:id/dependents`)
  class KindDependentsController {
    constructor(
      private readonly entries: KindEntriesService,
      private readonly service: DependenciesService,
    ) {}

    @Get()
    @Permission(`read:${name}`)
    @ApiOperation({ operationId: `list${title}Dependents`, summary: `What depends on or requires ${one}` })
    @KindId(kind)
    @ApiOkResponse({ type: [Dependency] })
    @ApiProblems(400, 404)
    async list(
      @Param('id') id: string,
      @Query() query: DependencyQuery,
      @Req() request: Request,
      @Res({ passthrough: true }) response: Response,
    ): Promise<Dependency[]> {
      const { id: entryId } = await this.entries.resolve(kind, id);
      return sendDependencies(this.service, { entryId, direction: 'in' }, query, request, response);
    }
  }
  return named(`${title}DependentsController`, KindDependentsController);
}
