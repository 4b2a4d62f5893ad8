import { Body, Controller, Get, Param, Put, Req, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { etagOf, ifNoneMatch } from '../../../platform/http/etag.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { IfMatchHeader } from '../../http/entries.controller.js';
import { CONFIG_EXAMPLE, EntryConfigAnswer } from '../config/entry-config.dto.js';
import { EntryConfigs, assertConfig } from '../config/entry-configs.service.js';
import type { EntryConfig } from '../config/entry-configs.service.js';
import type { Kind } from '../kind.js';
import { named } from '../kind-classes.js';
import { KindEntriesService } from '../kind-entries.service.js';
import { freshRow } from './fresh-row.js';
import { KindId } from './kind-id.decorator.js';

const answerOf = ({ updated_at, ...config }: EntryConfig): EntryConfigAnswer => ({
  ...config,
  updated_at: updated_at?.toISOString() ?? null,
});

/** Settings of entries of one kind. */
export function kindConfigController(kind: Kind): Type {
  const { one, title, name, path } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}/:id/config`)
  class KindConfigController {
    constructor(
      private readonly entries: KindEntriesService,
      private readonly configs: EntryConfigs,
    ) {}

    @Get()
    @Permission(`read:${name}`)
    @ApiOperation({ operationId: `get${title}Config`, summary: `Settings of ${one}` })
    @KindId(kind)
    @ApiOkResponse({ type: EntryConfigAnswer })
    @ApiProblems(400, 404)
    async get(
      @Param('id') id: string,
      @Req() request: Request,
      @Res({ passthrough: true }) response: Response,
    ): Promise<EntryConfigAnswer | undefined> {
      const config = await this.configs.get((await this.entries.resolve(kind, id)).id);
      return ifNoneMatch(request, response, config.revision) ? undefined : answerOf(config);
    }

    @Put()
    @Permission(`write:${name}`)
    @ApiOperation({ operationId: `replace${title}Config`, summary: `Replace the settings of ${one}` })
    @KindId(kind)
    @IfMatchHeader()
    @ApiBody({
      description: 'The settings themselves: a free object of at most 64 KiB.',
      schema: { type: 'object', additionalProperties: true, example: CONFIG_EXAMPLE },
    })
    @ApiOkResponse({ type: EntryConfigAnswer })
    @ApiProblems(400, 404, 412, 413, 415)
    async replace(
      @Param('id') id: string,
      @Body() body: unknown,
      @Req() request: Request,
      @Res({ passthrough: true }) response: Response,
    ): Promise<EntryConfigAnswer> {
      assertConfig(body);
      const entry = await this.entries.resolve(kind, id);
      const config = await this.configs.replace(entry.id, body, freshRow(request));
      response.setHeader('ETag', etagOf(config.revision));
      return answerOf(config);
    }
  }
  return named(`${title}ConfigController`, KindConfigController);
}
