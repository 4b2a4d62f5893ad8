import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Cost } from '../../platform/http/cost.decorator.js';
import { Shown } from '../../platform/http/fields.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { FacetsService } from '../facets/facets.service.js';
import { FacetsQuery } from './search.dto.js';
import { filterOfQuery } from './search-words.js';

export class FacetValue {
  @Shown('resource') value: string;
  @ApiProperty({ type: 'integer', example: 128 }) count: number;
}

export class FacetTotal {
  @ApiProperty({ type: 'integer', example: 131 }) value: number;
  @Shown('exact', {
    enum: ['exact', 'estimate'],
    description: '`estimate`: about so many, by statistics; there are too many to be counted.',
  })
  relation: 'exact' | 'estimate';
}

export class FacetCounts {
  @ApiProperty({ type: [FacetValue] }) type: FacetValue[];
  @ApiProperty({ type: [FacetValue] }) status: FacetValue[];
  @ApiProperty({ type: [FacetValue] }) health: FacetValue[];
  @ApiProperty({ type: [FacetValue] }) feature: FacetValue[];
  @ApiProperty({ type: [FacetValue] }) tags: FacetValue[];
}

export class Facets {
  @ApiProperty({ type: FacetTotal }) total: FacetTotal;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Null: the counts are of all. Else of so many, those most depended upon.',
    example: null,
  })
  sampled: number | null;

  @ApiProperty({ type: FacetCounts, description: 'The fifty most frequent values of each.' })
  facets: FacetCounts;
}

@ApiTags('search')
@Controller('api/v1/search/facets')
export class FacetsController {
  constructor(private readonly facets: FacetsService) {}

  @Get()
  @Cost(5)
  @Permission('read:search')
  @ApiOperation({
    operationId: 'countSearchFacets',
    summary: 'Count what the words of a search find by type, status, health, feature and tag',
  })
  @ApiOkResponse({ type: Facets })
  @ApiProblems(400, 422)
  count(@Query() query: FacetsQuery): Promise<Facets> {
    return this.facets.count(query.q ?? '', 'q', filterOfQuery(query));
  }
}
