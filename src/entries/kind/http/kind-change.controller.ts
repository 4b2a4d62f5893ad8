import { Body, Controller, Param, Patch, Put, Req, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';

import { Permission } from '../../../platform/http/permission.decorator.js';

import { IfMatchHeader } from '../../http/entries.controller.js';

import type { Kind } from '../kind.js';
import { named } from '../kind-classes.js';
import { KindEntriesService } from '../kind-entries.service.js';
import { BodyOf } from './body-of.decorator.js';
import { freshRow } from './fresh-row.js';
import { KindId } from './kind-id.decorator.js';
import { KindPages } from './kind-pages.js';

/** Changing entries of one kind on its own path. */
/** What every kind has; null takes away. */
const PATCH = { owner: 'team-payments', tags: ['payments', 'critical'], description: null };

export function kindChangeController(kind: Kind): Type {
  const { one, title, name, path, classes } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}/:id`)
  class KindChangeController {
    constructor(
      private readonly entries: KindEntriesService,
      private readonly pages: KindPages,
    ) {}

    @Put()
    @Permission(`write:${name}`)
    @ApiOperation({ operationId: `replace${title}`, summary: `Replace the writable part of ${one}` })
    @KindId(kind)
    @IfMatchHeader()
    @ApiBody({ type: classes.replace, examples: { typical: { value: kind.example } } })
    @ApiOkResponse({ type: classes.read })
    @ApiProblems(400, 404, 409, 412, 413, 415, 422)
    async replace(
      @Param('id') id: string,
      @BodyOf(classes.replace) body: object,
      @Req() request: Request,
      @Res({ passthrough: true }) response: Response,
    ): Promise<object> {
      return this.pages.answer(kind, await this.entries.replace(kind, id, body, freshRow(request)), response);
    }

    @Patch()
    @Permission(`write:${name}`)
    @ApiOperation({ operationId: `patch${title}`, summary: `Change ${one} by JSON merge patch (RFC 7396)` })
    @KindId(kind)
    @IfMatchHeader()
    @ApiBody({ type: classes.patch, examples: { typical: { value: PATCH } } })
    @ApiOkResponse({ type: classes.read })
    @ApiProblems(400, 404, 409, 412, 413, 415, 422)
    async patch(
      @Param('id') id: string,
      @Body() patch: object,
      @Req() request: Request,
      @Res({ passthrough: true }) response: Response,
    ): Promise<object> {
      return this.pages.answer(kind, await this.entries.patch(kind, id, patch, freshRow(request)), response);
    }
  }
  return named(`${title}ChangeController`, KindChangeController);
}
