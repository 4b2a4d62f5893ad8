import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request } from 'express';
import { YAML_TYPES } from '../../../entries/transfer/transfer-formats.js';
import { Env } from '../../../platform/env/env.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { mediaTypeOf, readText } from '../../../platform/http/body-reader.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { parseJson } from '../../../platform/http/json-body.guard.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { StreamedBody } from '../../../platform/http/streamed-body.decorator.js';
import { validated } from '../../../platform/http/validation.pipe.js';
import { DiscoveryReport, DiscoveryRequest } from './discovery.dto.js';
import { PluginDiscovery } from './plugin-discovery.js';

@ApiTags('plugins')
@ApiExtraModels(DiscoveryRequest)
@Controller('api/v1/plugins')
export class PluginDiscoveryController {
  constructor(
    private readonly discovery: PluginDiscovery,
    private readonly env: Env,
  ) {}

  /** Reads its body itself, so that no Idempotency-Key holds a transaction open while URLs are fetched. */
  @Post('discover')
  @HttpCode(200)
  @Permission('write:plugin')
  @Cost(5)
  @StreamedBody('application/json', ...YAML_TYPES)
  @ApiOperation({
    operationId: 'discoverPlugins',
    summary: 'Register the plugins of many manifests: YAML documents, or URLs of them',
  })
  @ApiBody({
    schema: { $ref: getSchemaPath(DiscoveryRequest) },
    description: 'As JSON the URLs; as YAML the manifests themselves, one document each.',
  })
  @ApiOkResponse({ type: DiscoveryReport })
  @ApiProblems(400, 413, 415)
  async discover(@Req() request: Request): Promise<DiscoveryReport> {
    const text = await readText(request, this.env.bodyLimitBytes);
    if (YAML_TYPES.includes(mediaTypeOf(request))) return this.discovery.fromText(text);
    const { urls } = validated(DiscoveryRequest, parseJson(text));
    return this.discovery.fromUrls(urls);
  }
}
