import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Cost } from '../../platform/http/cost.decorator.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { ExportService } from '../export/export.service.js';
import { graphFormat } from '../export/graph-format.js';
import { SuggestionsService } from '../suggestions/suggestions.service.js';
import type { Suggestion } from '../suggestions/suggestions.service.js';
import { given } from './given.js';
import { SuggestionAnswer } from './graph-answer.dto.js';
import { ExportQuery, SuggestionsQuery } from './graph-query.dto.js';
import { send } from './graph-stream.js';

/** What the graph is good for: to be completed, and to be drawn. */
@ApiTags('graph')
@Controller('api/v1/graph')
@Permission('read:graph')
@Cost(5)
export class GraphToolsController {
  constructor(
    private readonly suggested: SuggestionsService,
    private readonly exports: ExportService,
  ) {}

  @Get('suggestions/:id')
  @ApiOperation({
    operationId: 'suggestRelationships',
    summary: 'List relationships that probably should exist, with the reasons',
  })
  @ApiParam({ name: 'id', description: 'Id or key.', example: 'svc_checkout' })
  @ApiOkResponse({ type: [SuggestionAnswer] })
  @ApiProblems(400, 404)
  suggestions(@Param('id') id: string, @Query() { limit }: SuggestionsQuery): Promise<Suggestion[]> {
    return this.suggested.for(id, limit);
  }

  @Get('export')
  @ApiOperation({
    operationId: 'exportGraph',
    summary: 'Write the surroundings of an entry, or the whole graph, for Graphviz, Gephi, Mermaid or Cytoscape',
  })
  @ApiOkResponse({
    description: 'A text in the format asked for.',
    content: {
      'text/vnd.graphviz': { schema: { type: 'string' } },
      'application/graphml+xml': { schema: { type: 'string' } },
      'text/vnd.mermaid': { schema: { type: 'string' } },
      'application/json': { schema: { type: 'object' } },
    },
  })
  @ApiProblems(400, 404)
  async export(@Query() { format, root_id: root, ...question }: ExportQuery, @Res() response: Response): Promise<void> {
    const { mediaType, text } = graphFormat[given('format', format)];
    await send(response, mediaType, text(await this.exports.graphOf({ root, ...question })));
  }
}
