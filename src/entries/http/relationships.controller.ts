import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { assertFresh, etagOf, ifMatch, ifNoneMatch } from '../../platform/http/etag.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { RelationshipsService } from '../relationships/relationships.service.js';
import { toRelationshipResponse } from '../relationships/relationship-response.js';
import type { RelationshipResponse, RelationshipRow } from '../relationships/relationship-response.js';
import { IfMatchHeader } from './entries.controller.js';
import { Relationship, RelationshipCreate, RelationshipPut, RelationshipQuery } from './relationship.dto.js';
import { sendRelationships } from './relationship-page.js';

const RelationshipId = (): MethodDecorator => ApiParam({ name: 'id', example: '1042' });

@ApiTags('relationships')
@Controller('api/v1/relationships')
export class RelationshipsController {
  constructor(private readonly relationships: RelationshipsService) {}

  @Post()
  @Permission('write:relationships')
  @ApiOperation({ operationId: 'createRelationship', summary: 'Relate two entries' })
  @ApiCreatedResponse({ type: Relationship })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async relate(
    @Body() body: RelationshipCreate,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RelationshipResponse> {
    const row = await this.relationships.relate(body);
    response.setHeader('Location', `/api/v1/relationships/${row.id}`);
    return answer(response, row);
  }

  @Get()
  @Permission('read:relationships')
  @ApiOperation({ operationId: 'listRelationships', summary: 'List relationships by their ends and types' })
  @ApiOkResponse({ type: [Relationship] })
  @ApiProblems(400, 404)
  list(@Query() query: RelationshipQuery, @Req() request: Request, @Res({ passthrough: true }) response: Response) {
    const question = { source: query.source_id, target: query.target_id, types: query.types };
    return sendRelationships(this.relationships, question, query, request, response);
  }

  @Get(':id')
  @Permission('read:relationships')
  @ApiOperation({ operationId: 'getRelationship', summary: 'Get a relationship' })
  @RelationshipId()
  @ApiOkResponse({ type: Relationship })
  @ApiProblems(400, 404)
  async get(@Param('id') id: string, @Req() request: Request, @Res({ passthrough: true }) response: Response) {
    const row = await this.relationships.get(id);
    return ifNoneMatch(request, response, row.revision) ? undefined : toRelationshipResponse(row);
  }

  @Put(':id')
  @Permission('write:relationships')
  @ApiOperation({
    operationId: 'replaceRelationship',
    summary: 'Replace weight, direction and metadata of a relationship',
  })
  @RelationshipId()
  @IfMatchHeader()
  @ApiOkResponse({ type: Relationship })
  @ApiProblems(400, 404, 412, 413, 415, 422)
  async replace(
    @Param('id') id: string,
    @Body() body: RelationshipPut,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const expected = ifMatch(request);
    return answer(response, await this.relationships.replace(id, body, (row) => assertFresh(expected, row.revision)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Permission('write:relationships')
  @ApiOperation({ operationId: 'deleteRelationship', summary: 'Dissolve a relationship' })
  @RelationshipId()
  @IfMatchHeader()
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 412)
  async dissolve(@Param('id') id: string, @Req() request: Request): Promise<void> {
    const expected = ifMatch(request);
    await this.relationships.dissolve(id, (row) => assertFresh(expected, row.revision));
  }
}

function answer(response: Response, row: RelationshipRow): RelationshipResponse {
  response.setHeader('ETag', etagOf(row.revision));
  return toRelationshipResponse(row);
}
