import { Controller, Delete, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';

import { Permission } from '../../../platform/http/permission.decorator.js';

import { IfMatchHeader } from '../../http/entries.controller.js';
import { EntryRemoveQuery } from '../../http/entry-query.dto.js';
import type { Kind } from '../kind.js';
import { named } from '../kind-classes.js';
import { KindEntriesService } from '../kind-entries.service.js';
import { BodyOf } from './body-of.decorator.js';
import { freshRow } from './fresh-row.js';
import { KindId } from './kind-id.decorator.js';
import { KindPages } from './kind-pages.js';

/** Registering and removing entries of one kind on its own path. */
export function kindRegisterController(kind: Kind): Type {
  const { one, title, name, path, classes } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}`)
  class KindRegisterController {
    constructor(
      private readonly entries: KindEntriesService,
      private readonly pages: KindPages,
    ) {}

    @Post()
    @Permission(`write:${name}`)
    @ApiOperation({ operationId: `create${title}`, summary: `Register ${one}` })
    @ApiBody({ type: classes.create, examples: { typical: { value: kind.example } } })
    @ApiCreatedResponse({ type: classes.read })
    @ApiProblems(400, 409, 413, 415, 422)
    async create(
      @BodyOf(classes.create) body: object,
      @Res({ passthrough: true }) response: Response,
    ): Promise<object> {
      const row = await this.entries.register(kind, body);
      response.setHeader('Location', `/api/v1/${path}/${row.uid}`);
      return this.pages.answer(kind, row, response);
    }

    @Delete(':id')
    @HttpCode(204)
    @Permission(`write:${name}`)
    @ApiOperation({ operationId: `delete${title}`, summary: `Remove ${one} and its relationships` })
    @KindId(kind)
    @IfMatchHeader()
    @ApiNoContentResponse()
    @ApiProblems(400, 404, 409, 412)
    remove(@Param('id') id: string, @Query() query: EntryRemoveQuery, @Req() request: Request): Promise<void> {
      return this.entries.remove(kind, id, query.force === 'true', freshRow(request));
    }
  }
  return named(`${title}RegisterController`, KindRegisterController);
}
