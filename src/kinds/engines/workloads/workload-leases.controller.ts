import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { EmptyBody } from '../../../platform/http/empty-body.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { EngineId, WorkloadId } from './workload-id.decorator.js';
import type { WorkloadResponse } from './workload-response.js';
import {
  LeasedWorkload,
  Workload,
  WorkloadCompletion,
  WorkloadFailure,
  WorkloadHeartbeat,
  WorkloadLease,
} from './workload.dto.js';
import { WorkloadsService } from './workloads.service.js';

/** What an engine is to do, from the side of who does it. */
@ApiTags('engines')
@Controller('api/v1/engines/:id/workloads')
export class WorkloadLeasesController {
  constructor(private readonly workloads: WorkloadsService) {}

  @Post('lease')
  @HttpCode(200)
  @Permission('write:engine')
  @ApiOperation({
    operationId: 'leaseWorkloads',
    summary: 'Take the next workloads of a running engine, the most urgent first',
  })
  @EngineId()
  @ApiOkResponse({ type: [LeasedWorkload], description: 'Empty when nothing waits.' })
  @ApiProblems(400, 404, 409, 413, 415)
  lease(@Param('id') id: string, @Body() body: WorkloadLease): Promise<LeasedWorkload[]> {
    return this.workloads.lease(id, body);
  }

  @Post(':wid/heartbeat')
  @HttpCode(200)
  @Permission('write:engine')
  @ApiOperation({ operationId: 'heartbeatWorkload', summary: 'Prolong the lease of a workload' })
  @WorkloadId()
  @ApiOkResponse({ type: Workload })
  @ApiProblems(400, 404, 409, 413, 415)
  heartbeat(
    @Param('id') id: string,
    @Param('wid') wid: string,
    @Body() body: WorkloadHeartbeat,
  ): Promise<WorkloadResponse> {
    return this.workloads.heartbeat(id, wid, body);
  }

  @Post(':wid/complete')
  @HttpCode(200)
  @Permission('write:engine')
  @ApiOperation({ operationId: 'completeWorkload', summary: 'Say that a leased workload is done' })
  @WorkloadId()
  @ApiOkResponse({ type: Workload })
  @ApiProblems(400, 404, 409, 413, 415)
  complete(
    @Param('id') id: string,
    @Param('wid') wid: string,
    @Body() body: WorkloadCompletion,
  ): Promise<WorkloadResponse> {
    return this.workloads.complete(id, wid, body);
  }

  @Post(':wid/fail')
  @HttpCode(200)
  @Permission('write:engine')
  @ApiOperation({ operationId: 'failWorkload', summary: 'Say that an attempt at a leased workload has failed' })
  @WorkloadId()
  @ApiOkResponse({ type: Workload, description: 'Scheduled for another attempt, or dead.' })
  @ApiProblems(400, 404, 409, 413, 415)
  fail(@Param('id') id: string, @Param('wid') wid: string, @Body() body: WorkloadFailure): Promise<WorkloadResponse> {
    return this.workloads.fail(id, wid, body);
  }

  @Post(':wid/retry')
  @EmptyBody()
  @HttpCode(200)
  @Permission('write:engine')
  @ApiOperation({ operationId: 'retryWorkload', summary: 'Queue a dead letter again, with all its attempts' })
  @WorkloadId()
  @ApiOkResponse({ type: Workload })
  @ApiProblems(400, 404, 409, 413, 415)
  retry(@Param('id') id: string, @Param('wid') wid: string): Promise<WorkloadResponse> {
    return this.workloads.revive(id, wid);
  }
}
