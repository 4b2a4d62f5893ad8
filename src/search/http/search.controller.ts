import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Cost } from '../../platform/http/cost.decorator.js';
import { sendPage } from '../../platform/http/paging.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { SearchService } from '../search.service.js';
import type { Search, SearchAnswer, SearchHitResponse } from '../search.service.js';
import { SuggestService } from '../suggest/suggest.service.js';
import { SearchHit, Suggestion } from './search-hit.dto.js';
import { DEGRADATIONS } from '../hybrid/question-vector.js';
import { MOST_SEARCH_OFFSET, SearchQuery, SearchRequest, SuggestQuery } from './search.dto.js';
import { filterOfQuery, filterOfRequest, vectorOf, weightsOf } from './search-words.js';

const ANSWER = {
  type: SearchHit,
  isArray: true,
  description: 'Best first.',
  headers: {
    'X-Search-Mode': { description: 'How it was answered.', schema: { type: 'string' as const, example: 'hybrid' } },
    'X-Search-Degraded': {
      description:
        'Why words alone answered where meaning was asked for: there is no model, its index is not whole yet, the model ' +
        'cannot be had now, or it knows no word of the query.',
      schema: { type: 'string' as const, enum: [...DEGRADATIONS], example: 'embeddings.unavailable' },
    },
    'X-Search-Corrected': {
      description: 'The query as understood, percent-encoded, when a word was taken for a typing error.',
      schema: { type: 'string' as const, example: 'video%20player' },
    },
  },
};

@ApiTags('search')
@Controller('api/v1/search')
@Permission('read:search')
export class SearchController {
  constructor(
    private readonly search: SearchService,
    private readonly suggestions: SuggestService,
  ) {}

  @Post()
  @Cost(5)
  @HttpCode(200)
  @ApiOperation({ operationId: 'searchEntities', summary: 'Search entries by words, meaning and filters' })
  @ApiOkResponse(ANSWER)
  @ApiProblems(400, 413, 415, 422)
  async find(
    @Body() body: SearchRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SearchHitResponse[]> {
    const { query, mode, limit, offset } = body;
    const search: Search = {
      query: query ?? '',
      field: 'query',
      mode: mode ?? 'hybrid',
      filter: filterOfRequest(body),
      limit,
      offset,
      fusion: body.fusion ?? undefined,
      weights: weightsOf(body.weights),
      vector: vectorOf(body.vector),
    };
    return told(response, await this.search.find(search)).hits;
  }

  @Get()
  @Cost(5)
  @ApiOperation({
    operationId: 'searchByAddress',
    summary: 'Search entries by words, meaning and filters in the address',
  })
  @ApiOkResponse(ANSWER)
  @ApiProblems(400, 422)
  async get(
    @Query() query: SearchQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SearchHitResponse[]> {
    const { q, mode, limit, offset } = query;
    const search: Search = {
      query: q ?? '',
      field: 'q',
      mode: mode ?? 'hybrid',
      filter: filterOfQuery(query),
      limit,
      offset,
      fusion: query.fusion,
    };
    const { hits, more } = told(response, await this.search.find(search));
    const next = offset + limit;
    return sendPage(request, response, {
      rows: hits,
      nextOffset: more && next <= MOST_SEARCH_OFFSET ? next : undefined,
    });
  }

  @Get('suggest')
  @ApiOperation({ operationId: 'suggestSearch', summary: 'Complete what is being typed: names, words, corrections' })
  @ApiOkResponse({ type: [Suggestion] })
  @ApiProblems(400)
  suggest(@Query() { q, limit }: SuggestQuery): Promise<Suggestion[]> {
    return this.suggestions.complete(q, limit);
  }
}

/** Headers take Latin letters only, so what a query may hold is encoded. */
function told(response: Response, answer: SearchAnswer): SearchAnswer {
  response.setHeader('X-Search-Mode', answer.mode);
  if (answer.degraded !== null) response.setHeader('X-Search-Degraded', answer.degraded);
  if (answer.corrected !== null) response.setHeader('X-Search-Corrected', encodeURIComponent(answer.corrected));
  return answer;
}
