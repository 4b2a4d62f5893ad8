import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags, PickType } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Shown } from '../../platform/http/fields.js';
import { PageQuery, sendPage } from '../../platform/http/paging.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { EntryHistoryRepository } from '../entry-history.repository.js';
import type { HistoryRow } from '../entry-history.repository.js';
import { EntryIds } from '../entry-ids.js';
import { RelationshipsService } from '../relationships/relationships.service.js';
import { EntryId } from './entries.controller.js';
import { EntryRelationshipQuery, Relationship } from './relationship.dto.js';
import { idCursor, sendRelationships } from './relationship-page.js';

export class HistoryItem {
  @Shown('entity_updated', { enum: ['entity_created', 'entity_updated', 'entity_deleted'] }) type: string;
  @Shown(3, { description: 'The revision the change led to.' }) revision: number;
  @Shown('admin_key:0192f0c1-7c3a-7a10-9d5e-0242ac120002', { description: 'Who changed it.' }) actor: string;
  @Shown('5c2ab0ff-6f1c-4b60-9d3e-4a8a0e2a7a11', { type: String, nullable: true }) request_id: string | null;
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) at: string;
  @ApiProperty({
    type: [Object],
    description: 'What changed, as JSON patch (RFC 6902) over the writable part; empty for creation and removal.',
    example: [{ op: 'replace', path: '/status', value: 'inactive' }],
  })
  patch: object[];
}

export class HistoryQuery extends PickType(PageQuery, ['limit', 'offset', 'cursor', 'count'] as const) {}

const historyItem = ({ type, revision, actor, request_id, at, patch }: HistoryRow): HistoryItem => ({
  type,
  revision,
  actor,
  request_id,
  at: at.toISOString(),
  patch: patch ?? [],
});

@ApiTags('entities')
@Controller('api/v1/entities/:id')
export class EntryRelatedController {
  constructor(
    private readonly ids: EntryIds,
    private readonly history: EntryHistoryRepository,
    private readonly relationships: RelationshipsService,
  ) {}

  @Get('history')
  @Permission('read:entities')
  @ApiOperation({ operationId: 'listEntityHistory', summary: 'List every change of an entry, newest first' })
  @EntryId()
  @ApiOkResponse({ type: [HistoryItem] })
  @ApiProblems(400, 404)
  async changes(
    @Param('id') id: string,
    @Query() query: HistoryQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<HistoryItem[]> {
    const entry = await this.ids.resolve(id);
    const cursor = idCursor('-id', entry.id);
    const rows = await this.history.list(entry.id, {
      limit: query.limit + 1,
      offset: query.offset ?? 0,
      beforeId: cursor.read(query.cursor),
    });
    const total = query.count && (await this.history.count(entry.id));
    const more = rows.length > query.limit;
    if (more) rows.pop();
    return sendPage(request, response, {
      rows: rows.map(historyItem),
      total,
      nextCursor: more ? cursor.write(rows.at(-1)!.id) : undefined,
    });
  }

  @Get('relationships')
  @Permission('read:relationships')
  @ApiOperation({ operationId: 'listEntityRelationships', summary: 'List the relationships of an entry' })
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
}
