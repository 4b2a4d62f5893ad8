import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import type { EntryFilterQuery } from '../../../entries/http/entry-query.dto.js';
import { QueryOf } from '../../../entries/kind/http/body-of.decorator.js';
import { KindPages } from '../../../entries/kind/http/kind-pages.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { ConfigKey } from '../config-key.decorator.js';
import { configKind } from '../config.kind.js';
import { ConfigReadQuery, ConfigResolvedQuery, ConfigValue, ResolvedConfig } from './config-read.dto.js';
import { ConfigReader } from './config-reader.js';

const { classes } = configKind;

@ApiTags('config')
@Controller('api/v1/config')
export class ConfigReadController {
  constructor(
    private readonly reader: ConfigReader,
    private readonly pages: KindPages,
  ) {}

  @Get()
  @Permission('read:config')
  @ApiOperation({ operationId: 'listConfigs', summary: 'List configuration values of all scopes by filters' })
  @ApiOkResponse({ type: [classes.read] })
  @ApiProblems(400)
  list(
    @QueryOf(classes.query) query: EntryFilterQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object[]> {
    return this.pages.send(configKind, query, request, response);
  }

  @Get('resolved')
  @Permission('read:config')
  @ApiOperation({
    operationId: 'getResolvedConfig',
    summary: 'Get the whole configuration as it holds for an environment, service and user',
    description:
      'Of each key the nearest value, references replaced. Answered from memory; 304 while nothing has changed. Secrets are in the clear with `read:secrets`, which is recorded.',
  })
  @ApiOkResponse({ type: [ResolvedConfig] })
  @ApiProblems(400, 422)
  resolved(@Query() query: ConfigResolvedQuery, @Req() request: Request, @Res() response: Response): Promise<void> {
    return this.reader.sendAll(query, request, response);
  }

  @Get(':id')
  @Permission('read:config')
  @ApiOperation({
    operationId: 'getConfig',
    summary: 'Get a value: the nearest of a context, or that of one scope',
    description:
      'By key the nearest value wins: user, service, environment, global; references are replaced. By id, by `key@scope` or with `scope` it is that one value, as it is written. Answered from memory.',
  })
  @ConfigKey()
  @ApiOkResponse({ type: ConfigValue })
  @ApiProblems(400, 404, 422)
  get(
    @Param('id') id: string,
    @Query() query: ConfigReadQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> | void {
    return this.reader.send(id, query, request, response);
  }
}
