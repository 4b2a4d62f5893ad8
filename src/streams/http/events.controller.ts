import { Controller, Get, Headers, Query, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { EventMessage, eventAnswers } from './event.dto.js';
import { EventPolls } from './event-polls.js';
import { EventQuery } from './event-query.dto.js';
import { EventStreams } from './event-streams.js';

@ApiTags('events')
@ApiExtraModels(EventMessage)
@Controller('api/v1/events')
export class EventsController {
  constructor(
    private readonly polls: EventPolls,
    private readonly streams: EventStreams,
  ) {}

  @Get()
  @Permission('read:events')
  @ApiOperation({
    operationId: 'listEvents',
    summary: 'Follow changes by poll, long poll or server-sent events',
    description:
      'Every change of the catalog once, in the order of `seq`, which has no gaps. Continue with `since` = the last `seq` seen (the `Link` header does), or ask for `text/event-stream` and reconnect with `Last-Event-ID`. The same feed is at `/ws` as a WebSocket.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'For streams: the last `seq` received.',
    example: '4711',
  })
  @ApiOkResponse(eventAnswers)
  @ApiProblems(400, 410)
  list(
    @Query() query: EventQuery,
    @Headers('accept') accept: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const service = accept?.includes('text/event-stream') ? this.streams : this.polls;
    return service.serve(query, request, response);
  }
}
