import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { PageQuery, sendPage } from '../../../platform/http/paging.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import type { Kind } from '../../kind/kind.js';
import { named } from '../../kind/kind-classes.js';
import { KindId } from '../../kind/http/kind-id.decorator.js';
import { toOperationResponse } from '../operation.js';
import { OperationsService } from '../operations.service.js';
import { OperationReport, OperationShown } from './operation.dto.js';

const OperationId = (): MethodDecorator => ApiParam({ name: 'oid', example: '0192f7c1-8c1a-7d3e-9b1f-2f6f2d1c0a55' });

/** What the drivers of a kind's entries were asked to do, and how whoever does it reports. */
export function operationsController(kind: Kind): Type {
  const { title, name, path } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}/:id`)
  class OperationsController {
    constructor(private readonly operations: OperationsService) {}

    @Get('operations')
    @Permission(`read:${name}`)
    @ApiOperation({
      operationId: `list${title}Operations`,
      summary: 'List what its driver was asked to do, newest first',
    })
    @KindId(kind)
    @ApiOkResponse({ type: [OperationShown] })
    @ApiProblems(400, 404)
    async list(
      @Param('id') id: string,
      @Query() query: PageQuery,
      @Req() request: Request,
      @Res({ passthrough: true }) response: Response,
    ): Promise<OperationShown[]> {
      const page = await this.operations.list(kind, id, query);
      return sendPage(request, response, { ...page, rows: page.rows.map(toOperationResponse) });
    }

    @Get('operations/:oid')
    @Permission(`read:${name}`)
    @ApiOperation({ operationId: `get${title}Operation`, summary: 'Get one operation of its driver' })
    @KindId(kind)
    @OperationId()
    @ApiOkResponse({ type: OperationShown })
    @ApiProblems(400, 404)
    async get(@Param('id') id: string, @Param('oid') oid: string): Promise<OperationShown> {
      return toOperationResponse(await this.operations.get(kind, id, oid));
    }

    @Post('operations/:oid/report')
    @HttpCode(200)
    @Permission(`write:${name}`)
    @ApiOperation({
      operationId: `report${title}Operation`,
      summary: 'Report how an operation ended',
      description: 'For whoever carries it out. 409 when it has ended already, by another report or by its deadline.',
    })
    @KindId(kind)
    @OperationId()
    @ApiOkResponse({ type: OperationShown })
    @ApiProblems(400, 404, 409, 413, 415, 422)
    async report(
      @Param('id') id: string,
      @Param('oid') oid: string,
      @Body() body: OperationReport,
    ): Promise<OperationShown> {
      return toOperationResponse(await this.operations.report(kind, id, oid, body));
    }
  }
  return named(`${title}OperationsController`, OperationsController);
}
