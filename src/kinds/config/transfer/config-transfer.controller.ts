import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { KindExport } from '../../../entries/kind/transfer/kind-export.js';
import { kindItems, writtenKind } from '../../../entries/kind/transfer/kind-formats.js';
import { EntrySecrets } from '../../../entries/secrets/entry-secrets.js';
import { CONTENT_TYPES, YAML_TYPES } from '../../../entries/transfer/transfer-formats.js';
import { Env } from '../../../platform/env/env.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { mediaTypeOf, readText } from '../../../platform/http/body-reader.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { NDJSON } from '../../../platform/http/ndjson.js';
import { byFormat } from '../../../platform/http/openapi-examples.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { streamText } from '../../../platform/http/stream-text.js';
import { StreamedBody } from '../../../platform/http/streamed-body.decorator.js';
import { configKind } from '../config.kind.js';
import { placeIn } from '../config-reference.js';
import { scopeChain, scopeText } from '../scope.js';
import { ConfigExportQuery, ConfigImportQuery, ConfigImportSummary } from './config-transfer.dto.js';
import { ConfigTransfer } from './config-transfer.service.js';

const ENV_TYPE = 'text/plain';
const ENV_LIMIT = 4 * 1024 * 1024;
const EXAMPLE = JSON.stringify({ ...configKind.example, scope: 'global' });
const EXAMPLES = {
  ndjson: `${EXAMPLE}\n`,
  json: `[\n${EXAMPLE}\n]\n`,
  yaml: '- name: db.pool.size\n  type: integer\n  value: 20\n',
  env: 'DB_POOL_SIZE=20\n',
};
const TYPES = { ndjson: NDJSON, json: 'application/json', yaml: 'application/yaml', env: ENV_TYPE };

@ApiTags('config')
@ApiExtraModels(configKind.classes.import)
@Controller('api/v1/config')
export class ConfigTransferController {
  constructor(
    private readonly transfer: ConfigTransfer,
    private readonly exported: KindExport,
    private readonly secrets: EntrySecrets,
    private readonly env: Env,
  ) {}

  @Post('import')
  @HttpCode(200)
  @Permission('write:config')
  @StreamedBody(NDJSON, 'application/json', ...YAML_TYPES, ENV_TYPE)
  @ApiOperation({
    operationId: 'importConfigs',
    summary: 'Import configuration as it was exported, or a .env file',
    description:
      'A list in JSON or YAML, or NDJSON; each item is a ConfigImport. `text/plain` is a .env file: its variables become values of the scope named beside it, keys found by their variables. Secrets are encrypted again; a mask leaves what is there.',
  })
  @ApiBody({ schema: { type: 'string' }, examples: byFormat(EXAMPLES) })
  @ApiOkResponse({ type: ConfigImportSummary })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async import(@Query() query: ConfigImportQuery, @Req() request: Request): Promise<ConfigImportSummary> {
    const dryRun = query.dry_run === 'true';
    const options = { mode: query.mode, onConflict: query.on_conflict, dryRun };
    if (mediaTypeOf(request) !== ENV_TYPE) {
      const items = kindItems(request, this.env.bulkLimitBytes);
      return { dry_run: dryRun, ...(await this.transfer.import(items, options)) };
    }
    const scope = placeIn(query) ?? scopeText(scopeChain(query)[0]);
    const text = await readText(request, ENV_LIMIT);
    return { dry_run: dryRun, ...(await this.transfer.importEnv(text, scope, options)) };
  }

  @Get('export')
  @Permission('read:config')
  @Cost(5)
  @ApiOperation({
    operationId: 'exportConfigs',
    summary: 'Export all configuration, or the values that hold for somebody as a .env file',
    description: 'Secrets are masked unless they are asked for; env has those the caller may read, which is recorded.',
  })
  @ApiOkResponse({
    description: 'In the order they were made; env by key.',
    content: Object.fromEntries(
      Object.entries(EXAMPLES).map(([format, example]) => [
        TYPES[format as keyof typeof TYPES],
        { schema: { type: 'string', example } },
      ]),
    ),
  })
  @ApiProblems(400, 422)
  async export(@Query() query: ConfigExportQuery, @Res() response: Response): Promise<void> {
    const { format, prefix, secrets, ...context } = query;
    const whole = secrets === 'true';
    if (whole) this.secrets.assertRevealable();
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Disposition', `attachment; filename="config.${format}"`);
    if (format === 'env') {
      const { text } = await this.transfer.exportEnv(prefix, context);
      response.setHeader('Content-Type', `${ENV_TYPE}; charset=utf-8`);
      response.end(text);
      return;
    }
    response.setHeader('Content-Type', CONTENT_TYPES[format]);
    await streamText(response, writtenKind[format](startingWith(prefix, this.exported.export(configKind, whole))), 64);
  }
}

async function* startingWith(prefix: string | undefined, items: AsyncIterable<object>): AsyncGenerator<object> {
  for await (const item of items) if ((item as { name: string }).name.startsWith(prefix ?? '')) yield item;
}
