import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { EntriesService } from '../../entries/entries.service.js';
import { draftOfRow } from '../../entries/entry-events.js';
import { IfMatchHeader } from '../../entries/http/entries.controller.js';
import type { EntryFilterQuery } from '../../entries/http/entry-query.dto.js';
import { QueryOf } from '../../entries/kind/http/body-of.decorator.js';
import { freshRow } from '../../entries/kind/http/fresh-row.js';
import { KindId } from '../../entries/kind/http/kind-id.decorator.js';
import { KindPages } from '../../entries/kind/http/kind-pages.js';
import { KindEntriesService } from '../../entries/kind/kind-entries.service.js';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import {
  HierarchyQuery,
  RegistryMove,
  RegistrySummary,
  RegistryTree,
  toForest,
  toRegistrySummary,
} from './registry.dto.js';
import { registryKind } from './registry.kind.js';
import { RegistryTreeRepository } from './registry-tree.repository.js';

@ApiTags('registries')
@Controller('api/v1/registries/:id')
export class RegistryTreeController {
  constructor(
    private readonly kindEntries: KindEntriesService,
    private readonly entries: EntriesService,
    private readonly pages: KindPages,
    private readonly tree: RegistryTreeRepository,
  ) {}

  @Get('children')
  @Permission('read:registry')
  @ApiOperation({ operationId: 'listRegistryChildren', summary: 'List the registries right below one' })
  @KindId(registryKind)
  @ApiOkResponse({ type: [registryKind.classes.read] })
  @ApiProblems(400, 404)
  async children(
    @Param('id') id: string,
    @QueryOf(registryKind.classes.query) query: EntryFilterQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object[]> {
    const { uid } = await this.kindEntries.resolve(registryKind, id);
    return this.pages.send(registryKind, { ...query, registry: uid }, request, response);
  }

  @Get('ancestors')
  @Permission('read:registry')
  @ApiOperation({ operationId: 'listRegistryAncestors', summary: 'List the registries above one, the topmost first' })
  @KindId(registryKind)
  @ApiOkResponse({ type: [RegistrySummary] })
  @ApiProblems(400, 404)
  async ancestors(@Param('id') id: string): Promise<RegistrySummary[]> {
    const registry = await this.kindEntries.resolve(registryKind, id);
    return (await this.tree.ancestors(registry.id)).map(toRegistrySummary);
  }

  @Get('hierarchy')
  @Permission('read:registry')
  @ApiOperation({ operationId: 'getRegistryTree', summary: 'Get a registry with all below it as a tree, with counts' })
  @KindId(registryKind)
  @ApiOkResponse({ type: RegistryTree })
  @ApiProblems(400, 404)
  async hierarchy(@Param('id') id: string, @Query() { depth, limit }: HierarchyQuery): Promise<RegistryTree> {
    const registry = await this.kindEntries.resolve(registryKind, id);
    const { roots, ...rest } = toForest(await this.tree.tree(registry.id, { depth, nodes: limit }), limit);
    return { ...roots[0], ...rest };
  }

  @Post('move')
  @HttpCode(200)
  @Permission('write:registry')
  @ApiOperation({
    operationId: 'moveRegistry',
    summary: 'Move a registry, with all below it, below another',
    description: '422 `registry.cycle` when that stands below it, `registry.level` when its level is not above.',
  })
  @KindId(registryKind)
  @IfMatchHeader()
  @ApiOkResponse({ type: registryKind.classes.read })
  @ApiProblems(400, 404, 409, 412, 413, 415, 422)
  async move(
    @Param('id') id: string,
    @Body() { parent_id }: RegistryMove,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    // Forgotten is not the same as null.
    if (parent_id === undefined) throw InvalidError.field('parent_id', 'is missing; null makes it stand by itself');
    const { uid } = await this.kindEntries.resolve(registryKind, id);
    const row = await this.entries.revise(uid, freshRow(request), (before) => ({
      ...draftOfRow(before),
      spec: { ...before.spec, parent_id },
    }));
    return this.pages.answer(registryKind, row, response);
  }
}
