import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { InvalidError } from '../../platform/errors/registry-error.js';
import { decodeCursor, encodeCursor, filterHash, isCursorTime } from '../../platform/http/paging.js';
import type { Page } from '../../platform/http/paging.js';
import type { AuditExportQuery, AuditQuery } from './audit.dto.js';
import { AuditRepository, toAuditEntry } from './audit.repository.js';
import type { AuditPlace, AuditRow } from './audit.repository.js';

const EXPORT_ROWS = 500;
const SORT = '-at';
const GENESIS = '0'.repeat(64);

/** Reads the trail: in pages, the newest first, and whole, the oldest first. */
@Injectable()
export class AuditLog {
  constructor(
    private readonly repository: AuditRepository,
    private readonly trail: AuditTrail,
  ) {}

  async page({ limit, cursor, ...filter }: AuditQuery): Promise<Page<AuditRow>> {
    const hash = filterHash(filter);
    const after = cursor === undefined ? undefined : placeOf(cursor, hash);
    const rows = await this.repository.newest(filter, limit + 1, after);
    if (rows.length <= limit) return { rows };
    rows.pop();
    const { at, id } = rows.at(-1)!;
    return { rows, nextCursor: encodeCursor({ sort: SORT, values: [at.toISOString()], id, filter: hash }) };
  }

  /** A line of JSON for each row there is now, a page at a time. That it was taken out is recorded. */
  async *export({ proof, ...filter }: AuditExportQuery): AsyncGenerator<string> {
    await this.trail.record({ action: 'audit.export', details: { filter } });
    const until = await this.repository.now();
    const question = { limit: EXPORT_ROWS, proof: proof === 'true' };
    for (let after: AuditPlace | undefined; ;) {
      const rows = await this.repository.oldest(filter, { ...question, after });
      for (const row of rows) {
        if (row.at > until) return;
        const { seal, ...entry } = toAuditEntry(row);
        const link = seal && {
          ...seal,
          previous: seal.seq === 1 ? GENESIS : row.previous,
          ...(row.content !== undefined && { content: row.content }),
        };
        yield `${JSON.stringify({ ...entry, seal: link })}\n`;
      }
      const last = rows.at(-1);
      if (!last) return;
      after = { at: last.at.toISOString(), id: last.id };
    }
  }
}

function placeOf(cursor: string, filter: string): AuditPlace {
  const { values, id } = decodeCursor(cursor, { sort: SORT, filter, values: 1 });
  const [at] = values;
  if (typeof at !== 'string' || !isCursorTime(at) || !/^\d{1,18}$/.test(id))
    throw InvalidError.field('cursor', 'is not a cursor of this list');
  return { at, id };
}
