import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiExtraModels,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiPropertyOptional,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import type { Request, Response } from 'express';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission, Public } from '../../../platform/http/permission.decorator.js';
import { FlagStreams } from './flag-streams.js';
import { OfrepBulk, OfrepEvaluation, OfrepFailure, OfrepProblem, OfrepRequest } from './ofrep.dto.js';
import { OfrepFilter } from './ofrep.filter.js';
import { Ofrep } from './ofrep.service.js';
import { StreamTokens } from './stream-tokens.js';

const Environment = (): MethodDecorator =>
  ApiHeader({
    name: 'X-Environment',
    required: false,
    description: 'Whose settings count; `?environment=` says the same.',
    example: 'production',
  });

/** The OpenFeature Remote Evaluation Protocol: what any OpenFeature SDK asks. Errors are OFREP's, no problem documents. */
@ApiTags('ofrep')
@ApiExtraModels(OfrepEvaluation, OfrepFailure)
@UseFilters(OfrepFilter)
@Controller('ofrep/v1/evaluate/flags')
export class OfrepController {
  constructor(private readonly ofrep: Ofrep) {}

  @Post(':key')
  @HttpCode(200)
  @Permission('read:feature_flag')
  @ApiOperation({ operationId: 'evaluateFlagByOfrep', summary: 'Evaluate one flag for an OpenFeature SDK' })
  @ApiParam({ name: 'key', type: String, example: 'new-checkout' })
  @Environment()
  @ApiBody({ type: OfrepRequest, required: false })
  @ApiOkResponse({ type: OfrepEvaluation })
  @ApiBadRequestResponse({ type: OfrepFailure, description: 'It can not be evaluated for this context.' })
  @ApiNotFoundResponse({ type: OfrepFailure, description: 'There is no such flag.' })
  evaluate(
    @Param('key') key: string,
    @Body() body: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): object | Promise<object> {
    return this.ofrep.evaluate(key, body, request, response);
  }

  @Post()
  @HttpCode(200)
  @Permission('read:feature_flag')
  @ApiOperation({
    operationId: 'evaluateFlagsByOfrep',
    summary: 'Evaluate all flags for an OpenFeature SDK',
    description: 'The ETag stands for the rules and the context; whoever sends it in `If-None-Match` is answered 304.',
  })
  @Environment()
  @ApiHeader({ name: 'If-None-Match', required: false, example: '"q8PLGmpGv-XZpQbBbaZf0SVQ2gM"' })
  @ApiQuery({ name: 'environment', required: false, type: String, example: 'production' })
  @ApiQuery({
    name: 'flagConfigEtag',
    required: false,
    type: String,
    example: '"tqIZ0sBwCeLqQfVZ"',
    description: 'Of the event that the client heard: rules that are older are not answered.',
  })
  @ApiQuery({ name: 'flagConfigLastModified', required: false, type: String, example: '1771622898' })
  @ApiBody({ type: OfrepRequest, required: false })
  @ApiOkResponse({ type: OfrepBulk, headers: { ETag: { description: 'Of this answer.', schema: { type: 'string' } } } })
  @ApiResponse({ status: 304, description: 'The client has this answer already.' })
  @ApiBadRequestResponse({ type: OfrepProblem, description: 'The request can not be read.' })
  evaluateAll(
    @Body() body: unknown,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<OfrepBulk | undefined> {
    return this.ofrep.evaluateAll(body, request, response);
  }
}

export class FlagStreamQuery {
  @ApiPropertyOptional({
    type: String,
    required: true,
    example: 'WyJkZWZhdWx0Il0.c2lnbmF0dXJl',
    description: 'As `eventStreams` of a bulk answer gave it.',
  })
  @IsString()
  @Length(1, 1000)
  token: string = '';
}

@ApiTags('ofrep')
@Controller('ofrep/v1/event-streams')
export class FlagStreamsController {
  constructor(
    private readonly streams: FlagStreams,
    private readonly tokens: StreamTokens,
  ) {}

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'followFlagsByOfrep',
    summary: 'Hear when flags should be evaluated again, by server-sent events',
    description: 'Open to whoever has an address that a bulk answer gave: it is signed, and good for a day at most.',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, example: 'tqIZ0sBwCeLqQfVZ.0' })
  @ApiOkResponse({
    description: 'A stream that does not end.',
    content: {
      'text/event-stream': {
        schema: { type: 'string' },
        example: 'id: tqIZ0sBwCeLqQfVZ.0\nevent: message\ndata: {"type":"refetchEvaluation"}\n\n',
      },
    },
  })
  @ApiProblems(400, 401, 429)
  async follow(@Query() { token }: FlagStreamQuery, @Req() request: Request, @Res() response: Response): Promise<void> {
    if (token === '') throw InvalidError.field('token', 'must be given');
    await this.streams.serve(await this.tokens.verify(token), request, response);
  }
}
