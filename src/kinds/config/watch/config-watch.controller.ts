import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { ConfigChanges, ConfigWatchQuery } from './config-watch.dto.js';
import { ConfigWatch } from './config-watch.service.js';

const STREAM =
  'event: change\ndata: {"index":43,"operation":"set","key":"cfg_db.pool.size","name":"db.pool.size","scope":"global","scope_id":null,"revision":4,"version":3,"type":"integer","value":20,"at":"2026-05-01T12:00:00.000Z"}\n\nid: 43\n\n';

@ApiTags('config')
@ApiExtraModels(ConfigChanges)
@Controller('api/v1/config/watch')
export class ConfigWatchController {
  constructor(private readonly watch: ConfigWatch) {}

  @Get()
  @Permission('read:config')
  @ApiOperation({
    operationId: 'watchConfig',
    summary: 'Wait for changes by long poll, or follow them as server-sent events',
    description:
      'Comes back when a value whose key begins with `prefix` has changed after `index`, each value once and as it is now. With `reset` it is everything there is, in the place of what was known: without an index, or with one that is too old. `Accept: text/event-stream` streams the same, and goes on from `Last-Event-ID`.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Of a stream: where it left off.', example: '42' })
  @ApiOkResponse({
    headers: { 'X-Index': { description: 'The index to ask on with.', schema: { type: 'integer' } } },
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ConfigChanges) } },
      'text/event-stream': { schema: { type: 'string', example: STREAM } },
    },
  })
  @ApiProblems(400)
  get(
    @Query() query: ConfigWatchQuery,
    @Headers('accept') accept: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    return accept?.includes('text/event-stream')
      ? this.watch.stream(query, request, response)
      : this.watch.poll(query, response);
  }
}
