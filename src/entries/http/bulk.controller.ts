import { Controller, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Env } from '../../platform/env/env.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { NDJSON } from '../../platform/http/ndjson.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { StreamedBody } from '../../platform/http/streamed-body.decorator.js';
import { BulkRunner } from '../bulk/bulk-runner.js';
import { EntryBulkWriter } from '../bulk/entry-bulk.writer.js';
import { RelationshipBulkWriter } from '../bulk/relationship-bulk.writer.js';
import { answerBulk } from './bulk-answer.js';
import { BulkItemResult, BulkQuery } from './bulk.dto.js';
import { EntryCreate } from './entry.dto.js';
import { RelationshipCreate } from './relationship.dto.js';

@ApiTags('entities')
@Controller('api/v1')
export class BulkController {
  constructor(
    private readonly runner: BulkRunner,
    private readonly entryWriter: EntryBulkWriter,
    private readonly relationshipWriter: RelationshipBulkWriter,
    private readonly env: Env,
  ) {}

  @Post('entities/bulk')
  @Permission('write:entities')
  @StreamedBody('application/json', NDJSON)
  @ApiOperation({ operationId: 'createEntities', summary: 'Register many entries: an array, or one a line (NDJSON)' })
  @ApiBody({ type: [EntryCreate] })
  @ApiCreatedResponse({ type: [BulkItemResult], description: 'Atomic, and every item is new.' })
  @ApiOkResponse({ type: [BulkItemResult], description: 'What became of each item, in order.' })
  @ApiProblems(400, 409, 413, 415, 422)
  entries(@Query() query: BulkQuery, @Req() request: Request, @Res({ passthrough: true }) response: Response) {
    return answerBulk(this.runner, this.entryWriter, query, { bytes: this.env.bulkLimitBytes }, request, response);
  }

  @Post('relationships/bulk')
  @Permission('write:relationships')
  @StreamedBody('application/json', NDJSON)
  @ApiOperation({
    operationId: 'createRelationships',
    summary: 'Relate many entries: an array, or one a line (NDJSON)',
  })
  @ApiBody({ type: [RelationshipCreate] })
  @ApiCreatedResponse({ type: [BulkItemResult], description: 'Atomic, and every item is new.' })
  @ApiOkResponse({ type: [BulkItemResult], description: 'What became of each item, in order.' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  relationships(@Query() query: BulkQuery, @Req() request: Request, @Res({ passthrough: true }) response: Response) {
    return answerBulk(
      this.runner,
      this.relationshipWriter,
      query,
      { bytes: this.env.bulkLimitBytes },
      request,
      response,
    );
  }
}
