import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { InstanceQuery } from '../discovery/discovery.dto.js';
import { Discovery } from '../discovery/discovery.service.js';
import { ServicePlaces } from '../discovery/service-places.js';
import { serviceKind } from '../service.kind.js';
import { Heartbeats } from '../liveness/heartbeats.js';
import { ServiceHeartbeat, ServiceHeartbeatAnswer, ServiceInstance, ServiceInstanceChange, ServiceInstanceCreate, ServiceInstanceDetail } from './instance.dto.js'; // prettier-ignore
import type { InstanceResponse } from './instance-row.js';
import { InstancesService } from './instances.service.js';

const InstanceId = (): MethodDecorator =>
  ApiParam({ name: 'instance', description: 'Id of the instance in its service.', example: 'checkout-7f9c-x2x' });

@ApiTags('services')
@Controller('api/v1/services/:id/instances')
export class InstancesController {
  constructor(
    private readonly places: ServicePlaces,
    private readonly discovery: Discovery,
    private readonly service: InstancesService,
    private readonly heartbeats: Heartbeats,
  ) {}

  @Get()
  @Permission('read:service')
  @ApiOperation({
    operationId: 'listServiceInstances',
    summary: 'List or watch the instances of a service',
    description:
      'Answered from memory, at most a second behind. With `wait` and the `index` of the answer before it comes when there is another answer; when the index went back, at once.',
  })
  @KindId(serviceKind)
  @ApiOkResponse({
    type: [ServiceInstance],
    headers: {
      'X-Index': { description: 'Counts the changes of this service.', schema: { type: 'integer' } },
      'X-Discovery-Guard': { description: 'While silent instances are kept: until when.', schema: { type: 'string' } },
    },
  })
  @ApiProblems(400, 404)
  list(@Param('id') id: string, @Query() query: InstanceQuery, @Res() response: Response): Promise<void> {
    return this.discovery.instances(id, query, response);
  }

  @Post()
  @Permission('write:service')
  @ApiOperation({
    operationId: 'registerServiceInstance',
    summary: 'Register an instance; the same host and port again is the same instance',
  })
  @KindId(serviceKind)
  @ApiBody({
    type: ServiceInstanceCreate,
    examples: { typical: { value: { host: '10.0.3.17', port: 8080, zone: 'eu-central-1a', ttl_seconds: 15 } } },
  })
  @ApiCreatedResponse({ type: ServiceInstance })
  @ApiOkResponse({ type: ServiceInstance, description: 'It was there.' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async register(
    @Param('id') id: string,
    @Body() body: ServiceInstanceCreate,
    @Res({ passthrough: true }) response: Response,
  ): Promise<InstanceResponse> {
    const { instance, made } = await this.service.register(await this.places.idOf(id), body);
    response.status(made ? 201 : 200);
    response.setHeader(
      'Location',
      `/api/v1/services/${instance.service_id}/instances/${encodeURIComponent(instance.id)}`,
    );
    return instance;
  }

  @Get(':instance')
  @Permission('read:service')
  @ApiOperation({ operationId: 'getServiceInstance', summary: 'Get an instance with its last heartbeat' })
  @KindId(serviceKind)
  @InstanceId()
  @ApiOkResponse({ type: ServiceInstanceDetail })
  @ApiProblems(400, 404)
  async get(@Param('id') id: string, @Param('instance') instance: string): Promise<ServiceInstanceDetail> {
    return this.service.detail(await this.places.idOf(id), instance);
  }

  @Put(':instance')
  @Permission('write:service')
  @ApiOperation({
    operationId: 'changeServiceInstance',
    summary: 'Change weight, zone, tags, metadata or times of an instance, or drain it',
    description: 'What is left out stays as it is.',
  })
  @KindId(serviceKind)
  @InstanceId()
  @ApiOkResponse({ type: ServiceInstance })
  @ApiProblems(400, 404, 413, 415)
  async change(
    @Param('id') id: string,
    @Param('instance') instance: string,
    @Body() body: ServiceInstanceChange,
  ): Promise<InstanceResponse> {
    return this.service.change(await this.places.idOf(id), instance, body);
  }

  @Put(':instance/heartbeat')
  @Cost(0)
  @Permission('write:service')
  @ApiOperation({
    operationId: 'beatServiceInstance',
    summary: 'Say that an instance is alive, and how it is doing',
    description: 'Takes nothing from the quota. 404 means: register again.',
  })
  @KindId(serviceKind)
  @InstanceId()
  @ApiBody({ type: ServiceHeartbeat, required: false })
  @ApiOkResponse({ type: ServiceHeartbeatAnswer })
  @ApiProblems(400, 404, 413, 415)
  beat(
    @Param('id') id: string,
    @Param('instance') instance: string,
    @Body() body: object | undefined,
  ): ServiceHeartbeatAnswer | Promise<ServiceHeartbeatAnswer> {
    return this.heartbeats.beat(id, instance, body);
  }

  @Delete(':instance')
  @HttpCode(204)
  @Permission('write:service')
  @ApiOperation({ operationId: 'removeServiceInstance', summary: 'Take an instance out of its service' })
  @KindId(serviceKind)
  @InstanceId()
  @ApiNoContentResponse()
  @ApiProblems(400, 404)
  async remove(@Param('id') id: string, @Param('instance') instance: string): Promise<void> {
    await this.service.remove(await this.places.idOf(id), instance);
  }
}
