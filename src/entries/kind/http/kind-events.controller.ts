import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ApiProblems } from '../../../platform/http/api-problem.decorator.js';
import { sendPage } from '../../../platform/http/paging.js';
import { Permission } from '../../../platform/http/permission.decorator.js';
import { idCursor } from '../../http/relationship-page.js';
import { EntryEvent, EntryEventQuery } from '../events/entry-event.dto.js';
import { EntryEventRepository } from '../events/entry-event.repository.js';
import type { EntryEventRow } from '../events/entry-event.repository.js';
import type { Kind } from '../kind.js';
import { named } from '../kind-classes.js';
import { KindEntriesService } from '../kind-entries.service.js';
import { KindId } from './kind-id.decorator.js';

const answerOf = ({ id: _id, seq, at, detail, ...event }: EntryEventRow): EntryEvent => ({
  ...detail,
  ...event,
  seq: seq === null ? null : Number(seq),
  at: at.toISOString(),
});

/** What happened to entries of one kind. */
export function kindEventsController(kind: Kind): Type {
  const { one, title, name, path } = kind;
  @ApiTags(path)
  @Controller(`api/v1/${path}/:id/events`)
  class KindEventsController {
    constructor(
      private readonly entries: KindEntriesService,
      private readonly events: EntryEventRepository,
    ) {}

    @Get()
    @Permission(`read:${name}`)
    @ApiOperation({ operationId: `list${title}Events`, summary: `What happened to ${one}, the newest first` })
    @KindId(kind)
    @ApiOkResponse({ type: [EntryEvent] })
    @ApiProblems(400, 404)
    async list(
      @Param('id') id: string,
      @Query() { types, limit, offset, cursor, count }: EntryEventQuery,
      @Req() request: Request,
      @Res({ passthrough: true }) response: Response,
    ): Promise<EntryEvent[]> {
      const entry = await this.entries.resolve(kind, id);
      const place = idCursor('events', [entry.id, types]);
      const beforeId = place.read(cursor);
      const rows = await this.events.list(entry.id, types, { limit: limit + 1, offset: offset ?? 0, beforeId });
      const total = count && (await this.events.count(entry.id, types));
      const more = rows.length > limit;
      if (more) rows.pop();
      const byOffset = offset !== undefined && cursor === undefined;
      return sendPage(request, response, {
        rows: rows.map(answerOf),
        total,
        nextOffset: more && byOffset ? offset + limit : undefined,
        nextCursor: more && !byOffset ? place.write(rows.at(-1)!.id) : undefined,
      });
    }
  }
  return named(`${title}EventsController`, KindEventsController);
}
