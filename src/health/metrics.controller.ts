import { Controller, Get, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import type { Response } from 'express';
import { Cost } from '../platform/http/cost.decorator.js';
import { Metrics } from '../platform/http/metrics.js';
import { Permission, Public } from '../platform/http/permission.decorator.js';

const EXAMPLE = '# TYPE registry_entities_total untyped\nregistry_entities_total 63436\n';

/** `GET /metrics`, open to everyone or to holders of `read:metrics`. A class per application: the module writes its path on it. */
export function metricsController(open: boolean): Type<PrometheusController> {
  @ApiTags('operations')
  @Controller()
  class MetricsController extends PrometheusController {
    constructor(private readonly metrics: Metrics) {
      super();
    }

    // Whoever watches a fleet asks each process four times a minute, and must not go blind for a quota.
    @Get()
    @Cost(0)
    @(open ? Public() : Permission('read:metrics'))
    @ApiOperation({ operationId: 'getMetrics', summary: 'Metrics in the text format of Prometheus' })
    @ApiOkResponse({
      description: 'One metric a line.',
      content: { 'text/plain': { schema: { type: 'string', example: EXAMPLE } } },
    })
    override async index(@Res({ passthrough: true }) response: Response): Promise<string> {
      response.setHeader('Content-Type', this.metrics.registry.contentType);
      return this.metrics.registry.metrics();
    }
  }
  return MetricsController;
}
