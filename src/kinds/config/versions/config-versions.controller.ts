import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { IfMatchHeader } from '../../../entries/http/entries.controller.js';
import { KindPages } from '../../../entries/kind/http/kind-pages.js';
import { NotFoundError } from '../../../platform/errors/registry-error.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { ifMatch } from '../../../platform/http/etag.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { ConfigKey } from '../config-key.decorator.js';
import { configKind } from '../config.kind.js';
import { ConfigPlaceQuery } from '../read/config-read.dto.js';
import { ConfigWriter } from '../write/config-writer.js';
import { ConfigDiff, ConfigDiffQuery, ConfigHistoryQuery, ConfigRollback, ConfigRolledBack, ConfigVersion, MOST_VERSION } from './config-versions.dto.js'; // prettier-ignore
import { ConfigVersions } from './config-versions.service.js';

const versionOf = (text: string): number => {
  const version = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Infinity;
  if (version > MOST_VERSION) throw new NotFoundError('version', text, 'config_version.not_found');
  return version;
};

@ApiTags('config')
@Controller('api/v1/config/:id')
export class ConfigVersionsController {
  constructor(
    private readonly versions: ConfigVersions,
    private readonly writer: ConfigWriter,
    private readonly pages: KindPages,
  ) {}

  @Get('history')
  @Permission('read:config')
  @ApiOperation({
    operationId: 'listConfigVersions',
    summary: 'List the versions of a value, the newest first',
    description: 'Append-only: it goes on where a value was removed and set again. Encrypted values are masked.',
  })
  @ConfigKey()
  @ApiOkResponse({ type: [ConfigVersion] })
  @ApiProblems(400, 404)
  list(@Param('id') id: string, @Query() query: ConfigHistoryQuery): Promise<ConfigVersion[]> {
    const { limit, offset, ...place } = query;
    return this.versions.list(this.writer.targetOf(id, place), id, { limit, offset });
  }

  @Get('versions/:version')
  @Permission('read:config')
  @ApiOperation({
    operationId: 'getConfigVersion',
    summary: 'Get one version of a value',
    description: 'Encrypted ones in the clear with `read:secrets`, which is recorded.',
  })
  @ConfigKey()
  @ApiParam({ name: 'version', type: 'integer', example: 1 })
  @ApiOkResponse({ type: ConfigVersion })
  @ApiProblems(400, 404)
  async get(
    @Param('id') id: string,
    @Param('version') version: string,
    @Query() query: ConfigPlaceQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConfigVersion> {
    const found = await this.versions.get(this.writer.targetOf(id, query), id, versionOf(version));
    if (found.revealed) response.setHeader('Cache-Control', 'no-store');
    return found.version;
  }

  @Get('diff')
  @Permission('read:config')
  @ApiOperation({ operationId: 'diffConfigVersions', summary: 'Tell what differs between two versions of a value' })
  @ConfigKey()
  @ApiOkResponse({ type: ConfigDiff })
  @ApiProblems(400, 404)
  diff(@Param('id') id: string, @Query() query: ConfigDiffQuery): Promise<ConfigDiff> {
    const { from, to, ...place } = query;
    return this.versions.diff(this.writer.targetOf(id, place), id, from, to);
  }

  @Post('rollback')
  @HttpCode(200)
  @Permission('write:config')
  @ApiOperation({
    operationId: 'rollbackConfig',
    summary: 'Make what a former version was a new version',
    description: 'Also of a value that was removed. No version is lost, and what was encrypted stays so.',
  })
  @ConfigKey()
  @IfMatchHeader()
  @ApiOkResponse({ type: ConfigRolledBack })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  async rollback(
    @Param('id') id: string,
    @Query() query: ConfigPlaceQuery,
    @Body() { version, comment }: ConfigRollback,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConfigRolledBack> {
    const target = this.writer.targetOf(id, query);
    const when = { revision: ifMatch(request) };
    const { row, name, current } = await this.versions.rollback(target, id, version, comment ?? null, when);
    const shown = row ? await this.pages.answer(configKind, row, response) : null;
    return { name, version, current_version: current, value_entry: shown };
  }
}
