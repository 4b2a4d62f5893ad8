import { Body, Controller, Get, Param, Put, Query, Req, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags, OmitType } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { manyOf } from '../../../platform/http/one-or-many.js';
import { PageQuery } from '../../../platform/http/paging.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { DependenciesService } from '../dependencies/dependencies.service.js';
import { Dependency, DependencyGiven, MOST_DEPENDENCIES } from '../dependencies/dependency.dto.js';
import type { Kind } from '../kind.js';
import { named } from '../kind-classes.js';
import { KindEntriesService } from '../kind-entries.service.js';
import { sendDependencies } from './dependency-page.js';
import { KindId } from './kind-id.decorator.js';

export class DependencyQuery extends OmitType(PageQuery, ['sort'] as const) {}

/** What entries of one kind need. */
export function kindDependenciesController(kind: Kind): Type {
  const { one, title, name, path } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}/:id/dependencies`)
  class KindDependenciesController {
    constructor(
      private readonly entries: KindEntriesService,
      private readonly service: DependenciesService,
    ) {}

    @Get()
    @Permission(`read:${name}`)
    @ApiOperation({ operationId: `list${title}Dependencies`, summary: `What ${one} depends on or requires` })
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
      return sendDependencies(this.service, { entryId, direction: 'out' }, query, request, response);
    }

    @Put()
    @Permission(`write:${name}`)
    @ApiOperation({ operationId: `replace${title}Dependencies`, summary: `Replace all that ${one} depends on` })
    @KindId(kind)
    @ApiBody({ type: [DependencyGiven] })
    @ApiOkResponse({ type: [Dependency], description: 'All of them, as they are now.' })
    @ApiProblems(400, 404, 413, 415, 422)
    async replace(
      @Param('id') id: string,
      @Body() body: unknown,
      @Req() request: Request,
      @Res({ passthrough: true }) response: Response,
    ): Promise<Dependency[]> {
      const given = manyOf(DependencyGiven, body, MOST_DEPENDENCIES);
      const entry = await this.entries.resolve(kind, id);
      await this.service.replace(entry, given);
      return sendDependencies(
        this.service,
        { entryId: entry.id, direction: 'out' },
        { limit: MOST_DEPENDENCIES },
        request,
        response,
      );
    }
  }
  return named(`${title}DependenciesController`, KindDependenciesController);
}
