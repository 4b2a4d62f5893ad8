import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiHeader,
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
import { EntriesService } from '../entries.service.js';
import { EntryAccess } from '../entry-access.js';
import { toEntryResponse } from '../entry-response.js';
import type { EntryResponse, EntryRow } from '../entry-response.js';
import { EntryInclusions } from './entry-inclusions.js';
import { sendEntries } from './entry-page.js';
import { Entry, EntryCreate, EntryCreated, EntryPatch, EntryPut } from './entry.dto.js';
import { EntryFilterQuery, EntryGetQuery, EntryRemoveQuery } from './entry-query.dto.js';
import { shownEntries } from './shown-entries.js';

export const EntryId = (): MethodDecorator =>
  ApiParam({
    name: 'id',
    description: 'Id or key; a key without @version means the newest version.',
    example: 'svc_fraud-detector',
  });
export const IfMatchHeader = (): MethodDecorator =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The ETag the change is based on; 412 when it is stale.',
    example: '"3"',
  });

@ApiTags('entities')
@Controller('api/v1/entities')
export class EntriesController {
  constructor(
    private readonly entries: EntriesService,
    private readonly access: EntryAccess,
    private readonly inclusions: EntryInclusions,
  ) {}

  @Get(':id')
  @Permission('read:entities')
  @ApiOperation({ operationId: 'getEntity', summary: 'Get an entry by id or key' })
  @EntryId()
  @ApiOkResponse({ type: Entry })
  @ApiProblems(400, 404)
  async get(
    @Param('id') id: string,
    @Query() query: EntryGetQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const row = await this.entries.get(id);
    this.access.note(row.id);
    if (ifNoneMatch(request, response, row.revision)) return undefined;
    const [shown] = await shownEntries(this.entries, [row], response);
    return query.include ? this.inclusions.of(shown, query.include) : toEntryResponse(shown);
  }

  @Get()
  @Permission('read:entities')
  @ApiOperation({ operationId: 'listEntities', summary: 'List entries by filters' })
  @ApiOkResponse({ type: [Entry] })
  @ApiProblems(400)
  list(
    @Query() query: EntryFilterQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<EntryResponse[]> {
    return sendEntries(this.entries, query, request, response);
  }

  @Post()
  @Permission('write:entities')
  @ApiOperation({ operationId: 'createEntity', summary: 'Register an entry' })
  @ApiCreatedResponse({ type: EntryCreated })
  @ApiProblems(400, 409, 413, 415, 422)
  async register(@Body() body: EntryCreate, @Res({ passthrough: true }) response: Response) {
    const { row, classification } = await this.entries.register(body);
    response.setHeader('Location', `/api/v1/entities/${row.uid}`);
    response.setHeader('ETag', etagOf(row.revision));
    return classification ? { ...toEntryResponse(row), classification } : toEntryResponse(row);
  }

  @Put(':id')
  @Permission('write:entities')
  @ApiOperation({ operationId: 'replaceEntity', summary: 'Replace the writable part of an entry' })
  @EntryId()
  @IfMatchHeader()
  @ApiOkResponse({ type: Entry })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  async replace(
    @Param('id') id: string,
    @Body() body: EntryPut,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const expected = ifMatch(request);
    return answer(response, await this.entries.replace(id, body, (row) => assertFresh(expected, row.revision)));
  }

  @Patch(':id')
  @Permission('write:entities')
  @ApiOperation({ operationId: 'patchEntity', summary: 'Change an entry by JSON merge patch (RFC 7396)' })
  @EntryId()
  @IfMatchHeader()
  @ApiBody({ type: EntryPatch })
  @ApiOkResponse({ type: Entry })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  async patch(
    @Param('id') id: string,
    @Body() body: EntryPatch,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const expected = ifMatch(request);
    return answer(response, await this.entries.patch(id, body, (row) => assertFresh(expected, row.revision)));
  }

  @Delete(':id')
  @HttpCode(204)
  @Permission('write:entities')
  @ApiOperation({ operationId: 'deleteEntity', summary: 'Remove an entry and its relationships' })
  @EntryId()
  @IfMatchHeader()
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409, 412)
  async remove(@Param('id') id: string, @Query() query: EntryRemoveQuery, @Req() request: Request): Promise<void> {
    const expected = ifMatch(request);
    await this.entries.remove(id, query.force === 'true', (row) => assertFresh(expected, row.revision));
  }
}

function answer(response: Response, row: EntryRow): EntryResponse {
  response.setHeader('ETag', etagOf(row.revision));
  return toEntryResponse(row);
}
