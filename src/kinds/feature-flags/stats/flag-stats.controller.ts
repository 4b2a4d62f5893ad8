import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags, OmitType } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import type { Request, Response } from 'express';
import { idCursor } from '../../../entries/http/relationship-page.js';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { KindPages } from '../../../entries/kind/http/kind-pages.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { Shown } from '../../../platform/http/fields.js';
import { PageQuery, WholeNumber, sendPage } from '../../../platform/http/paging.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { featureFlagKind } from '../feature-flag.kind.js';
import { FlagStats, FlagStatsQuery } from './flag-stats.dto.js';
import { FlagStatistics } from './flag-stats.js';
import { STALE_REASONS, StaleFlags } from './stale-flags.js';

export class StaleFlagQuery extends OmitType(PageQuery, ['sort', 'count'] as const) {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 3650, default: 30, example: 30, description: 'Without a change for so long.' }) // prettier-ignore
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(3650)
  days: number = 30;
}

export class StaleFlag {
  @Shown('unused', {
    enum: STALE_REASONS,
    description: 'expired; unused: nobody has asked for it; fully_on, fully_off: everybody is answered alike.',
  })
  reason: string;
  @Shown('2026-01-01T09:29:57.120Z', { type: String, format: 'date-time', nullable: true })
  last_evaluated_at: string | null;
  @ApiProperty({ type: featureFlagKind.classes.read }) flag: object;
}

/** How flags are used. */
@ApiTags('features')
@Permission('read:feature_flag')
@Controller('api/v1/features')
export class FlagStatsController {
  constructor(
    private readonly statistics: FlagStatistics,
    private readonly stale: StaleFlags,
    private readonly pages: KindPages,
  ) {}

  @Get('stale')
  @Cost(2)
  @ApiOperation({ operationId: 'listStaleFeatureFlags', summary: 'List feature flags that nobody may need any more' })
  @ApiOkResponse({ type: [StaleFlag] })
  @ApiProblems(400)
  async listStale(
    @Query() { days, limit, offset, cursor }: StaleFlagQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StaleFlag[]> {
    const place = idCursor('id', ['stale', days]);
    const rows = await this.stale.list({ days, limit: limit + 1, offset: offset ?? 0, afterId: place.read(cursor) });
    const more = rows.length > limit;
    if (more) rows.pop();
    const flags = await this.pages.shown(featureFlagKind, rows, response);
    const byOffset = offset !== undefined && cursor === undefined;
    return sendPage(request, response, {
      rows: rows.map(({ stale_reason, last_evaluated_at }, i) => ({
        reason: stale_reason,
        last_evaluated_at: last_evaluated_at?.toISOString() ?? null,
        flag: flags[i],
      })),
      nextOffset: more && byOffset ? offset + limit : undefined,
      nextCursor: more && !byOffset ? place.write(rows.at(-1)!.id) : undefined,
    });
  }

  @Get(':id/stats')
  @ApiOperation({
    operationId: 'getFeatureFlagCounts',
    summary: 'Tell how often a feature flag was answered, and how, by hour and environment',
  })
  @KindId(featureFlagKind)
  @ApiOkResponse({ type: FlagStats })
  @ApiProblems(400, 404)
  stats(@Param('id') id: string, @Query() query: FlagStatsQuery): Promise<FlagStats> {
    return this.statistics.of(id, query);
  }
}
