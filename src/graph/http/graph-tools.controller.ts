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
      'text/vnd.graphviz': {
        schema: { type: 'string' },
        example: 'digraph registry {\n  "svc_shop" -> "svc_checkout" [label="depends_on"];\n}\n',
      },
      'application/graphml+xml': {
        schema: { type: 'string' },
        example:
          '<graphml><graph id="registry" edgedefault="directed"><edge id="e1042" source="0192f0c1-7c3a-7a10-9d5e-0242ac120002" target="0192f0c1-7c3a-7a10-9d5e-0242ac120003"/></graph></graphml>',
      },
      'text/vnd.mermaid': {
        schema: { type: 'string' },
        example: 'flowchart LR\n  e1["svc_shop"]\n  e2["svc_checkout"]\n  e1 -->|"depends_on"| e2\n',
      },
      'application/json': { schema: { type: 'object' }, example: { remark: null, elements: { nodes: [], edges: [] } } },
    },
  })
  @ApiProblems(400, 404)
  async export(@Query() { format, root_id: root, ...question }: ExportQuery, @Res() response: Response): Promise<void> {
    const { mediaType, text } = graphFormat[given('format', format)];
    await send(response, mediaType, text(await this.exports.graphOf({ root, ...question })));
  }
}
