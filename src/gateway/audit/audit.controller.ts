import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../platform/http/api-problem.decorator.js';
import { Cost } from '../../platform/http/cost.decorator.js';
import { NDJSON } from '../../platform/http/ndjson.js';
import { sendPage } from '../../platform/http/paging.js';
import { Permission } from '../../platform/http/permission.decorator.js';
import { streamText } from '../../platform/http/stream-text.js';
import { AuditEntry, AuditExportQuery, AuditQuery, AuditVerification, AuditVerifyQuery } from './audit.dto.js';
import { AuditLog } from './audit-log.js';
import { toAuditEntry } from './audit.repository.js';
import { AuditVerifier } from './audit-verifier.js';

const EXAMPLE =
  '{"id":"4712","at":"2026-05-01T12:00:00.000Z","action":"key.revoke","outcome":"success","seal":{"seq":4711}}\n';

@ApiTags('gateway')
@Permission('admin:audit')
@Controller('api/v1/gateway/audit')
export class AuditController {
  constructor(
    private readonly log: AuditLog,
    private readonly verifier: AuditVerifier,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listAudit', summary: 'List who did what, newest first' })
  @ApiOkResponse({ type: [AuditEntry] })
  @ApiProblems(400)
  async list(
    @Query() query: AuditQuery,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AuditEntry[]> {
    const page = await this.log.page(query);
    return sendPage(request, response, { ...page, rows: page.rows.map(toAuditEntry) });
  }

  @Get('export')
  @Cost(5)
  @ApiOperation({ operationId: 'exportAudit', summary: 'Export the audit trail, oldest first, each row with its seal' })
  @ApiOkResponse({
    description: 'Streamed, a row a line.',
    content: { [NDJSON]: { schema: { type: 'string', example: EXAMPLE } } },
  })
  @ApiProblems(400)
  async export(@Query() query: AuditExportQuery, @Res() response: Response): Promise<void> {
    response.setHeader('Content-Type', NDJSON);
    response.setHeader('Content-Disposition', 'attachment; filename="audit.ndjson"');
    await streamText(response, this.log.export(query), 64);
  }

  @Get('verify')
  @Cost(5)
  @ApiOperation({
    operationId: 'verifyAudit',
    summary: 'Recompute the chain over the audit trail, naming what is wrong',
  })
  @ApiOkResponse({ type: AuditVerification })
  @ApiProblems(400)
  verify(@Query() query: AuditVerifyQuery, @Res({ passthrough: true }) response: Response): Promise<AuditVerification> {
    const [seq, hash] = query.expected_head?.split(':') ?? [];
    return this.verifier.verify({
      fromSeq: query.from_seq,
      ...(hash !== undefined && { expected: { seq: Number(seq), hash } }),
      wanted: () => !response.destroyed,
    });
  }
}
