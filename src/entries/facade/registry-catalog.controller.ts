import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProperty,
  ApiPropertyOptional,
  ApiTags,
} from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Request, Response } from 'express';
import { Env } from '../../platform/env/env.js';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Shown } from '../../platform/http/fields.js';
import { NDJSON } from '../../platform/http/ndjson.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { streamText } from '../../platform/http/stream-text.js';
import { StreamedBody } from '../../platform/http/streamed-body.decorator.js';
import { BulkRunner } from '../bulk/bulk-runner.js';
import { answerBulk } from '../http/bulk-answer.js';
import { BulkItemResult, BulkQuery } from '../http/bulk.dto.js';
import { StatsRepository } from '../stats/stats.repository.js';
import { TransferService } from '../transfer/transfer.service.js';
import { RegistryEntryCreate } from './registry-entry.dto.js';
import { RegistryEntryWriter } from './registry-entry.writer.js';
import { REGISTRY_CONTENT_TYPES, REGISTRY_FORMATS, registryExport } from './registry-export.js';
import type { RegistryFormat } from './registry-export.js';

/** Items of one bulk registration. */
const MOST_REGISTERED = 10_000;

export class RegistryExportQuery {
  @ApiPropertyOptional({ enum: REGISTRY_FORMATS, default: 'json', example: 'csv' })
  @IsOptional()
  @IsIn(REGISTRY_FORMATS)
  format: RegistryFormat = 'json';
}

const counted = { type: 'object', additionalProperties: { type: 'integer' } } as const;

export class RegistryAnalytics {
  @Shown(63444) total_entries: number;
  @Shown(298000) total_relationships: number;
  @ApiProperty({ ...counted, example: { resource: 63436 } }) by_category: Record<string, number>;
  @ApiProperty({ ...counted, example: { active: 63444 } }) by_status: Record<string, number>;
  @ApiProperty({ ...counted, example: { unknown: 63444 } }) by_health: Record<string, number>;
  @ApiProperty({ ...counted, example: { depends_on: 270000 } }) relationships_by_type: Record<string, number>;
}

export class RegistryHealth {
  @Shown('healthy', { enum: ['healthy'] }) status: 'healthy';
  @Shown('2026-03-01T09:30:00.000Z', { format: 'date-time' }) timestamp: string;
  @Shown(63444) total_entries: number;
}

const EXAMPLES: Record<RegistryFormat, string> = {
  json: '[{"entry_id":"model_fraud-detector","title":"Fraud detector","category":"model"}]',
  ndjson: '{"entry_id":"model_fraud-detector","title":"Fraud detector","category":"model"}\n',
  csv: 'entry_id,title,category\r\nmodel_fraud-detector,Fraud detector,model\r\n',
};

/** The enterprise catalog as a whole. */
@ApiTags('registry')
@Controller('v1/registry')
export class RegistryCatalogController {
  constructor(
    private readonly stats: StatsRepository,
    private readonly runner: BulkRunner,
    private readonly writer: RegistryEntryWriter,
    private readonly transfer: TransferService,
    private readonly env: Env,
  ) {}

  @Get('analytics')
  @Permission('read:entities')
  @ApiOperation({ operationId: 'getRegistryAnalytics', summary: 'Totals by category, status and health' })
  @ApiOkResponse({ type: RegistryAnalytics })
  async analytics(): Promise<RegistryAnalytics> {
    const { total_entities, total_relationships, by_type, by_status, by_health, relationships_by_type } =
      await this.stats.read();
    return {
      total_entries: total_entities,
      total_relationships,
      by_category: by_type,
      by_status,
      by_health,
      relationships_by_type,
    };
  }

  @Get('health')
  @Permission('read:entities')
  @ApiOperation({ operationId: 'getRegistryHealth', summary: 'Say that the catalog answers, and how much it holds' })
  @ApiOkResponse({ type: RegistryHealth })
  async health(): Promise<RegistryHealth> {
    const { total_entities } = await this.stats.read();
    return { status: 'healthy', timestamp: new Date().toISOString(), total_entries: total_entities };
  }

  @Post('bulk/register')
  @Permission('write:entities')
  @StreamedBody('application/json', NDJSON)
  @ApiOperation({ operationId: 'registerEntries', summary: 'Register up to 10,000 entries: an array, or NDJSON' })
  @ApiBody({ type: [RegistryEntryCreate] })
  @ApiCreatedResponse({ type: [BulkItemResult], description: 'Atomic, and every item is new.' })
  @ApiOkResponse({ type: [BulkItemResult], description: 'What became of each item, in order.' })
  @ApiProblems(400, 409, 413, 415, 422)
  register(@Query() query: BulkQuery, @Req() request: Request, @Res({ passthrough: true }) response: Response) {
    const limits = { bytes: this.env.bulkLimitBytes, items: MOST_REGISTERED };
    return answerBulk(this.runner, this.writer, query, limits, request, response);
  }

  @Get('bulk/export')
  @Permission('read:entities')
  @ApiOperation({ operationId: 'exportEntries', summary: 'Export every entry as JSON, NDJSON or CSV' })
  @ApiOkResponse({
    description: 'Streamed, in the order the entries were made.',
    content: Object.fromEntries(
      REGISTRY_FORMATS.map((format) => [
        REGISTRY_CONTENT_TYPES[format].split(';')[0],
        { schema: { type: 'string', example: EXAMPLES[format] } },
      ]),
    ),
  })
  @ApiProblems(400)
  async export(@Query() { format }: RegistryExportQuery, @Res() response: Response): Promise<void> {
    response.setHeader('Content-Type', REGISTRY_CONTENT_TYPES[format]);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Disposition', `attachment; filename="entries.${format}"`);
    await streamText(response, registryExport(this.transfer.pages(), format), 64);
  }
}
