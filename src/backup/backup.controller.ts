import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiProblems } from '../platform/http/api-problem.decorator.js';
import { Cost } from '../platform/http/cost.decorator.js';
import { Permission } from '../platform/http/permission.decorator.js';
import { BackupService } from './backup.service.js';
import { sendBackup } from './send-backup.js';

@ApiTags('backup')
@Permission('admin:backup')
@Controller('api/v1/backup')
export class BackupController {
  constructor(private readonly backups: BackupService) {}

  @Get()
  @Cost(5)
  @ApiOperation({
    operationId: 'backupRegistry',
    summary: 'Back up everything, as it is at one moment',
    description:
      'Every table: the catalog, events, the audit trail, keys by their hashes, secrets as they are sealed. JSON lines, packed ' +
      'by gzip, with a checksum for each table and for the whole at the end: an answer that was cut off is no backup. It is ' +
      'restored by `ureg restore` into an empty database. Recorded in the audit trail.',
  })
  @ApiOkResponse({
    description: 'Streamed.',
    content: { 'application/gzip': { schema: { type: 'string', format: 'binary' }, example: 'H4sIAAAAAAAAA…' } },
  })
  @ApiProblems(409)
  create(@Res() response: Response): Promise<void> {
    return sendBackup(response, this.backups.pieces());
  }
}
