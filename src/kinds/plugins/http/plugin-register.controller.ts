import { Body, Controller, Delete, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { IfMatchHeader } from '../../../entries/http/entries.controller.js';
import { EntryRemoveQuery } from '../../../entries/http/entry-query.dto.js';
import { freshRow } from '../../../entries/kind/http/fresh-row.js';
import { KindId } from '../../../entries/kind/http/kind-id.decorator.js';
import { KindPages } from '../../../entries/kind/http/kind-pages.js';
import { KindEntriesService } from '../../../entries/kind/kind-entries.service.js';
import { YAML_TYPES } from '../../../entries/transfer/transfer-formats.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { mediaTypeOf } from '../../../platform/http/body-reader.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { OrTextBody } from '../../../platform/http/text-body.decorator.js';
import { pluginBody } from '../manifest/manifest.js';
import { manifestFromYaml } from '../manifest/manifest-text.js';
import { pluginKind } from '../plugin.kind.js';
import { PluginManifest } from './plugin.dto.js';

const { classes } = pluginKind;

const PluginBody = (): MethodDecorator =>
  ApiBody({
    description: 'Flat fields, or a manifest `apiVersion: plugin.nexuspro.io/v1, kind: Plugin`; as JSON or YAML.',
    schema: { anyOf: [{ $ref: getSchemaPath(classes.create) }, { $ref: getSchemaPath(PluginManifest) }] },
    examples: { typical: { value: pluginKind.example } },
  });

/** Registering and removing plugins: in place of the usual controller, because a body may be a manifest. */
@ApiTags('plugins')
@ApiExtraModels(classes.create, PluginManifest)
@Controller('api/v1/plugins')
export class PluginRegisterController {
  constructor(
    private readonly entries: KindEntriesService,
    private readonly pages: KindPages,
  ) {}

  @Post()
  @Permission('write:plugin')
  @OrTextBody(...YAML_TYPES)
  @ApiOperation({ operationId: 'createPlugin', summary: 'Register a plugin, by its fields or its manifest' })
  @PluginBody()
  @ApiCreatedResponse({ type: classes.read })
  @ApiProblems(400, 409, 413, 415, 422)
  async create(
    @Body() body: object,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    const given = YAML_TYPES.includes(mediaTypeOf(request)) ? manifestFromYaml(String(body)) : body;
    const row = await this.entries.register(pluginKind, pluginBody(given));
    response.setHeader('Location', `/api/v1/plugins/${row.uid}`);
    return this.pages.answer(pluginKind, row, response);
  }

  @Post('register')
  @Permission('write:plugin')
  @OrTextBody(...YAML_TYPES)
  @ApiOperation({ operationId: 'registerPlugin', summary: 'Register a plugin; the same as POST /plugins' })
  @PluginBody()
  @ApiCreatedResponse({ type: classes.read })
  @ApiProblems(400, 409, 413, 415, 422)
  register(
    @Body() body: object,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<object> {
    return this.create(body, request, response);
  }

  @Delete(':id')
  @HttpCode(204)
  @Permission('write:plugin')
  @ApiOperation({ operationId: 'deletePlugin', summary: 'Remove a plugin and its relationships' })
  @KindId(pluginKind)
  @IfMatchHeader()
  @ApiNoContentResponse()
  @ApiProblems(400, 404, 409, 412)
  remove(@Param('id') id: string, @Query() query: EntryRemoveQuery, @Req() request: Request): Promise<void> {
    return this.entries.remove(pluginKind, id, query.force === 'true', freshRow(request));
  }
}
