import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiPropertyOptional, ApiTags, PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional } from 'class-validator';
import type { Request, Response } from 'express';
import { CATEGORIES, RegistryEntry, toRegistryEntry } from '../../entries/facade/registry-entry.dto.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Shown } from '../../platform/http/fields.js';
import { sendPage } from '../../platform/http/paging.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { SearchService } from '../search.service.js';
import { commaList } from './list-transforms.js';
import { MOST_SEARCH_OFFSET, SearchQuery } from './search.dto.js';
import { filterOfQuery } from './search-words.js';

export class RegistrySearchQuery extends PickType(SearchQuery, ['q', 'status', 'owner', 'limit', 'offset'] as const) {
  @ApiPropertyOptional({ type: [String], enum: CATEGORIES, description: 'Either of these.', example: ['model'] })
  @Transform(commaList)
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsIn(CATEGORIES, { each: true })
  category?: string[];
}

export class RegistrySearchHit extends RegistryEntry {
  @Shown(0.83, { description: '0 to 1, best first.' }) score: number;
}

/** Search in the words of the enterprise catalog. */
@ApiTags('registry')
@Controller('v1/registry/search')
export class RegistrySearchController {
  constructor(private readonly search: SearchService) {}

  @Get()
  @Permission('read:search')
  @ApiOperation({
    operationId: 'searchRegistryEntries',
    summary: 'Search entries by words, category, status and owner',
  })
  @ApiOkResponse({ type: [RegistrySearchHit] })
  @ApiProblems(400, 422)
  async find(
    @Query() query: RegistrySearchQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RegistrySearchHit[]> {
    const { q, category, limit, offset } = query;
    const filter = filterOfQuery({ ...query, type: category });
    const { hits, more } = await this.search.find({
      query: q ?? '',
      field: 'q',
      mode: 'hybrid',
      filter,
      limit,
      offset,
    });
    const next = offset + limit;
    return sendPage(request, response, {
      rows: hits.map((hit) => ({ ...toRegistryEntry(hit), score: hit.score })),
      nextOffset: more && next <= MOST_SEARCH_OFFSET ? next : undefined,
    });
  }
}
