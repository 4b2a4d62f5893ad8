import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { clientGone } from '../../platform/http/client-gone.js';
import { Cost } from '../../platform/http/cost.decorator.js';
import { sendPage } from '../../platform/http/paging.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { CentralityService } from '../analysis/centrality.service.js';
import type { CentralityAnswer } from '../analysis/centrality.service.js';
import { CommunitiesService } from '../analysis/communities.service.js';
import type { CommunitiesAnswer } from '../analysis/communities.service.js';
import { ComponentsService } from '../analysis/components.service.js';
import type { ComponentsAnswer } from '../analysis/components.service.js';
import { CentralityOfEntry, Communities, Components } from './analysis-answer.dto.js';
import { CentralityQuery, CommunitiesQuery, ComponentsQuery, FreshQuery } from './analysis-query.dto.js';

/** Questions about the graph as a whole. A client that leaves takes work along that nobody else waits for. */
@ApiTags('graph')
@Controller('api/v1/graph')
@Permission('read:graph')
@Cost(10)
export class GraphAnalysisController {
  constructor(
    private readonly centralities: CentralityService,
    private readonly groups: CommunitiesService,
    private readonly parts: ComponentsService,
  ) {}

  @Get('centrality')
  @ApiOperation({ operationId: 'listCentrality', summary: 'List the most central entries, by one measure' })
  @ApiOkResponse({ type: [CentralityOfEntry] })
  @ApiProblems(400, 422)
  async centrality(
    @Query() { metric, limit, offset = 0, count, fresh }: CentralityQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CentralityAnswer[]> {
    const wanted = { fresh: fresh === 'true', signal: clientGone(response) };
    const { rows, total } = await this.centralities.list(metric, { limit, offset }, wanted);
    const more = rows.length === limit && offset + limit < total;
    return sendPage(request, response, {
      rows,
      ...(more && { nextOffset: offset + limit }),
      ...(count && { total }),
    });
  }

  @Get('centrality/:id')
  @ApiOperation({ operationId: 'getCentrality', summary: 'Measure how central an entry is' })
  @ApiParam({ name: 'id', description: 'Id or key.', example: 'resource_libc6' })
  @ApiOkResponse({ type: CentralityOfEntry })
  @ApiProblems(400, 404, 422)
  centralityOf(
    @Param('id') id: string,
    @Query() { fresh }: FreshQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CentralityAnswer> {
    return this.centralities.of(id, { fresh: fresh === 'true', signal: clientGone(response) });
  }

  @Get('communities')
  @ApiOperation({ operationId: 'listCommunities', summary: 'List communities: entries related among themselves' })
  @ApiOkResponse({ type: Communities })
  @ApiProblems(400, 422)
  communities(
    @Query() { limit, offset = 0, members, fresh }: CommunitiesQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CommunitiesAnswer> {
    return this.groups.list({ limit, offset, members, fresh: fresh === 'true', signal: clientGone(response) });
  }

  @Get('components')
  @ApiOperation({ operationId: 'listGraphComponents', summary: 'List connected components, largest first' })
  @ApiOkResponse({ type: Components })
  @ApiProblems(400, 422)
  components(
    @Query() { connection, types, limit, offset = 0, fresh }: ComponentsQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ComponentsAnswer> {
    return this.parts.list({
      connection,
      types,
      limit,
      offset,
      fresh: fresh === 'true',
      signal: clientGone(response),
    });
  }
}
