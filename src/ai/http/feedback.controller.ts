import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { sendPage } from '../../platform/http/paging.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import type { ExampleRow } from '../classify/example.repository.js';
import { FeedbackService } from '../classify/feedback.service.js';
import { FeedbackCreate, FeedbackQuery, FeedbackShown } from './classify.dto.js';

const toResponse = ({ created_at, ...row }: ExampleRow): FeedbackShown => ({
  ...row,
  created_at: created_at.toISOString(),
});

@ApiTags('ai')
@Controller('api/v1/ai/feedback')
export class FeedbackController {
  constructor(private readonly feedback: FeedbackService) {}

  @Get()
  @Permission('read:ai')
  @ApiOperation({ operationId: 'listAiFeedback', summary: 'List the texts whose category or feature was told' })
  @ApiOkResponse({ type: [FeedbackShown], description: 'Oldest first; fewer at a time where texts are long.' })
  @ApiProblems(400)
  async list(
    @Query() { limit, offset }: FeedbackQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<FeedbackShown[]> {
    const { rows, more } = await this.feedback.list(limit, offset);
    return sendPage(request, response, {
      rows: rows.map(toResponse),
      nextOffset: more ? offset + rows.length : undefined,
    });
  }

  @Post()
  @Permission('write:ai')
  @ApiOperation({ operationId: 'addAiFeedback', summary: 'Tell what a text is, for texts like it' })
  @ApiCreatedResponse({ type: FeedbackShown })
  @ApiProblems(400, 413, 415, 422)
  async tell(@Body() body: FeedbackCreate): Promise<FeedbackShown> {
    if (!body.category && !body.feature) {
      const message = 'must be given where the other is not';
      throw new InvalidError(
        'One of category and feature is required.',
        ['category', 'feature'].map((field) => ({ field, message })),
      );
    }
    return toResponse(await this.feedback.tell(body));
  }

  @Delete(':id')
  @HttpCode(204)
  @Permission('write:ai')
  @ApiOperation({ operationId: 'removeAiFeedback', summary: 'Forget what was told of a text' })
  @ApiParam({ name: 'id', format: 'uuid', example: '0192f0c1-7c3a-7a10-9d5e-0242ac120002' })
  @ApiNoContentResponse()
  @ApiProblems(400, 404)
  async forget(@Param('id') id: string): Promise<void> {
    await this.feedback.forget(id);
  }
}
