import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { MOST_AT_ONCE } from './new-workloads.js';
import { EngineId, WorkloadId } from './workload-id.decorator.js';
import { WorkloadPages } from './workload-page.js';
import type { WorkloadResponse } from './workload-response.js';
import { WorkloadStats } from './workload-stats.dto.js';
import { WorkloadStatsService } from './workload-stats.service.js';
import { Workload, WorkloadCreate, WorkloadQuery } from './workload.dto.js';
import { WorkloadsService } from './workloads.service.js';

const ONE_OR_MANY = (type: new () => object) => ({
  oneOf: [
    { $ref: getSchemaPath(type) },
    { type: 'array', items: { $ref: getSchemaPath(type) }, minItems: 1, maxItems: MOST_AT_ONCE },
  ],
});

/** What an engine is to do, from the side of who wants it done. */
@ApiTags('engines')
@ApiExtraModels(Workload, WorkloadCreate)
@Controller('api/v1/engines/:id/workloads')
export class WorkloadsController {
  constructor(
    private readonly workloads: WorkloadsService,
    private readonly pages: WorkloadPages,
    private readonly stats: WorkloadStatsService,
  ) {}

  @Post()
  @Permission('write:engine')
  @ApiOperation({ operationId: 'createWorkload', summary: 'Queue a workload, or an array of them, all or none' })
  @EngineId()
  @ApiBody({
    schema: ONE_OR_MANY(WorkloadCreate),
    examples: { typical: { value: { task: 'train', priority: 'high', payload: { model: 'fraud-7' } } } },
  })
  @ApiCreatedResponse({ schema: ONE_OR_MANY(Workload), description: 'One, or as many as were sent, in order.' })
  @ApiProblems(400, 404, 413, 415, 422)
  async add(
    @Param('id') id: string,
    @Body() body: unknown,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WorkloadResponse | WorkloadResponse[]> {
    const made = await this.workloads.add(id, body);
    if (Array.isArray(body)) return made;
    response.setHeader('Location', `/api/v1/engines/${made[0].engine_id}/workloads/${made[0].id}`);
    return made[0];
  }

  @Get()
  @Permission('read:engine')
  @ApiOperation({ operationId: 'listWorkloads', summary: 'List workloads of an engine, the newest first' })
  @EngineId()
  @ApiOkResponse({ type: [Workload] })
  @ApiProblems(400, 404)
  list(
    @Param('id') id: string,
    @Query() query: WorkloadQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WorkloadResponse[]> {
    return this.pages.send(id, query, request, response);
  }

  @Get('stats')
  @Permission('read:engine')
  @ApiOperation({ operationId: 'getWorkloadStats', summary: 'How the queue of an engine stands' })
  @EngineId()
  @ApiOkResponse({ type: WorkloadStats })
  @ApiProblems(400, 404)
  read(@Param('id') id: string): Promise<WorkloadStats> {
    return this.stats.of(id);
  }

  @Get(':wid')
  @Permission('read:engine')
  @ApiOperation({ operationId: 'getWorkload', summary: 'Get a workload' })
  @WorkloadId()
  @ApiOkResponse({ type: Workload })
  @ApiProblems(400, 404)
  get(@Param('id') id: string, @Param('wid') wid: string): Promise<WorkloadResponse> {
    return this.workloads.get(id, wid);
  }

  @Delete(':wid')
  @HttpCode(204)
  @Permission('write:engine')
  @ApiOperation({ operationId: 'cancelWorkload', summary: 'Cancel a workload that is not finished' })
  @WorkloadId()
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409)
  cancel(@Param('id') id: string, @Param('wid') wid: string): Promise<void> {
    return this.workloads.cancel(id, wid);
  }
}
