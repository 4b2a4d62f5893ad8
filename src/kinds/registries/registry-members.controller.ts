import { Body, Controller, Get, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { EntriesService } from '../../entries/entries.service.js';
import type { EntryResponse } from '../../entries/entry-response.js';
import { Entry } from '../../entries/http/entry.dto.js';
import { sendEntries } from '../../entries/http/entry-page.js';
import { KindId } from '../../entries/kind/http/kind-id.decorator.js';
import { KindEntriesService } from '../../entries/kind/kind-entries.service.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import {
  RecursiveQuery,
  RegistryEntriesQuery,
  RegistryMembers,
  RegistryMembersAdded,
  RegistryStats,
} from './registry.dto.js';
import { registryKind } from './registry.kind.js';
import { RegistryMembersService } from './registry-members.service.js';

@ApiTags('registries')
@Controller('api/v1/registries/:id')
export class RegistryMembersController {
  constructor(
    private readonly members: RegistryMembersService,
    private readonly kindEntries: KindEntriesService,
    private readonly entries: EntriesService,
  ) {}

  @Get('entries')
  @Permission('read:entities')
  @ApiOperation({ operationId: 'listRegistryMembers', summary: 'List the entries that live in a registry' })
  @KindId(registryKind)
  @ApiOkResponse({ type: [Entry] })
  @ApiProblems(400, 404)
  async list(
    @Param('id') id: string,
    @Query() query: RegistryEntriesQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<EntryResponse[]> {
    const { uid } = await this.kindEntries.resolve(registryKind, id);
    return sendEntries(this.entries, { ...query, registry: uid }, request, response);
  }

  @Put('entries')
  @Permission('write:entities')
  @ApiOperation({
    operationId: 'addRegistryMembers',
    summary: 'Let many entries live in a registry, all or none',
    description: 'Who lives in it already stays. 409 `registry.disabled` while the registry is disabled.',
  })
  @KindId(registryKind)
  @ApiOkResponse({ type: RegistryMembersAdded })
  @ApiProblems(400, 404, 409, 413, 415)
  add(@Param('id') id: string, @Body() { entries }: RegistryMembers): Promise<RegistryMembersAdded> {
    return this.members.add(id, entries);
  }

  @Get('stats')
  @Permission('read:registry')
  @ApiOperation({ operationId: 'getRegistryMemberStats', summary: 'Count the entries in a registry by what they are' })
  @KindId(registryKind)
  @ApiOkResponse({ type: RegistryStats })
  @ApiProblems(400, 404)
  stats(@Param('id') id: string, @Query() { recursive }: RecursiveQuery): Promise<RegistryStats> {
    return this.members.stats(id, recursive === 'true');
  }
}
