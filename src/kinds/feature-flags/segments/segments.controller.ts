import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags, OmitType } from '@nestjs/swagger'; // prettier-ignore
import type { Request, Response } from 'express';
import { IfMatchHeader } from '../../../entries/http/entries.controller.js';
import { freshRow } from '../../../entries/kind/http/fresh-row.js';
import { idCursor } from '../../../entries/http/relationship-page.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { etagOf, ifNoneMatch } from '../../../platform/http/etag.js';
import { PageQuery, sendPage } from '../../../platform/http/paging.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { FlagSegment, FlagSegmentCreate, FlagSegmentReplace, FlagSegmentUsage } from './segment.dto.js';
import type { SegmentRow } from './segment.js';
import { SegmentRepository } from './segment.repository.js';
import { Segments } from './segments.service.js';

export class FlagSegmentQuery extends OmitType(PageQuery, ['sort'] as const) {}

const SegmentKey = (): MethodDecorator => ApiParam({ name: 'key', type: String, example: 'beta-testers' });

/** Segments: sets of contexts that flags and other segments share. */
@ApiTags('features')
@Controller('api/v1/features/segments')
export class SegmentsController {
  constructor(
    private readonly segments: Segments,
    private readonly repository: SegmentRepository,
  ) {}

  @Get()
  @Permission('read:feature_flag')
  @ApiOperation({ operationId: 'listFlagSegments', summary: 'List segments in the order they were made' })
  @ApiOkResponse({ type: [FlagSegment] })
  @ApiProblems(400)
  async list(
    @Query() query: FlagSegmentQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FlagSegment[]> {
    const cursor = idCursor('id', 'segments');
    const { limit, offset = 0 } = query;
    const rows = await this.repository.list({ limit: limit + 1, offset, afterId: cursor.read(query.cursor) });
    const more = rows.length > limit;
    if (more) rows.pop();
    const byOffset = query.offset !== undefined && query.cursor === undefined;
    return sendPage(request, response, {
      rows: rows.map(toSegment),
      total: query.count && (await this.repository.count()),
      nextOffset: more && byOffset ? offset + limit : undefined,
      nextCursor: more && !byOffset ? cursor.write(rows.at(-1)!.id) : undefined,
    });
  }

  @Post()
  @Permission('write:feature_flag')
  @ApiOperation({ operationId: 'createFlagSegment', summary: 'Make a segment' })
  @ApiCreatedResponse({ type: FlagSegment })
  @ApiProblems(400, 409, 413, 415, 422)
  async create(@Body() body: FlagSegmentCreate, @Res({ passthrough: true }) response: Response): Promise<FlagSegment> {
    const row = await this.segments.make(body);
    response.setHeader('Location', `/api/v1/features/segments/${encodeURIComponent(row.key)}`);
    response.setHeader('ETag', etagOf(row.revision));
    return toSegment(row);
  }

  @Get(':key')
  @Permission('read:feature_flag')
  @ApiOperation({ operationId: 'getFlagSegment', summary: 'Get a segment by its key' })
  @SegmentKey()
  @ApiOkResponse({ type: FlagSegment })
  @ApiProblems(400, 404)
  async get(
    @Param('key') key: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FlagSegment | undefined> {
    const row = await this.segments.get(key);
    return ifNoneMatch(request, response, row.revision) ? undefined : toSegment(row);
  }

  @Put(':key')
  @Permission('write:feature_flag')
  @ApiOperation({ operationId: 'replaceFlagSegment', summary: 'Replace what a segment says of its members' })
  @SegmentKey()
  @IfMatchHeader()
  @ApiOkResponse({ type: FlagSegment })
  @ApiProblems(400, 404, 412, 413, 415, 422)
  async replace(
    @Param('key') key: string,
    @Body() body: FlagSegmentReplace,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FlagSegment> {
    const row = await this.segments.replace(key, body, freshRow(request));
    response.setHeader('ETag', etagOf(row.revision));
    return toSegment(row);
  }

  @Delete(':key')
  @HttpCode(204)
  @Permission('write:feature_flag')
  @ApiOperation({ operationId: 'deleteFlagSegment', summary: 'Remove a segment that nothing uses' })
  @SegmentKey()
  @IfMatchHeader()
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409, 412)
  remove(@Param('key') key: string, @Req() request: Request): Promise<void> {
    return this.segments.remove(key, freshRow(request));
  }

  @Get(':key/usage')
  @Permission('read:feature_flag')
  @ApiOperation({ operationId: 'getFlagSegmentUsage', summary: 'Tell which flags and segments use a segment' })
  @SegmentKey()
  @ApiOkResponse({ type: FlagSegmentUsage })
  @ApiProblems(400, 404)
  async usage(@Param('key') key: string): Promise<FlagSegmentUsage> {
    await this.segments.get(key);
    return this.segments.usage(key);
  }
}

function toSegment({
  uid,
  key,
  name,
  description,
  definition,
  revision,
  created_at,
  updated_at,
}: SegmentRow): FlagSegment {
  return {
    id: uid,
    key,
    name,
    description,
    included: definition.included ?? [],
    excluded: definition.excluded ?? [],
    clause: definition.clause ?? null,
    constraints: definition.constraints ?? null,
    revision,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
