import { Body, Controller, Delete, HttpCode, Param, Patch, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags, IntersectionType } from '@nestjs/swagger'; // prettier-ignore
import type { Request, Response } from 'express';
import { IfMatchHeader } from '../../../entries/http/entries.controller.js';
import { EntryRemoveQuery } from '../../../entries/http/entry-query.dto.js';
import { BodyOf } from '../../../entries/kind/http/body-of.decorator.js';
import { KindPages } from '../../../entries/kind/http/kind-pages.js';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { ifMatch } from '../../../platform/http/etag.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { ConfigKey } from '../config-key.decorator.js';
import { configKind } from '../config.kind.js';
import { ConfigPlaceQuery } from '../read/config-read.dto.js';
import type { Precondition } from './config-target.js';
import { ConfigNew } from './config-write.dto.js';
import { ConfigWriter } from './config-writer.js';

const { classes } = configKind;

export class ConfigRemoveQuery extends IntersectionType(ConfigPlaceQuery, EntryRemoveQuery) {}

/** `If-Match: "3"`, or `If-None-Match: *` for what must not be there. */
export function preconditionOf(request: Request): Precondition {
  const absent = request.headers['if-none-match'];
  if (absent === undefined) return { revision: ifMatch(request) };
  if (absent.trim() !== '*') throw InvalidError.field('If-None-Match', 'of a change must be *');
  return { revision: 0 };
}

@ApiTags('config')
@Permission('write:config')
@Controller('api/v1/config')
export class ConfigWriteController {
  constructor(
    private readonly writer: ConfigWriter,
    private readonly pages: KindPages,
  ) {}

  @Post()
  @ApiOperation({
    operationId: 'createConfig',
    summary: 'Set a value that is not there yet',
    description: '409 when the key has a value in this scope already.',
  })
  @ApiBody({ type: ConfigNew, examples: { typical: { value: configKind.example } } })
  @ApiCreatedResponse({ type: classes.read })
  @ApiProblems(400, 409, 413, 415, 422)
  async create(@Body() body: ConfigNew, @Res({ passthrough: true }) response: Response): Promise<object> {
    const row = await this.writer.register(body);
    response.setHeader('Location', `/api/v1/config/${row.uid}`);
    return this.pages.answer(configKind, row, response);
  }

  @Put(':id')
  @ApiOperation({
    operationId: 'replaceConfig',
    summary: 'Set a value of one scope, made when it is not there',
    description:
      'The scope is the one named, else the nearest of environment, service and user named beside it, else global. Type, validation, default and encryption stay when they are left out.',
  })
  @ConfigKey()
  @IfMatchHeader()
  @ApiHeader({ name: 'If-None-Match', required: false, description: '`*`: only when it is not there.', example: '*' })
  @ApiBody({ type: classes.replace, examples: { typical: { value: { type: 'integer', value: 20, validation: { min: 1, max: 100 } } } } }) // prettier-ignore
  @ApiOkResponse({ type: classes.read })
  @ApiCreatedResponse({ type: classes.read, description: 'It was not there.' })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  async replace(
    @Param('id') id: string,
    @Query() query: ConfigPlaceQuery,
    @BodyOf(classes.replace) body: object,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const { row, made } = await this.writer.put(this.writer.targetOf(id, query), body, preconditionOf(request));
    response.status(made ? 201 : 200);
    if (made) response.setHeader('Location', `/api/v1/config/${row.uid}`);
    return this.pages.answer(configKind, row, response);
  }

  @Patch(':id')
  @ApiOperation({
    operationId: 'patchConfig',
    summary: 'Change a value of one scope by JSON merge patch (RFC 7396)',
  })
  @ConfigKey()
  @IfMatchHeader()
  @ApiBody({ type: classes.patch, examples: { typical: { value: { value: 30, description: 'More traffic.' } } } })
  @ApiOkResponse({ type: classes.read })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  async patch(
    @Param('id') id: string,
    @Query() query: ConfigPlaceQuery,
    @Body() patch: object,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const when = { revision: ifMatch(request) };
    const row = await this.writer.patch(this.writer.targetOf(id, query), id, patch, when);
    return this.pages.answer(configKind, row, response);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteConfig',
    summary: 'Remove the value of one scope; its history stays',
    description: '409 `config.referenced` when it is the last of its key and others refer to it.',
  })
  @ConfigKey()
  @IfMatchHeader()
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409, 412)
  remove(@Param('id') id: string, @Query() query: ConfigRemoveQuery, @Req() request: Request): Promise<void> {
    const when = { revision: ifMatch(request) };
    return this.writer.remove(this.writer.targetOf(id, query), id, query.force === 'true', when);
  }
}
