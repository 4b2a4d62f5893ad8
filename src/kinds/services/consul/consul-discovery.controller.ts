import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { sendConsul } from '../../consul/consul-answer.js';
import { ConsulBlocking, ConsulErrors, ConsulText, ConsulToken, INDEX_HEADER } from '../../consul/consul-docs.js';
import { ConsulReader } from './consul-reader.js';
import { ConsulCatalogService, ConsulCheckAnswer, ConsulHealthEntry } from './consul.dto.js';

const STATES = ['any', 'passing', 'warning', 'critical'];

const Name = (): MethodDecorator => ApiParam({ name: 'name', description: 'Of the service.', example: 'checkout' });
const Tag = (): MethodDecorator => ConsulText('tag', 'canary', 'Of instances; repeatable, all must match.');

/** Who is where, in Consul's words. A service that is unknown has no instances: that is no error there. */
@ApiTags('discovery')
@ConsulToken()
@Permission('read:service')
@Controller('v1')
export class ConsulDiscoveryController {
  constructor(private readonly reader: ConsulReader) {}

  @Get('health/service/:name')
  @ApiOperation({
    operationId: 'getConsulServiceHealth',
    summary: 'Find or watch the instances of a service with their checks',
  })
  @Name()
  @ConsulText('passing', 'true', 'Only those that pass and are not in maintenance.')
  @Tag()
  @ConsulBlocking()
  @ApiOkResponse({ type: [ConsulHealthEntry], headers: INDEX_HEADER })
  @ConsulErrors(404, 429)
  health(@Param('name') name: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    return this.reader.health(name, request, response);
  }

  @Get('health/checks/:name')
  @ApiOperation({ operationId: 'listConsulServiceChecks', summary: 'List or watch the checks of a service' })
  @Name()
  @ConsulBlocking()
  @ApiOkResponse({ type: [ConsulCheckAnswer], headers: INDEX_HEADER })
  @ConsulErrors(404, 429)
  checks(@Param('name') name: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    return this.reader.checks(name, request, response);
  }

  @Get('health/state/:state')
  @ApiOperation({ operationId: 'listConsulChecksByState', summary: 'List or watch the checks that are in a state' })
  @ApiParam({ name: 'state', enum: STATES, example: 'critical' })
  @ConsulBlocking()
  @ApiOkResponse({ type: [ConsulCheckAnswer], headers: INDEX_HEADER })
  @ConsulErrors(404, 429)
  state(@Param('state') state: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    if (!STATES.includes(state)) throw InvalidError.field('state', `must be one of ${STATES.join(', ')}`);
    return this.reader.state(state, request, response);
  }

  @Get('catalog/services')
  @ApiOperation({ operationId: 'listConsulServices', summary: 'List or watch the names of services, each with the tags of its instances' }) // prettier-ignore
  @ConsulBlocking()
  @ApiOkResponse({
    schema: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } }, example: { checkout: ['canary'] } }, // prettier-ignore
    headers: INDEX_HEADER,
  })
  @ConsulErrors(429)
  services(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.reader.services(request, response);
  }

  @Get('catalog/service/:name')
  @ApiOperation({
    operationId: 'getConsulService',
    summary: 'Find or watch the instances of a service, however they are',
  })
  @Name()
  @Tag()
  @ConsulBlocking()
  @ApiOkResponse({ type: [ConsulCatalogService], headers: INDEX_HEADER })
  @ConsulErrors(404, 429)
  service(@Param('name') name: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    return this.reader.catalog(name, request, response);
  }

  @Get('status/leader')
  @ApiOperation({ operationId: 'getConsulLeader', summary: 'Ask whether Consul has a leader, as its clients do to see that it is well' }) // prettier-ignore
  @ApiOkResponse({ schema: { type: 'string', example: '127.0.0.1:8300' } })
  @ConsulErrors(429)
  leader(@Res() response: Response): void {
    sendConsul(response, JSON.stringify('127.0.0.1:8300'));
  }
}
