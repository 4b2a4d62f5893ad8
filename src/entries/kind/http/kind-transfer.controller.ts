import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { stringify } from 'yaml';
import { Env } from '../../../platform/env/env.js';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { Cost } from '../../../platform/http/cost.decorator.js';
import { NDJSON } from '../../../platform/http/ndjson.js';
import { byFormat } from '../../../platform/http/openapi-examples.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { streamText } from '../../../platform/http/stream-text.js';
import { StreamedBody } from '../../../platform/http/streamed-body.decorator.js';
import { ImportQuery, ImportSummary } from '../../http/bulk.dto.js';
import { ExportQuery } from '../../http/transfer.controller.js';
import { EntrySecrets } from '../../secrets/entry-secrets.js';
import { CONTENT_TYPES, TRANSFER_FORMATS, YAML_TYPES } from '../../transfer/transfer-formats.js';
import type { Kind } from '../kind.js';
import { named } from '../kind-classes.js';
import { KindExport } from '../transfer/kind-export.js';
import { kindItems, writtenKind } from '../transfer/kind-formats.js';
import { KindTransfer } from '../transfer/kind-transfer.service.js';
import type { KindTransferSummary } from '../transfer/kind-transfer.service.js';

export class KindImportSummary extends ImportSummary {
  @ApiProperty({ type: 'integer', example: 12, description: 'Dependencies that are new or changed.' })
  dependencies: number;
}

/** An import of one kind, as each format has it. */
function examplesOf({ example }: Kind): Record<string, string> {
  const item = { ...example, depends_on: [{ id: 'comp_orders-db', type: 'depends_on' }] };
  const line = JSON.stringify(item);
  return { ndjson: `${line}\n`, json: `[\n${line}\n]\n`, yaml: stringify([item]) };
}

/** Taking the entries of one kind out, and putting them in again. */
export function kindTransferController(kind: Kind): Type {
  const { title, plural, name, path, classes } = kind;
  const examples = examplesOf(kind);
  @ApiTags(path)
  @ApiExtraModels(classes.import)
  @Controller(`api/v1/${path}`)
  class KindTransferController {
    constructor(
      private readonly transfer: KindTransfer,
      private readonly exported: KindExport,
      private readonly secrets: EntrySecrets,
      private readonly env: Env,
    ) {}

    @Post('import')
    @HttpCode(200)
    @Permission(`write:${name}`)
    @StreamedBody(NDJSON, 'application/json', ...YAML_TYPES)
    @ApiOperation({
      operationId: `import${plural}`,
      summary: `Import ${path} with what they depend on, as they were exported`,
      description: `A list in JSON or YAML, or NDJSON; each item is a ${title}Import.`,
    })
    @ApiBody({ schema: { type: 'string' }, examples: byFormat(examples) })
    @ApiOkResponse({ type: KindImportSummary })
    @ApiProblems(400, 404, 409, 413, 415, 422)
    import(@Query() query: ImportQuery, @Req() request: Request): Promise<KindTransferSummary> {
      return this.transfer.import(kind, kindItems(request, this.env.bulkLimitBytes), query.mode, query.on_conflict);
    }

    @Get('export')
    @Permission(`read:${name}`)
    @Cost(5)
    @ApiOperation({ operationId: `export${plural}`, summary: `Export all ${path} with what they depend on` })
    @ApiOkResponse({
      description: 'Streamed, in the order they were made.',
      content: Object.fromEntries(
        TRANSFER_FORMATS.map((format) => [
          CONTENT_TYPES[format].split(';')[0],
          { schema: { type: 'string', example: examples[format] } },
        ]),
      ),
    })
    @ApiProblems(400)
    async export(@Query() { format, secrets }: ExportQuery, @Res() response: Response): Promise<void> {
      const whole = secrets === 'true';
      if (whole) this.secrets.assertRevealable();
      response.setHeader('Content-Type', CONTENT_TYPES[format]);
      response.setHeader('Cache-Control', 'no-store');
      response.setHeader('Content-Disposition', `attachment; filename="${path.replaceAll('/', '-')}.${format}"`);
      await streamText(response, writtenKind[format](this.exported.export(kind, whole)), 64);
    }
  }
  return named(`${title}TransferController`, KindTransferController);
}
