import { Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Cost } from '../../platform/http/cost.decorator.js';
import { EmptyBody } from '../../platform/http/empty-body.decorator.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { TrendingService } from '../activity/trending.service.js';
import { SearchStatsService } from '../stats/search-stats.service.js';
import { Reindexing } from '../upkeep/reindexing.js';
import { Reindex, SearchStats, SearchStatsQuery, Trending, TrendingQuery } from './search-upkeep.dto.js';

@ApiTags('search')
@Controller('api/v1/search')
export class SearchUpkeepController {
  constructor(
    private readonly trending: TrendingService,
    private readonly stats: SearchStatsService,
    private readonly reindexing: Reindexing,
  ) {}

  @Get('trending')
  @Permission('read:search')
  @ApiOperation({
    operationId: 'listTrending',
    summary: 'What is searched and read most, recent interest counting more',
  })
  @ApiOkResponse({ type: Trending })
  @ApiProblems(400)
  trend(@Query() { window, limit }: TrendingQuery): Promise<Trending> {
    return this.trending.in(window ?? '7d', limit);
  }

  @Get('stats')
  @Cost(5)
  @Permission('read:search')
  @ApiOperation({
    operationId: 'getSearchStats',
    summary: 'Sizes and backlog of the indexes, and how true the vector index is',
  })
  @ApiOkResponse({ type: SearchStats })
  @ApiProblems(400)
  read(@Query() { sample }: SearchStatsQuery): Promise<SearchStats> {
    return this.stats.read(sample);
  }

  @Post('reindex')
  @EmptyBody()
  @HttpCode(202)
  @Permission('admin:system')
  @ApiOperation({
    operationId: 'reindexSearch',
    summary: 'Make every index of search true again, in the background',
  })
  @ApiAcceptedResponse({
    type: Reindex,
    description:
      'Asked for; `reindex` of the statistics tells when it is done. Asking again meanwhile changes nothing.',
  })
  @ApiProblems(400, 413, 415, 422)
  reindex(): Promise<Reindex> {
    return this.reindexing.ask();
  }
}
