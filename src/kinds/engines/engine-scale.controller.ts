import { Body, Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { IfMatchHeader } from '../../entries/http/entries.controller.js';
import { freshRow } from '../../entries/kind/http/fresh-row.js';
import { KindId } from '../../entries/kind/http/kind-id.decorator.js';
import { KindPages } from '../../entries/kind/http/kind-pages.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { IntegerField } from '../../platform/http/fields.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { EngineScaling } from './engine-scaling.service.js';
import { MOST_UNITS, engineKind } from './engine.kind.js';

export class EngineScale {
  @IntegerField({
    required: true,
    min: 0,
    max: MOST_UNITS,
    description: "Units wanted, within the engine's bounds.",
    example: 4,
  })
  capacity: number;
}

@ApiTags('engines')
@Controller('api/v1/engines/:id')
export class EngineScaleController {
  constructor(
    private readonly scaling: EngineScaling,
    private readonly pages: KindPages,
  ) {}

  @Post('scale')
  @HttpCode(200)
  @Permission('write:engine')
  @ApiOperation({ operationId: 'scaleEngine', summary: 'Give a running engine more or fewer units' })
  @KindId(engineKind)
  @IfMatchHeader()
  @ApiOkResponse({ type: engineKind.classes.read, description: 'It has as many by now.' })
  @ApiAcceptedResponse({
    type: engineKind.classes.read,
    description: 'Its driver is at it; `capacity.current` follows when it is done.',
  })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  async scale(
    @Param('id') id: string,
    @Body() { capacity }: EngineScale,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const { row, outcome } = await this.scaling.scale(id, capacity, freshRow(request));
    if (outcome.state === 'pending') response.status(202);
    return this.pages.answer(engineKind, row, response);
  }
}
