import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { KindId } from '../../entries/kind/http/kind-id.decorator.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { EmptyBody } from '../../platform/http/empty-body.decorator.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { RegistryDefaultsAnswer, RegistryDefaultsPut, SyncQuery, SyncRequest, SyncRequested } from './registry.dto.js';
import { registryKind } from './registry.kind.js';
import { RegistrySettingsService } from './registry-settings.service.js';

const DETAIL = 'Synchronisation is not built yet: the request is recorded, and nothing else happens.';

@ApiTags('registries')
@Controller('api/v1/registries/:id')
export class RegistrySettingsController {
  constructor(private readonly settings: RegistrySettingsService) {}

  @Get('defaults')
  @Permission('read:registry')
  @ApiOperation({ operationId: 'getRegistryDefaults', summary: 'Get what entries made in a registry inherit' })
  @KindId(registryKind)
  @ApiOkResponse({ type: RegistryDefaultsAnswer })
  @ApiProblems(400, 404)
  defaults(@Param('id') id: string): Promise<RegistryDefaultsAnswer> {
    return this.settings.defaults(id);
  }

  @Put('defaults')
  @Permission('write:registry')
  @ApiOperation({
    operationId: 'replaceRegistryDefaults',
    summary: 'Replace what entries made in a registry inherit',
    description:
      'An entry made in the registry with no owner, or no tags, gets them. Those there already stay as they are.',
  })
  @KindId(registryKind)
  @ApiOkResponse({ type: RegistryDefaultsAnswer })
  @ApiProblems(400, 404, 413, 415)
  replace(@Param('id') id: string, @Body() body: RegistryDefaultsPut): Promise<RegistryDefaultsAnswer> {
    return this.settings.replaceDefaults(id, body);
  }

  @Post('sync')
  @EmptyBody()
  @HttpCode(202)
  @Permission('write:registry')
  @ApiOperation({
    operationId: 'requestRegistrySync',
    summary: 'Record that a registry is to be synchronised',
    description: 'Synchronisation is not built yet, which the answer says.',
  })
  @KindId(registryKind)
  @ApiAcceptedResponse({ type: SyncRequested })
  @ApiProblems(400, 404, 413, 415)
  async sync(@Param('id') id: string): Promise<SyncRequested> {
    return { ...(await this.settings.requestSync(id)), detail: DETAIL };
  }

  @Get('sync')
  @Permission('read:registry')
  @ApiOperation({
    operationId: 'listRegistrySyncs',
    summary: 'List the synchronisations asked of a registry, newest first',
    description: 'The last 1,000 are kept.',
  })
  @KindId(registryKind)
  @ApiOkResponse({ type: [SyncRequest] })
  @ApiProblems(400, 404)
  syncs(@Param('id') id: string, @Query() { limit }: SyncQuery): Promise<SyncRequest[]> {
    return this.settings.syncRequests(id, limit);
  }
}
