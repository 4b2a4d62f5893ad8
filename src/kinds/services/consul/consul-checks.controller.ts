import { Body, Controller, HttpCode, Param, Put } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { NotFoundError } from '../../../platform/errors/registry-error.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { RawBody } from '../../../platform/http/raw-body.decorator.js';
import { ConsulDone, ConsulErrors, ConsulToken } from '../../consul/consul-docs.js';
import type { InstanceStatus } from '../instances/instance-row.js';
import { ConsulAgent } from './consul-agent.service.js';
import { reportOf } from './consul-registration.js';
import { ConsulReport } from './consul.dto.js';

const REPORTS = new Map<string, InstanceStatus>([
  ['pass', 'passing'],
  ['warn', 'warning'],
  ['fail', 'critical'],
]);

const CheckId = (): MethodDecorator =>
  ApiParam({ name: 'id', description: 'Of the check.', example: 'service:checkout-1' });

/** Reports are heartbeats, and cost as little. */
@ApiTags('discovery')
@ConsulToken()
@Cost(0)
@Permission('write:service')
@Controller('v1/agent/check')
export class ConsulChecksController {
  constructor(private readonly agent: ConsulAgent) {}

  @Put('update/:id')
  @HttpCode(200)
  @RawBody()
  @ApiOperation({ operationId: 'updateConsulCheck', summary: 'Report how an instance is, by its status' })
  @CheckId()
  @ApiBody({ type: ConsulReport })
  @ConsulDone()
  @ConsulErrors(404, 409)
  update(@Param('id') id: string, @Body() body: unknown): Promise<void> {
    return this.agent.report(id, reportOf(body));
  }

  @Put(':report/:id')
  @HttpCode(200)
  @RawBody()
  @ApiOperation({ operationId: 'reportConsulCheck', summary: 'Report how an instance is, by a word of the path' })
  @ApiParam({ name: 'report', enum: [...REPORTS.keys()], example: 'pass' })
  @CheckId()
  @ConsulDone()
  @ConsulErrors(404, 409)
  report(@Param('report') report: string, @Param('id') id: string): Promise<void> {
    const status = REPORTS.get(report);
    if (!status) throw new NotFoundError('way to report', report);
    return this.agent.report(id, status);
  }
}
