import { Body, Controller, Delete, Get, Param, Put, Req, Res, applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels, ApiOkResponse, ApiOperation, ApiParam, ApiTags, getSchemaPath } from '@nestjs/swagger'; // prettier-ignore
import type { Request, Response } from 'express';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { RawBody } from '../../../platform/http/raw-body.decorator.js';
import { sendConsul } from '../../consul/consul-answer.js';
import { ConsulBlocking, ConsulErrors, ConsulText, ConsulToken, INDEX_HEADER } from '../../consul/consul-docs.js';
import { ConsulPair } from './consul-kv.dto.js';
import { ConsulKv } from './consul-kv.js';
import { ConsulKvWriter } from './consul-kv-writer.js';

const Key = (): MethodDecorator =>
  ApiParam({ name: 'key', description: 'With its slashes as they are.', example: 'app/db/pool' });
const Cas = (): MethodDecorator =>
  ConsulText('cas', '42', 'Only if it is at this `ModifyIndex`; 0: if it is not there.');
const Whether = (): MethodDecorator => ApiOkResponse({ schema: { type: 'boolean', example: true }, description: 'False when a comparison fails.' }); // prettier-ignore

const BYTES = { type: 'string', format: 'binary' } as const;

const Pairs = (): MethodDecorator =>
  applyDecorators(
    ConsulText('keys', 'true', 'Only the names of keys that begin so.'),
    ConsulText('separator', '/', 'With `keys`: each only up to it.'),
    ConsulText('recurse', 'true', 'All that begin so.'),
    ConsulText('raw', 'true', 'The bytes of the value alone.'),
    ConsulBlocking(),
    ApiOkResponse({
      headers: INDEX_HEADER,
      content: {
        'application/json': {
          schema: { type: 'array', items: { anyOf: [{ $ref: getSchemaPath(ConsulPair) }, { type: 'string' }] } },
          example: [{ LockIndex: 0, Key: 'app/db/pool', Flags: 0, Value: 'MjA=', CreateIndex: 41, ModifyIndex: 42 }],
        },
        'application/octet-stream': { schema: BYTES, example: '20' },
      },
    }),
    ConsulErrors(404, 422, 429),
  );

/** Consul's key-value store, over the global values of configuration. */
@ApiTags('config')
@ApiExtraModels(ConsulPair)
@ConsulToken()
@Controller('v1/kv')
export class ConsulKvController {
  constructor(
    private readonly kv: ConsulKv,
    private readonly writer: ConsulKvWriter,
  ) {}

  @Get()
  @Permission('read:config')
  @ApiOperation({
    operationId: 'listConsulKeys',
    summary: 'List or watch all keys, or all pairs, by `keys` or `recurse`',
  })
  @Pairs()
  all(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.kv.read('', request, response);
  }

  @Get(':key')
  @Permission('read:config')
  @ApiOperation({
    operationId: 'getConsulKey',
    summary: 'Get or watch the value of a key, or of all that begin with it',
  })
  @Key()
  @Pairs()
  get(@Param('key') key: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    return this.kv.read(key, request, response);
  }

  @Put(':key')
  @RawBody()
  @Permission('write:config')
  @ApiOperation({ operationId: 'putConsulKey', summary: 'Set the value of a key' })
  @Key()
  @Cas()
  @ConsulText('flags', '42', 'A number of 64 bits that is kept beside.')
  @ApiConsumes('application/octet-stream')
  @ApiBody({ required: false, schema: BYTES, examples: { typical: { value: '20' } } })
  @Whether()
  @ConsulErrors(404, 409, 422, 429)
  async put(
    @Param('key') key: string,
    @Body() body: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    sendConsul(response, String(await this.writer.put(key, body, request)));
  }

  @Delete(':key')
  @RawBody()
  @Permission('write:config')
  @ApiOperation({ operationId: 'deleteConsulKey', summary: 'Remove a key, or all that begin with it' })
  @Key()
  @Cas()
  @ConsulText('recurse', 'true', 'All that begin so.')
  @ConsulText('force', 'true', 'Also what others refer to.')
  @Whether()
  @ConsulErrors(404, 409, 422, 429)
  async remove(@Param('key') key: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    sendConsul(response, String(await this.writer.remove(key, request)));
  }
}
