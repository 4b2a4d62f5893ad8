import { Body, Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { IfMatchHeader } from '../../../entries/http/entries.controller.js';
import { freshRow } from '../../../entries/kind/http/fresh-row.js';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { KindPages } from '../../../entries/kind/http/kind-pages.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { featureFlagKind } from '../feature-flag.kind.js';
import { FlagPromotion, FlagPromotionPlan, FlagRevert } from './promotion.dto.js';
import { FlagRevisions } from './flag-revisions.js';

@ApiTags('features')
@Permission('write:feature_flag')
@Controller('api/v1/features')
export class FlagRevisionsController {
  constructor(
    private readonly revisions: FlagRevisions,
    private readonly pages: KindPages,
  ) {}

  @Post('promote')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'promoteFeatureFlags',
    summary: 'Make one environment answer as another does, or tell what that would change',
  })
  @ApiOkResponse({ type: FlagPromotionPlan })
  @ApiProblems(400, 409, 413, 415, 422)
  promote(@Body() body: FlagPromotion): Promise<FlagPromotionPlan> {
    return this.revisions.promote(body);
  }

  @Post(':id/revert')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'revertFeatureFlag',
    summary: 'Make the settings of an earlier revision the present ones, as a new revision',
  })
  @KindId(featureFlagKind)
  @IfMatchHeader()
  @ApiOkResponse({ type: featureFlagKind.classes.read })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  async revert(
    @Param('id') id: string,
    @Body() { revision }: FlagRevert,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const row = await this.revisions.revert(id, revision, freshRow(request));
    return this.pages.answer(featureFlagKind, row, response);
  }
}
