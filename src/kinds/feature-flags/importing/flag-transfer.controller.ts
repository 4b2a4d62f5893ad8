import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { Request, Response } from 'express';
import { parse } from 'yaml';
import { ImportQuery } from '../../../entries/http/bulk.dto.js';
import { ExportQuery } from '../../../entries/http/transfer.controller.js';
import { KindImportSummary } from '../../../entries/kind/http/kind-transfer.controller.js';
import { KindExport } from '../../../entries/kind/transfer/kind-export.js';
import { kindItems, writtenKind } from '../../../entries/kind/transfer/kind-formats.js';
import { KindTransfer } from '../../../entries/kind/transfer/kind-transfer.service.js';
import { CONTENT_TYPES, TRANSFER_FORMATS, YAML_TYPES } from '../../../entries/transfer/transfer-formats.js';
import { Env } from '../../../platform/env/env.js';
import { InvalidError } from '../../../platform/errors/registry-error.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { mediaTypeOf, readText } from '../../../platform/http/body-reader.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { Shown } from '../../../platform/http/fields.js';
import { parseJson } from '../../../platform/http/json-body.guard.js';
import { NDJSON } from '../../../platform/http/ndjson.js';
import { byFormat } from '../../../platform/http/openapi-examples.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { assertPlainData } from '../../../platform/http/plain-data.js';
import { streamText } from '../../../platform/http/stream-text.js';
import { StreamedBody } from '../../../platform/http/streamed-body.decorator.js';
import { featureFlagKind } from '../feature-flag.kind.js';
import { FlagImport } from './flag-import.js';
import { FOREIGN_FORMATS } from './foreign-flags.js';

const { classes, example } = featureFlagKind;
const FORMATS = ['registry', ...FOREIGN_FORMATS] as const;
/** A YAML document may name its parts again and again: no more often than this. */
const MOST_ALIASES = 100;

export class FlagImportQuery extends ImportQuery {
  @ApiPropertyOptional({
    enum: FORMATS,
    default: 'registry',
    example: 'unleash',
    description: 'registry: as exported here; unleash: its export or state; flagd: its flag definitions.',
  })
  @IsOptional()
  @IsIn(FORMATS)
  format: (typeof FORMATS)[number] = 'registry';

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    default: 'false',
    example: 'true',
    description: "Of another tool's document: tells what would become of it, and changes nothing.",
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  dry_run?: 'true' | 'false';
}

export class FlagImportSummary extends KindImportSummary {
  @Shown(2, { type: 'integer', description: 'Segments that are new or changed.' }) segments: number;
  @Shown(['beta has the custom strategy byCompany, which never holds.'], { type: [String] }) warnings: string[];
  @Shown(false) dry_run: boolean;
}

const LINE = JSON.stringify(example);
const EXAMPLES: Record<string, string> = { ndjson: `${LINE}\n`, json: `[\n${LINE}\n]\n`, yaml: `- ${LINE}\n` };

/** Taking flags out and putting them in: this registry's own, and those of Unleash and flagd. */
@ApiTags('features')
@ApiExtraModels(classes.import)
@Controller('api/v1/features')
export class FlagTransferController {
  constructor(
    private readonly transfer: KindTransfer,
    private readonly exported: KindExport,
    private readonly foreign: FlagImport,
    private readonly env: Env,
  ) {}

  @Post('import')
  @HttpCode(200)
  @Permission('write:feature_flag')
  @StreamedBody(NDJSON, 'application/json', ...YAML_TYPES)
  @ApiOperation({
    operationId: 'importFeatureFlags',
    summary: 'Import feature flags as they were exported here, or from Unleash or flagd',
    description:
      "A list in JSON or YAML, or NDJSON, each item a FeatureFlagImport. With `format` another tool's document, in JSON or YAML: all of it or nothing is taken over, and its flags keep their rules and bucketing.",
  })
  @ApiBody({ schema: { type: 'string' }, examples: byFormat(EXAMPLES) })
  @ApiOkResponse({ type: FlagImportSummary })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async import(@Query() query: FlagImportQuery, @Req() request: Request): Promise<object> {
    const limit = this.env.bulkLimitBytes;
    const { format, mode, on_conflict: onConflict, dry_run } = query;
    if (format !== 'registry') {
      const document = documentOf(await readText(request, limit), request);
      return this.foreign.import(format, document, { onConflict, dryRun: dry_run === 'true' });
    }
    if (dry_run === 'true') throw InvalidError.field('dry_run', "is for another tool's document only");
    const summary = await this.transfer.import(featureFlagKind, kindItems(request, limit), mode, onConflict);
    return { ...summary, segments: 0, warnings: [], dry_run: false };
  }

  @Get('export')
  @Permission('read:feature_flag')
  @Cost(5)
  @ApiOperation({ operationId: 'exportFeatureFlags', summary: 'Export all features with what they depend on' })
  @ApiOkResponse({
    description: 'Streamed, in the order they were made.',
    content: Object.fromEntries(
      TRANSFER_FORMATS.map((format) => [
        CONTENT_TYPES[format].split(';')[0],
        { schema: { type: 'string', example: EXAMPLES[format] } },
      ]),
    ),
  })
  @ApiProblems(400)
  async export(@Query() { format }: ExportQuery, @Res() response: Response): Promise<void> {
    response.setHeader('Content-Type', CONTENT_TYPES[format]);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Content-Disposition', `attachment; filename="features.${format}"`);
    await streamText(response, writtenKind[format](this.exported.export(featureFlagKind, false)), 64);
  }
}

function documentOf(text: string, request: Request): unknown {
  if (!YAML_TYPES.includes(mediaTypeOf(request))) return parseJson(text);
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: MOST_ALIASES });
  } catch (error) {
    throw InvalidError.field('body', `is not valid YAML: ${(error as Error).message.split('\n', 1)[0].slice(0, 200)}`);
  }
  assertPlainData(document);
  return document;
}
