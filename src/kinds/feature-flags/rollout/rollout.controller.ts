import { Body, Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { IfMatchHeader } from '../../../entries/http/entries.controller.js';
import { freshRow } from '../../../entries/kind/http/fresh-row.js';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { KindPages } from '../../../entries/kind/http/kind-pages.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { featureFlagKind } from '../feature-flag.kind.js';
import { FlagPause, FlagResume, FlagRolloutChange } from './rollout.dto.js';
import { RolloutChanges } from './rollout-changes.js';

const { read } = featureFlagKind.classes;

/** How far a flag is rolled out. */
@ApiTags('features')
@Controller('api/v1/features/:id')
export class RolloutController {
  constructor(
    private readonly changes: RolloutChanges,
    private readonly pages: KindPages,
  ) {}

  @Post('rollout')
  @HttpCode(200)
  @Permission('write:feature_flag')
  @ApiOperation({
    operationId: 'rolloutFeatureFlag',
    summary: 'Roll a feature flag out to a percentage',
    description: 'Raising it switches nobody off. Below 100 the flag is in the state rollout, from then on enabled.',
  })
  @KindId(featureFlagKind)
  @IfMatchHeader()
  @ApiOkResponse({ type: read })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  async rollout(
    @Param('id') id: string,
    @Body() body: FlagRolloutChange,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const row = await this.changes.change(id, body, freshRow(request));
    return this.pages.answer(featureFlagKind, row, response);
  }

  @Post('pause')
  @HttpCode(200)
  @Permission('write:feature_flag')
  @ApiOperation({
    operationId: 'pauseFeatureFlag',
    summary: 'Pause a rollout: its schedule takes no step until it is resumed',
  })
  @KindId(featureFlagKind)
  @ApiBody({ type: FlagPause, required: false })
  @IfMatchHeader()
  @ApiOkResponse({ type: read })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  async pause(
    @Param('id') id: string,
    @Body() body: object | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const row = await this.changes.pause(id, validated(FlagPause, body ?? {}), freshRow(request));
    return this.pages.answer(featureFlagKind, row, response);
  }

  @Post('resume')
  @HttpCode(200)
  @Permission('write:feature_flag')
  @ApiOperation({
    operationId: 'resumeFeatureFlag',
    summary: 'Let a paused rollout go on; what a guardrail has measured until now counts no more',
  })
  @KindId(featureFlagKind)
  @ApiBody({ type: FlagResume, required: false })
  @IfMatchHeader()
  @ApiOkResponse({ type: read })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  async resume(
    @Param('id') id: string,
    @Body() body: object | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const row = await this.changes.resume(id, validated(FlagResume, body ?? {}), freshRow(request));
    return this.pages.answer(featureFlagKind, row, response);
  }
}
