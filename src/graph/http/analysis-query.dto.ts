import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional, PickType } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { PageQuery } from '../../platform/http/paging.js';
import { METRICS } from '../analysis/centrality.repository.js';
import type { Metric } from '../analysis/centrality.repository.js';
import type { Connection } from '../analysis/components.service.js';
import { Types, Whole } from './graph-query.dto.js';

const Fresh = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      enum: ['true', 'false'],
      default: 'false',
      description:
        'Waits for a new computation where what is known is stale. Otherwise what took more than three seconds is answered stale and computed anew behind the answer.',
      example: 'true',
    }),
    IsIn(['true', 'false']),
  );

export class FreshQuery {
  @Fresh()
  fresh: 'true' | 'false' = 'false';
}

export class CentralityQuery extends PickType(PageQuery, ['limit', 'offset', 'count'] as const) {
  @ApiPropertyOptional({ enum: METRICS, default: 'degree', description: 'What to sort by.', example: 'pagerank' })
  @IsIn(METRICS)
  metric: Metric = 'degree';

  @Fresh()
  fresh: 'true' | 'false' = 'false';
}

export class CommunitiesQuery extends PickType(PageQuery, ['limit', 'offset'] as const) {
  @Whole({ default: 10, most: 100, description: 'Most members shown of each community.', example: 10 })
  members: number = 10;

  @Fresh()
  fresh: 'true' | 'false' = 'false';
}

export class ComponentsQuery extends PickType(PageQuery, ['limit', 'offset'] as const) {
  @ApiPropertyOptional({
    enum: ['weak', 'strong'],
    default: 'weak',
    description:
      '`weak`: sets that hang together whichever way relationships point, single entries too. `strong`: sets of more than one entry in which each reaches each other.',
    example: 'weak',
  })
  @IsIn(['weak', 'strong'])
  connection: Connection = 'weak';

  @Types('Only relationships of these types; all when left out.')
  types?: string[];

  @Fresh()
  fresh: 'true' | 'false' = 'false';
}
