import { Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { assertFresh, etagOf, ifMatch, ifNoneMatch } from '../../platform/http/etag.js';
import { sendPage } from '../../platform/http/paging.js';
import { validated } from '../../platform/http/validation.pipe.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { callerOf } from '../caller.js';
import { SealedAnswer } from '../../platform/http/sealed-answer.decorator.js';
import { ApiKeyList } from './api-key.list.js';
import { ApiKey, ApiKeyCreate, ApiKeyMade, ApiKeyPatch, ApiKeyQuery, ApiKeyRotated, KeyRotate } from './api-key.dto.js';
import { toApiKeyResponse } from './api-key-response.js';
import { KeyRotation } from './key-rotation.js';
import { KeysService } from './keys.service.js';

const KeyId = (): MethodDecorator => ApiParam({ name: 'id', example: '0192f7c1-8c1a-7d3e-9b1f-2f6f2d1c0a55' });

@ApiTags('gateway')
@Permission('admin:keys')
@Controller('api/v1/gateway/keys')
export class KeysController {
  constructor(
    private readonly keys: KeysService,
    private readonly rotation: KeyRotation,
    private readonly pages: ApiKeyList,
  ) {}

  @Post()
  @SealedAnswer()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ operationId: 'createKey', summary: 'Make an API key; the answer is the only one that shows it' })
  @ApiCreatedResponse({ type: ApiKeyMade })
  @ApiProblems(400, 409, 422)
  async create(@Body() body: ApiKeyCreate, @Res({ passthrough: true }) response: Response): Promise<ApiKeyMade> {
    const { row, key } = await this.keys.make(body, callerOf());
    response.setHeader('Location', `/api/v1/gateway/keys/${row.id}`);
    response.setHeader('ETag', etagOf(row.revision));
    return { ...toApiKeyResponse(row), key };
  }

  @Get()
  @ApiOperation({ operationId: 'listKeys', summary: 'List API keys, newest first' })
  @ApiOkResponse({ type: [ApiKey] })
  @ApiProblems(400)
  async list(
    @Query() query: ApiKeyQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ApiKey[]> {
    const page = await this.pages.page(query);
    return sendPage(request, response, { ...page, rows: page.rows.map(toApiKeyResponse) });
  }

  @Get(':id')
  @KeyId()
  @ApiOperation({ operationId: 'getKey', summary: 'Get an API key: what it may do and how it is used' })
  @ApiOkResponse({ type: ApiKey })
  @ApiProblems(404)
  async get(
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ApiKey | undefined> {
    const row = await this.keys.get(id);
    return ifNoneMatch(request, response, row.revision) ? undefined : toApiKeyResponse(row);
  }

  @Patch(':id')
  @KeyId()
  @ApiOperation({
    operationId: 'updateKey',
    summary: 'Change an API key by JSON merge patch; in force at once, everywhere',
  })
  @ApiOkResponse({ type: ApiKey })
  @ApiProblems(400, 404, 409, 412)
  async patch(
    @Param('id') id: string,
    @Body() body: ApiKeyPatch,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ApiKey> {
    const expected = ifMatch(request);
    const row = await this.keys.patch(id, body, callerOf(), ({ revision }) => assertFresh(expected, revision));
    response.setHeader('ETag', etagOf(row.revision));
    return toApiKeyResponse(row);
  }

  @Delete(':id')
  @KeyId()
  @HttpCode(204)
  @ApiOperation({ operationId: 'revokeKey', summary: 'Revoke an API key and every token made from it, for ever' })
  @ApiNoContentResponse({ description: 'Revoked.' })
  @ApiProblems(400, 404, 409, 412)
  async revoke(@Param('id') id: string, @Req() request: Request): Promise<void> {
    const expected = ifMatch(request);
    await this.keys.revoke(id, ({ revision }) => assertFresh(expected, revision));
  }

  @Post(':id/rotate')
  @KeyId()
  @SealedAnswer()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'rotateKey',
    summary: 'Make a key that takes the place of this one, which works on until the grace ends',
  })
  @ApiBody({ type: KeyRotate, required: false })
  @ApiCreatedResponse({ type: ApiKeyRotated })
  @ApiProblems(400, 404, 409, 412, 422)
  async rotate(
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ApiKeyRotated> {
    const body = validated(KeyRotate, request.body ?? {});
    const expected = ifMatch(request);
    const check = ({ revision }: { revision: number }): void => assertFresh(expected, revision);
    const { row, key, former } = await this.rotation.rotate(id, body, callerOf(), check);
    response.setHeader('Location', `/api/v1/gateway/keys/${row.id}`);
    response.setHeader('ETag', etagOf(row.revision));
    return { ...toApiKeyResponse(row), key, former_expires_at: former.expires_at! };
  }

  @Post(':id/rotate/complete')
  @KeyId()
  @HttpCode(200)
  @ApiOperation({ operationId: 'completeKeyRotation', summary: 'End the grace of a rotation: the old key ends now' })
  @ApiOkResponse({ type: ApiKey })
  @ApiProblems(400, 404, 409, 422)
  async complete(@Param('id') id: string): Promise<ApiKey> {
    return toApiKeyResponse(await this.rotation.complete(id));
  }
}
