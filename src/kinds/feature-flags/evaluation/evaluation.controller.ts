import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { FlagEnvironment } from '../definition/flag-settings.dto.js';
import { featureFlagKind } from '../feature-flag.kind.js';
import {
  FlagExplainQuery,
  FlagEvaluate,
  FlagEvaluation,
  FlagEvaluations,
  FlagExplanation,
  FlagsEvaluate,
} from './evaluation.dto.js';
import { Evaluations } from './evaluations.js';

/** What flags answer, and why. */
@ApiTags('features')
@ApiExtraModels(FlagEnvironment)
@Permission('read:feature_flag')
@Controller('api/v1/features')
export class EvaluationController {
  constructor(private readonly evaluations: Evaluations) {}

  @Post('evaluate')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'evaluateFeatureFlags',
    summary: 'Evaluate all feature flags, or some, for one context',
  })
  @ApiOkResponse({ type: FlagEvaluations })
  @ApiProblems(400, 413, 415)
  evaluateAll(@Body() body: FlagsEvaluate): Promise<FlagEvaluations> {
    return this.evaluations.evaluateAll(body);
  }

  @Post(':id/evaluate')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'evaluateFeatureFlag',
    summary: 'Evaluate a feature flag for a context',
    description: 'Answered from memory and counted; the same context always gets the same answer of the same rules.',
  })
  @KindId(featureFlagKind)
  @ApiOkResponse({ type: FlagEvaluation })
  @ApiProblems(400, 404, 413, 415)
  evaluate(@Param('id') id: string, @Body() body: FlagEvaluate): Promise<FlagEvaluation> {
    return this.evaluations.evaluate(id, body);
  }

  @Get(':id/explain')
  @ApiOperation({
    operationId: 'explainFeatureFlag',
    summary: 'Explain what a feature flag answers to a targeting key, or to nobody in particular',
  })
  @KindId(featureFlagKind)
  @ApiOkResponse({ type: FlagExplanation })
  @ApiProblems(400, 404)
  explain(
    @Param('id') id: string,
    @Query() { environment, targeting_key }: FlagExplainQuery,
  ): Promise<FlagExplanation> {
    return this.evaluations.explain(id, { environment, ...(targeting_key && { context: { targeting_key } }) });
  }

  @Post(':id/explain')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'explainFeatureFlagFor',
    summary: 'Explain step by step what a feature flag answers to a context',
  })
  @KindId(featureFlagKind)
  @ApiOkResponse({ type: FlagExplanation })
  @ApiProblems(400, 404, 413, 415)
  explainFor(@Param('id') id: string, @Body() body: FlagEvaluate): Promise<FlagExplanation> {
    return this.evaluations.explain(id, body);
  }
}
