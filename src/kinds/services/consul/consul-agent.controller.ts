import { Body, Controller, Get, HttpCode, Param, Put, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiExtraModels,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { RawBody } from '../../../platform/http/raw-body.decorator.js';
import { ConsulDone, ConsulErrors, ConsulText, ConsulToken } from '../../consul/consul-docs.js';
import { ConsulQuery } from '../../consul/consul-query.js';
import { ConsulAgent } from './consul-agent.service.js';
import { ConsulReader } from './consul-reader.js';
import { ConsulCheckAnswer, ConsulService } from './consul.dto.js';
import { ConsulRegistration } from './consul-registration.dto.js';
import { registrationOf } from './consul-registration.js';

const ServiceId = (): MethodDecorator =>
  ApiParam({ name: 'id', description: 'Of the instance.', example: 'checkout-1' });
const byId = (type: new () => object): object => ({ type: 'object', additionalProperties: { $ref: getSchemaPath(type) }, example: {} }); // prettier-ignore

/** Consul's agent: there is one, for the services of the whole registry. */
@ApiTags('discovery')
@ApiExtraModels(ConsulService, ConsulCheckAnswer)
@ConsulToken()
@Controller('v1/agent')
export class ConsulAgentController {
  constructor(
    private readonly agent: ConsulAgent,
    private readonly reader: ConsulReader,
  ) {}

  @Put('service/register')
  @HttpCode(200)
  @RawBody()
  @Permission('write:service')
  @ApiOperation({ operationId: 'registerConsulService', summary: 'Register an instance as at an agent of Consul' })
  @ApiBody({ type: ConsulRegistration })
  @ConsulDone()
  @ConsulErrors(404, 409, 422, 429)
  async register(@Body() body: unknown, @Req() request: Request): Promise<void> {
    new ConsulQuery(request);
    await this.agent.register(registrationOf(body, request.ip));
  }

  @Put('service/deregister/:id')
  @HttpCode(200)
  @RawBody()
  @Permission('write:service')
  @ApiOperation({ operationId: 'deregisterConsulService', summary: 'Take an instance away' })
  @ServiceId()
  @ConsulDone()
  @ConsulErrors(404, 409, 429)
  deregister(@Param('id') id: string): Promise<void> {
    return this.agent.deregister(id);
  }

  @Put('service/maintenance/:id')
  @HttpCode(200)
  @RawBody()
  @Permission('write:service')
  @ApiOperation({
    operationId: 'maintainConsulService',
    summary: 'Drain an instance, or end that',
    description: 'No report undoes it. A reason is not kept.',
  })
  @ServiceId()
  @ConsulText('enable', 'true')
  @ConsulDone()
  @ConsulErrors(404, 409, 429)
  async maintain(@Param('id') id: string, @Req() request: Request): Promise<void> {
    const query = new ConsulQuery(request);
    if (query.text('enable') === undefined) throw InvalidError.field('enable', 'must be given');
    await this.agent.maintain(id, query.flag('enable'));
  }

  @Get('services')
  @Permission('read:service')
  @ApiOperation({ operationId: 'listConsulAgentServices', summary: 'List all instances by their ids' })
  @ApiOkResponse({ schema: byId(ConsulService) })
  @ConsulErrors(429)
  services(@Req() request: Request, @Res() response: Response): void {
    new ConsulQuery(request);
    this.reader.agentServices(response);
  }

  @Get('checks')
  @Permission('read:service')
  @ApiOperation({ operationId: 'listConsulAgentChecks', summary: 'List all checks by their ids' })
  @ApiOkResponse({ schema: byId(ConsulCheckAnswer) })
  @ConsulErrors(429)
  checks(@Req() request: Request, @Res() response: Response): void {
    new ConsulQuery(request);
    this.reader.agentChecks(response);
  }
}
