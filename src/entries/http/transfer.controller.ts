import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Request, Response } from 'express';
import { Env } from '../../platform/env/env.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { byFormat } from '../../platform/http/openapi-examples.js';
import { Cost } from '../../platform/http/cost.decorator.js';
import { NDJSON } from '../../platform/http/ndjson.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { streamText } from '../../platform/http/stream-text.js';
import { StreamedBody } from '../../platform/http/streamed-body.decorator.js';
import { EntrySecrets } from '../secrets/entry-secrets.js';
import { CONTENT_TYPES, TRANSFER_FORMATS, YAML_TYPES, written } from '../transfer/transfer-formats.js';
import type { TransferFormat } from '../transfer/transfer-formats.js';
import { transferItems } from '../transfer/transfer-reader.js';
import { TransferService } from '../transfer/transfer.service.js';
import type { TransferSummary } from '../transfer/transfer.service.js';
import { ImportQuery, ImportSummary } from './bulk.dto.js';

export class ExportQuery {
  @ApiPropertyOptional({ enum: TRANSFER_FORMATS, default: 'ndjson', example: 'ndjson' })
  @IsOptional()
  @IsIn(TRANSFER_FORMATS)
  format: TransferFormat = 'ndjson';

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'false',
    description: 'Secrets of kinds (connection strings) in the clear, which needs read:secrets and is recorded.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  secrets: 'true' | 'false' = 'false';
}

const EXAMPLES = {
  ndjson:
    '{"kind":"entry","type":"service","name":"checkout"}\n{"kind":"relationship","source_id":"svc_checkout","target_id":"ai-ml","type":"belongs_to"}\n',
  json: '{"entries":[{"type":"service","name":"checkout"}],"relationships":[{"source_id":"svc_checkout","target_id":"ai-ml","type":"belongs_to"}]}',
  yaml: 'entries:\n  - type: service\n    name: checkout\nrelationships:\n  - source_id: svc_checkout\n    target_id: ai-ml\n    type: belongs_to\n',
};

@ApiTags('entities')
@Controller('api/v1/entities')
export class TransferController {
  constructor(
    private readonly transfer: TransferService,
    private readonly secrets: EntrySecrets,
    private readonly env: Env,
  ) {}

  @Post('import')
  @HttpCode(200)
  @Permission('write:entities')
  @StreamedBody(NDJSON, 'application/json', ...YAML_TYPES)
  @ApiOperation({ operationId: 'importCatalog', summary: 'Import entries and relationships, as they were exported' })
  @ApiBody({
    description: 'NDJSON, JSON or YAML.',
    schema: { type: 'string' },
    examples: byFormat(EXAMPLES),
  })
  @ApiOkResponse({ type: ImportSummary })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  import(@Query() query: ImportQuery, @Req() request: Request): Promise<TransferSummary> {
    return this.transfer.import(transferItems(request, this.env.bulkLimitBytes), query.mode, query.on_conflict);
  }

  @Get('export')
  @Permission('read:entities')
  @Cost(5)
  @ApiOperation({ operationId: 'exportCatalog', summary: 'Export the whole catalog, relationships included' })
  @ApiOkResponse({
    description: 'Streamed: entries, then relationships with their ends by key.',
    content: Object.fromEntries(
      TRANSFER_FORMATS.map((format) => [
        CONTENT_TYPES[format].split(';')[0],
        { schema: { type: 'string', example: EXAMPLES[format] } },
      ]),
    ),
  })
  @ApiProblems(400)
  async export(@Query() { format, secrets }: ExportQuery, @Res() response: Response): Promise<void> {
    const whole = secrets === 'true';
    if (whole) this.secrets.assertRevealable();
    response.setHeader('Content-Type', CONTENT_TYPES[format]);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Disposition', `attachment; filename="catalog.${format}"`);
    await streamText(response, written[format](this.transfer.export(whole)), 64);
  }
}
