import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { assertFresh, etagOf, ifMatch, ifNoneMatch } from '../../platform/http/etag.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { EntriesService } from '../entries.service.js';
import { EntryAccess } from '../entry-access.js';
import { ownHealth } from '../health/health-propagation.js';
import { toEntryResponse } from '../entry-response.js';
import type { EntryRow } from '../entry-response.js';
import { EntryId, IfMatchHeader } from '../http/entries.controller.js';
import { sendEntries } from '../http/entry-page.js';
import { EntryRemoveQuery } from '../http/entry-query.dto.js';
import { EntryRelationshipQuery, Relationship, RelationshipCreate } from '../http/relationship.dto.js';
import { sendRelationships } from '../http/relationship-page.js';
import { shownEntries } from '../http/shown-entries.js';
import { RelationshipsService } from '../relationships/relationships.service.js';
import { toRelationshipResponse } from '../relationships/relationship-response.js';
import {
  RegistryEntry,
  RegistryEntryCreate,
  RegistryEntryPut,
  RegistryEntryQuery,
  toRegistryEntry,
} from './registry-entry.dto.js';

/** The catalog in the words of the enterprise catalog; the same rows as under `/api/v1/entities`. */
@ApiTags('registry')
@Controller('v1/registry')
export class RegistryEntriesController {
  constructor(
    private readonly entries: EntriesService,
    private readonly relationships: RelationshipsService,
    private readonly access: EntryAccess,
  ) {}

  @Post('entries')
  @Permission('write:entities')
  @ApiOperation({ operationId: 'createRegistryEntry', summary: 'Register an entry of a category' })
  @ApiCreatedResponse({ type: RegistryEntry })
  @ApiProblems(400, 409, 413, 415, 422)
  async register(@Body() body: RegistryEntryCreate, @Res({ passthrough: true }) response: Response) {
    const { category, ...rest } = body;
    const { row } = await this.entries.register({ type: category, ...rest });
    response.setHeader('Location', `/v1/registry/entries/${row.uid}`);
    return answer(response, row);
  }

  @Get('entries')
  @Permission('read:entities')
  @ApiOperation({ operationId: 'listRegistryEntries', summary: 'List entries by category and other filters' })
  @ApiOkResponse({ type: [RegistryEntry] })
  @ApiProblems(400)
  async list(
    @Query() query: RegistryEntryQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RegistryEntry[]> {
    const rows = await sendEntries(this.entries, { ...query, type: query.category }, request, response);
    return rows.map(toRegistryEntry);
  }

  @Get('entries/:id')
  @Permission('read:entities')
  @ApiOperation({ operationId: 'getRegistryEntry', summary: 'Get an entry in the words of the enterprise catalog' })
  @EntryId()
  @ApiOkResponse({ type: RegistryEntry })
  @ApiProblems(400, 404)
  async get(@Param('id') id: string, @Req() request: Request, @Res({ passthrough: true }) response: Response) {
    const row = await this.entries.get(id);
    this.access.note(row.id);
    if (ifNoneMatch(request, response, row.revision)) return undefined;
    const [shown] = await shownEntries(this.entries, [row], response);
    return toRegistryEntry(toEntryResponse(shown));
  }

  @Put('entries/:id')
  @Permission('write:entities')
  @ApiOperation({
    operationId: 'replaceRegistryEntry',
    summary: 'Replace what the enterprise catalog knows of an entry',
  })
  @EntryId()
  @IfMatchHeader()
  @ApiOkResponse({ type: RegistryEntry })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  async replace(
    @Param('id') id: string,
    @Body() body: RegistryEntryPut,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const expected = ifMatch(request);
    const { category, ...rest } = body;
    const row = await this.entries.revise(
      id,
      (locked) => assertFresh(expected, locked.revision),
      // What this catalog has no word for stays as it is.
      (locked) => ({
        ...rest,
        ...(category && { type: category }),
        health: ownHealth(locked),
        feature: locked.feature,
        spec: locked.spec,
        regions: locked.regions,
        registry_id: locked.registry_id,
      }),
    );
    return answer(response, row);
  }

  @Delete('entries/:id')
  @HttpCode(204)
  @Permission('write:entities')
  @ApiOperation({ operationId: 'deleteRegistryEntry', summary: 'Remove an entry of the enterprise catalog' })
  @EntryId()
  @IfMatchHeader()
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409, 412)
  async remove(@Param('id') id: string, @Query() query: EntryRemoveQuery, @Req() request: Request): Promise<void> {
    const expected = ifMatch(request);
    await this.entries.remove(id, query.force === 'true', (row) => assertFresh(expected, row.revision));
  }

  @Get('entries/:id/relationships')
  @Permission('read:relationships')
  @ApiOperation({ operationId: 'listRegistryEntryRelationships', summary: 'List what an entry is related to' })
  @EntryId()
  @ApiOkResponse({ type: [Relationship] })
  @ApiProblems(400, 404)
  related(
    @Param('id') id: string,
    @Query() query: EntryRelationshipQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const end = { in: 'target', out: 'source', both: 'entry' }[query.direction ?? 'both'];
    return sendRelationships(this.relationships, { [end]: id, types: query.types }, query, request, response);
  }

  @Post('relationships')
  @Permission('write:relationships')
  @ApiOperation({ operationId: 'createRegistryRelationship', summary: 'Relate two entries of the enterprise catalog' })
  @ApiCreatedResponse({ type: Relationship })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async relate(@Body() body: RelationshipCreate, @Res({ passthrough: true }) response: Response) {
    const row = await this.relationships.relate(body);
    response.setHeader('Location', `/api/v1/relationships/${row.id}`);
    return toRelationshipResponse(row);
  }
}

function answer(response: Response, row: EntryRow): RegistryEntry {
  response.setHeader('ETag', etagOf(row.revision));
  return toRegistryEntry(toEntryResponse(row));
}
