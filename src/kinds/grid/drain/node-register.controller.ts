import { Controller, Delete, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { IfMatchHeader } from '../../../entries/http/entries.controller.js';
import { EntryRemoveQuery } from '../../../entries/http/entry-query.dto.js';
import { BodyOf } from '../../../entries/kind/http/body-of.decorator.js';
import { freshRow } from '../../../entries/kind/http/fresh-row.js';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { KindPages } from '../../../entries/kind/http/kind-pages.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { gridNodeKind } from '../grid-node.kind.js';
import { NodeRemoval } from './node-removal.js';

const { classes, example, path } = gridNodeKind;

/** In place of what other kinds have: a node that works is drained before it goes. */
@ApiTags('grid')
@Controller(`api/v1/${path}`)
export class NodeRegisterController {
  constructor(
    private readonly entries: KindEntriesService,
    private readonly removal: NodeRemoval,
    private readonly pages: KindPages,
  ) {}

  @Post()
  @Permission('write:grid_node')
  @ApiOperation({ operationId: 'createGridNode', summary: 'Register a grid node' })
  @ApiBody({ type: classes.create, examples: { typical: { value: example } } })
  @ApiCreatedResponse({ type: classes.read })
  @ApiProblems(400, 409, 413, 415, 422)
  async create(@BodyOf(classes.create) body: object, @Res({ passthrough: true }) response: Response): Promise<object> {
    const row = await this.entries.register(gridNodeKind, body);
    response.setHeader('Location', `/api/v1/${path}/${row.uid}`);
    return this.pages.answer(gridNodeKind, row, response);
  }

  @Delete(':id')
  @HttpCode(204)
  @Permission('write:grid_node')
  @ApiOperation({
    operationId: 'deleteGridNode',
    summary: 'Remove a grid node and its relationships',
    description:
      'One that has connections is drained first (202) and removed when it is drained; with `force` it goes at once.',
  })
  @KindId(gridNodeKind)
  @IfMatchHeader()
  @ApiNoContentResponse()
  @ApiAcceptedResponse({ type: classes.read, description: 'It is drained first; `draining` says until when at most.' })
  @ApiProblems(400, 404, 409, 412)
  async remove(
    @Param('id') id: string,
    @Query() query: EntryRemoveQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object | undefined> {
    const draining = await this.removal.remove(id, query.force === 'true', freshRow(request));
    if (!draining) return undefined;
    response.status(202);
    return this.pages.answer(gridNodeKind, draining, response);
  }
}
