import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { ApiOneOrMany, oneOrMany } from '../../../platform/http/one-or-many.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import type { Kind } from '../kind.js';
import { named } from '../kind-classes.js';
import { KindEntriesService } from '../kind-entries.service.js';
import { AcceptedCount, LogLine, LogLineCreate, LogQuery, MOST_LINES } from '../logs/entry-log.dto.js';
import { EntryLogs } from '../logs/entry-logs.service.js';
import { KindId } from './kind-id.decorator.js';

/** What entries of one kind have logged. */
export function kindLogsController(kind: Kind): Type {
  const { one, title, name, path } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}/:id/logs`)
  class KindLogsController {
    constructor(
      private readonly entries: KindEntriesService,
      private readonly logs: EntryLogs,
    ) {}

    @Get()
    @Permission(`read:${name}`)
    @ApiOperation({ operationId: `list${title}Logs`, summary: `Log lines of ${one}, the newest first` })
    @KindId(kind)
    @ApiOkResponse({ type: [LogLine] })
    @ApiProblems(400, 404)
    async list(@Param('id') id: string, @Query() { level, since, q, limit }: LogQuery): Promise<LogLine[]> {
      const entry = await this.entries.resolve(kind, id);
      const filter = { level, since: since ? new Date(since) : undefined, text: q, limit };
      const rows = await this.logs.list(entry.id, filter);
      return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
    }

    @Post()
    @Permission(`write:${name}`)
    @ApiOperation({
      operationId: `write${title}Logs`,
      summary: `Add one or many log lines to ${one}`,
      description: `The last ${MOST_LINES} are kept.`,
    })
    @KindId(kind)
    @ApiOneOrMany(LogLineCreate, MOST_LINES)
    @ApiCreatedResponse({ type: AcceptedCount })
    @ApiProblems(400, 404, 409, 413, 415, 422)
    async write(@Param('id') id: string, @Body() body: unknown): Promise<AcceptedCount> {
      const lines = oneOrMany(LogLineCreate, body, MOST_LINES);
      const entry = await this.entries.resolve(kind, id);
      await this.logs.write(entry.id, lines);
      return { accepted: lines.length };
    }
  }
  return named(`${title}LogsController`, KindLogsController);
}
