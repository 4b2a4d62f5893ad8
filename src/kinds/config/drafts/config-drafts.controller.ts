import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { ConfigKey } from '../config-key.decorator.js';
import { ConfigPlaceQuery } from '../read/config-read.dto.js';
import { ConfigTargets } from '../write/config-targets.js';
import { ConfigDraft, ConfigDraftPut, ConfigDraftsQuery, ConfigPublish, ConfigPublished } from './config-draft.dto.js';
import { ConfigDrafts } from './config-drafts.service.js';

@ApiTags('config')
@Controller('api/v1/config')
export class ConfigDraftsController {
  constructor(
    private readonly drafts: ConfigDrafts,
    private readonly targets: ConfigTargets,
  ) {}

  @Get('drafts')
  @Permission('read:config')
  @ApiOperation({
    operationId: 'listConfigDrafts',
    summary: 'List drafts with what each would change, at most a thousand',
  })
  @ApiOkResponse({ type: [ConfigDraft] })
  @ApiProblems(400)
  list(@Query() { prefix }: ConfigDraftsQuery): Promise<ConfigDraft[]> {
    return this.drafts.list({ prefix });
  }

  @Post('publish')
  @HttpCode(200)
  @Permission('write:config')
  @Cost(5)
  @ApiOperation({
    operationId: 'publishConfigDrafts',
    summary: 'Make drafts the values that hold, all or none',
    description: '409 `config.draft_outdated` names those whose value has changed since the draft was saved.',
  })
  @ApiOkResponse({ type: ConfigPublished })
  @ApiProblems(400, 409, 413, 415, 422)
  async publish(@Body() body: ConfigPublish): Promise<ConfigPublished> {
    return { dry_run: body.dry_run === true, published: await this.drafts.publish(body) };
  }

  @Get(':id/draft')
  @Permission('read:config')
  @ApiOperation({ operationId: 'getConfigDraft', summary: 'Get the draft of a value with what it would change' })
  @ConfigKey()
  @ApiOkResponse({ type: ConfigDraft })
  @ApiProblems(400, 404)
  async get(@Param('id') id: string, @Query() query: ConfigPlaceQuery): Promise<ConfigDraft> {
    return this.drafts.get(await this.targets.placeOf(id, query), id);
  }

  @Put(':id/draft')
  @Permission('write:config')
  @ApiOperation({
    operationId: 'saveConfigDraft',
    summary: 'Save a change of a value without making it hold',
    description: 'Checked as if it were made; in the place of an earlier draft of the same value.',
  })
  @ConfigKey()
  @ApiOkResponse({ type: ConfigDraft })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async save(
    @Param('id') id: string,
    @Query() query: ConfigPlaceQuery,
    @Body() body: ConfigDraftPut,
  ): Promise<ConfigDraft> {
    return this.drafts.save(await this.targets.placeOf(id, query), body);
  }

  @Delete(':id/draft')
  @HttpCode(204)
  @Permission('write:config')
  @ApiOperation({ operationId: 'discardConfigDraft', summary: 'Discard the draft of a value' })
  @ConfigKey()
  @ApiNoContentResponse()
  @ApiProblems(400, 404)
  async discard(@Param('id') id: string, @Query() query: ConfigPlaceQuery): Promise<void> {
    await this.drafts.discard(await this.targets.placeOf(id, query), id);
  }
}
