import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { ifNoneMatch } from '../../../platform/http/etag.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { EntryAccess } from '../../entry-access.js';
import type { EntryFilterQuery } from '../../http/entry-query.dto.js';
import type { Kind } from '../kind.js';
import { named } from '../kind-classes.js';
import { KindEntriesService } from '../kind-entries.service.js';
import { QueryOf } from './body-of.decorator.js';
import { KindId } from './kind-id.decorator.js';
import { KindPages } from './kind-pages.js';

/** Reading entries of one kind on its own path. */
export function kindReadController(kind: Kind): Type {
  const { one, title, plural, name, path, classes } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}`)
  class KindReadController {
    constructor(
      private readonly entries: KindEntriesService,
      private readonly pages: KindPages,
      private readonly access: EntryAccess,
    ) {}

    @Get()
    @Permission(`read:${name}`)
    @ApiOperation({ operationId: `list${plural}`, summary: `List ${path} by filters` })
    @ApiOkResponse({ type: [classes.read] })
    @ApiProblems(400)
    list(
      @QueryOf(classes.query) query: EntryFilterQuery,
      @Req() request: Request,
      @Res({ passthrough: true }) response: Response,
    ): Promise<object[]> {
      return this.pages.send(kind, query, request, response);
    }

    @Get(':id')
    @Permission(`read:${name}`)
    @ApiOperation({ operationId: `get${title}`, summary: `Get ${one} by id, key or name` })
    @KindId(kind)
    @ApiOkResponse({ type: classes.read })
    @ApiProblems(400, 404)
    async get(
      @Param('id') id: string,
      @Req() request: Request,
      @Res({ passthrough: true }) response: Response,
    ): Promise<object | undefined> {
      const row = await this.entries.get(kind, id);
      this.access.note(row.id);
      return ifNoneMatch(request, response, row.revision) ? undefined : this.pages.answer(kind, row, response);
    }
  }
  return named(`${title}ReadController`, KindReadController);
}
